"""Commands in processes of their own that need not import netra anew: forked from one that has, which is most of their time.

Apart from that they are as a shell starts them: their own environment, streams and exit code. It is a module of its own
because every such process imports it.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from netra.cli import main

STREAMS = ("stdin", "stdout", "stderr")


def run_forked(
    arguments: Sequence[str], environment: dict[str, str], stdin: str, seconds: float
) -> subprocess.CompletedProcess[str]:
    """As subprocess.run does it, for `netra`."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with tempfile.TemporaryDirectory(prefix="netra-streams-") as name:
        folder = Path(name)
        (folder / "stdin").write_text(stdin, encoding="utf-8")
        process = context.Process(target=_work, args=(arguments, environment, Path.cwd(), folder))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(["netra", *arguments], seconds)
        code = process.exitcode
        process.close()
        stdout, stderr = ((folder / stream).read_text(encoding="utf-8") for stream in STREAMS[1:])
    return subprocess.CompletedProcess(["netra", *arguments], code, stdout, stderr)


def _work(arguments: Sequence[str], environment: dict[str, str], cwd: Path, folder: Path) -> None:
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for number, (stream, mode) in enumerate(zip(STREAMS, ("r", "w", "w"), strict=True)):
        with (folder / stream).open(mode, encoding="utf-8") as file:
            os.dup2(file.fileno(), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - multiprocessing has put another in its place.
    sys.argv = ["netra", *arguments]
    main()
