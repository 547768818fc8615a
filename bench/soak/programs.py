"""The programs of a house as processes, each with a log of what it says."""

import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.room.serving import NETRA
from models.settings import Settings
from netra.crawls.crawling import environment

STOP_SECONDS = 120
SHOWN_CHARACTERS = 600


@contextmanager
def program(settings: Settings, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`netra …` until the block ends, asked to end soundly; what it says goes into its log."""
    with log_path(settings, arguments[0]).open("ab") as file:
        process = subprocess.Popen([NETRA[0], *arguments], env=environment(settings), stdout=file, stderr=file)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def log_path(settings: Settings, command: str) -> Path:
    return settings.home / f"soak-{command}.log"


def run_once(settings: Settings, *arguments: str) -> int:
    """Run `netra …` to its end; returns its exit code."""
    with program(settings, *arguments) as process:
        return process.wait()


def hear(settings: Settings, *arguments: str) -> str:
    """Run `netra …` to its end; returns nothing where it ended well, else the last that it said."""
    code = run_once(settings, *arguments)
    words = log_path(settings, arguments[0]).read_text(encoding="utf-8", errors="replace").strip()
    return f"code {code}: {words[-SHOWN_CHARACTERS:]}" if code else ""


class Repeated(threading.Thread):
    """A command that is run every so often, in turn; its exit codes are kept."""

    def __init__(self, settings: Settings, commands: Sequence[Sequence[str]], every: float) -> None:
        super().__init__(daemon=True)
        self._settings, self._commands, self._every = settings, commands, every
        self._stopping = threading.Event()
        self.codes = defaultdict[str, list[int]](list)

    def run(self) -> None:
        while not self._stopping.wait(self._every):
            for command in self._commands:
                self.codes[command[0]].append(run_once(self._settings, *command))

    def stop(self) -> None:
        self._stopping.set()
        self.join()
