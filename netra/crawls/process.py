"""One crawl as a process: what `python -m scrapy crawl SLUG` does, without the time that its imports take.

On Linux it is forked from a process that has done them once (server.py, preload.py): multiprocessing's fork server, which begins
with the first crawl, again should it have died, and ends with its owner. The owner itself is never forked: it has threads and
connections, and a fork takes over locks and sockets as they stand. Elsewhere each crawl is an interpreter of its own.
"""

import logging
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock
from typing import Final

from crawler.runs.parent import PARENT

logger = logging.getLogger(__name__)

PRELOADED = ["netra.crawls.server", "netra.cli", "netra.crawls.preload"]
"""`netra.cli` because every process of multiprocessing loads the program of its owner, which is `netra`."""
SERVER = "netra-crawls"
"""The name of the fork server, as `ps` shows it; a crawl has that of its source."""
STDOUT, STDERR = 1, 2
FORKED: Final = "forkserver"

_lock = Lock()
"""Who starts a process of multiprocessing looks at all others too, and of two who read one exit code one gets a wrong one."""


class CrawlProcess:
    """A crawl that runs, or has: in a group of its own, with its own environment, all it says at the end of the log."""

    def __init__(self, slug: str, arguments: Sequence[str], variables: Mapping[str, str], log: Path) -> None:
        """Raises OSError where it cannot be begun."""
        self._code: int | None = None
        self._process = _start(slug, arguments, variables, log)
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Scrapy's exit code, or less than zero for a signal; 255 where the fork server was killed, and the crawl with it."""
        with _lock:
            if self._code is None and (code := self._process.exitcode) is not None:
                self._code = code
                self._process.close()
        return self._code

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None and self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _start(*given: object) -> BaseProcess:
    if sys.platform == "linux":
        try:
            context = multiprocessing.get_context(FORKED)
            context.set_forkserver_preload(PRELOADED)
            return _start_in(context, given)
        except (OSError, EOFError) as error:  # No room for its socket, or it was killed while it took our word.
            logger.warning("a crawl cannot be forked, and is begun as an interpreter of its own: %s", error)
    return _start_in(multiprocessing.get_context("spawn"), given)


def _start_in(context: ForkServerContext | SpawnContext, given: tuple[object, ...]) -> BaseProcess:
    process = context.Process(target=_crawl, args=given, daemon=True)
    with _lock:
        process.start()
    return process


def _crawl(slug: str, arguments: Sequence[str], variables: Mapping[str, str], log: Path) -> None:
    # A second signal makes Scrapy drop everything: Ctrl-C must not reach it beside our own word to end.
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # The word to end may have come already: it is heeded here.
    with log.open("ab") as file:
        os.dup2(file.fileno(), STDOUT)
        os.dup2(file.fileno(), STDERR)
    # Asked before its pipes are closed, by which the fork server knows that somebody needs it.
    parent = str(os.getppid())
    if multiprocessing.get_start_method() == FORKED:
        _close_inherited()
    name_process(slug)
    os.environ.clear()
    os.environ.update({**variables, PARENT: parent})
    sys.argv = ["scrapy", "crawl", slug, *arguments]
    runpy.run_module("scrapy", run_name="__main__", alter_sys=True)


def _close_inherited() -> None:
    """The fork server lives as long as anybody holds its pipes; a crawl that did would outlive its owner with it."""
    for number in [int(path.name) for path in Path("/dev/fd").iterdir()]:
        if number > STDERR:
            with suppress(OSError):  # The list itself was one of them.
                os.close(number)


def name_process(name: str) -> None:
    """For `ps` and `top`: a forked process has the command line of the one that it was forked from."""
    with suppress(OSError):  # Only Linux has this file.
        Path("/proc/self/comm").write_text(name, encoding="ascii")
