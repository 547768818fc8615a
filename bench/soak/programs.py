"""The programs of a house as processes, and what each of them holds in memory as time goes by."""

import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.room.serving import NETRA
from models.settings import Settings
from netra.crawls.crawling import environment

SAMPLE_SECONDS = 10.0
STOP_SECONDS = 120


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


class Memory(threading.Thread):
    """Proportional memory (PSS, bytes) of some processes, each with its own: pages that several share count in parts."""

    def __init__(self, processes: dict[str, subprocess.Popen[bytes]]) -> None:
        super().__init__(daemon=True)
        self._processes, self._began = processes, time.monotonic()
        self._stopping = threading.Event()
        self.samples = defaultdict[str, list[tuple[float, int]]](list)

    def run(self) -> None:
        while not self._stopping.wait(SAMPLE_SECONDS):
            for name, process in self._processes.items():
                if size := _read_pss(process.pid):
                    self.samples[name].append((time.monotonic() - self._began, size))

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def growth(self, name: str, *, after: float) -> tuple[float, float]:
        """MB in the tenth of the time that begins `after` so many seconds, and in the last tenth: medians."""
        own = self.samples[name]
        tenth = max(1, len(own) // 10)
        begin = next((place for place, (at, _) in enumerate(own) if at >= after), len(own) - 1)
        early, late = own[begin : begin + tenth], own[-tenth:]
        return median(size for _, size in early) / 1e6, median(size for _, size in late) / 1e6


def _read_pss(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)
