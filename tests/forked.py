"""`netra` and `scrapy` in processes of their own that need not import them anew: forked from one that has, most of their time.

Apart from that they are as a shell starts them: their own environment, streams and exit code. It is a module of its own
because every such process imports it.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from scrapy import cmdline

from netra.cli import main

# Neither the reactor of a crawl nor crawler.settings may be among them: each process chooses and reads its own.
NEEDED = ("service.app", "crawler.loader", "crawler.commands.crawl", "crawler.pipelines", "crawler.middlewares.handler")
PROGRAMS = {"netra": main, "scrapy": cmdline.execute}
Streams = tuple[str, str, str]
"""Paths of what the process reads, and of what it writes its words and its errors to."""


def run_forked(
    arguments: Sequence[str], environment: dict[str, str], stdin: str, seconds: float
) -> subprocess.CompletedProcess[str]:
    """As subprocess.run does it, for `netra`."""
    with tempfile.TemporaryDirectory(prefix="netra-streams-") as name:
        given, out, err = (Path(name) / stream for stream in ("stdin", "stdout", "stderr"))
        given.write_text(stdin, encoding="utf-8")
        command = ["netra", *arguments]
        code = _finish(_fork(command, environment, (str(given), str(out), str(err))), command, seconds)
        stdout, stderr = out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
    return subprocess.CompletedProcess(command, code, stdout, stderr)


def crawl_forked(arguments: Sequence[str], environment: dict[str, str], log: Path, seconds: float) -> int:
    """`scrapy crawl` to its end; what it says goes to the end of the log."""
    command = ["scrapy", "crawl", *arguments]
    return _finish(_fork(command, environment, (os.devnull, str(log), str(log))), command, seconds)


class Forked:
    """What tests ask of a subprocess.Popen, for what goes on: the leader of its own group, all it says in `stdout`."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self.stdout = tempfile.NamedTemporaryFile(prefix="netra-said-")  # noqa: SIM115 - closed by whoever ends the process.
        streams = (os.devnull, self.stdout.name, self.stdout.name)
        self._process = _fork(command, environment, streams, is_leader=True)
        self.pid = self._process.pid or 0
        self.terminate, self.kill = self._process.terminate, self._process.kill

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self.returncode


def _fork(command: Sequence[str], environment: dict[str, str], streams: Streams, *, is_leader: bool = False) -> ForkServerProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *NEEDED])
    process = context.Process(target=_work, args=(command, environment, Path.cwd(), streams, is_leader))
    process.start()
    return process


def _finish(process: ForkServerProcess, command: Sequence[str], seconds: float) -> int:
    process.join(seconds)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join()
        raise subprocess.TimeoutExpired(command, seconds)
    process.close()
    return code


def _work(command: Sequence[str], environment: dict[str, str], cwd: Path, streams: Streams, is_leader: bool) -> None:
    if is_leader:
        os.setsid()
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for number, (path, mode) in enumerate(zip(streams, ("r", "a", "a"), strict=True)):
        with Path(path).open(mode, encoding="utf-8") as file:
            os.dup2(file.fileno(), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - multiprocessing has put another in its place.
    sys.argv = list(command)
    PROGRAMS[command[0]]()
