"""Memory of programs while they work: proportional (PSS), so that pages which several share count in parts."""

import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple, Self

import psutil


class Sample(NamedTuple):
    """Seconds since the beginning, and bytes."""

    at: float
    own: int
    anonymous: int
    """Of its own, what no file holds: pages of files are dropped when memory is short, and read again."""
    family: int
    """With all that the process has started and that lives."""

    @classmethod
    def of(cls, number: int, at: float) -> Self | None:
        """None where the process is gone."""
        own, anonymous = read_pss(number), read_pss(number, "Pss_Anon")
        return cls(at, own, anonymous, own + sum(map(read_pss, _list_children(number)))) if own else None


class Growth(NamedTuple):
    """MB in the first tenth that counts, and in the last tenth: medians."""

    early: float
    late: float

    def __str__(self) -> str:
        return f"{self.early:.1f} MB, at the end {self.late:.1f} MB ({self.late / self.early - 1:+.1%})"


class Memory(threading.Thread):
    """Looks at some processes every so often, for as long as a block runs."""

    def __init__(self, processes: Mapping[str, int], *, every: float) -> None:
        super().__init__(daemon=True)
        self._processes, self._every, self._began = dict(processes), every, time.monotonic()
        self._stopping = threading.Event()
        self.samples = defaultdict[str, list[Sample]](list)

    def run(self) -> None:
        while not self._stopping.wait(self._every):
            for name, number in self._processes.items():
                if sample := Sample.of(number, time.monotonic() - self._began):
                    self.samples[name].append(sample)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self.join()

    def growth(self, name: str, *, after: float) -> tuple[Growth, Growth]:
        """From the tenth of the time that begins `after` so many seconds to the last tenth: all of it, and what no file holds."""
        seen = self.samples[name]
        tenth = max(1, len(seen) // 10)
        begin = next((place for place, sample in enumerate(seen) if sample.at >= after), len(seen) - 1)
        early, late = seen[begin : begin + tenth], seen[-tenth:]
        return (
            Growth(*(median(sample.own for sample in samples) / 1e6 for samples in (early, late))),
            Growth(*(median(sample.anonymous for sample in samples) / 1e6 for samples in (early, late))),
        )


def read_pss(number: int, kind: str = "Pss") -> int:
    """Bytes, of `kind` as proc(5) names it; nothing where the process is gone."""
    try:
        rollup = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith(f"{kind}:")), 0)


def read_peak(number: int) -> int:
    """The most that was ever resident, in bytes; nothing where the process is gone."""
    try:
        status = Path(f"/proc/{number}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _list_children(number: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(number).children(recursive=True)]
    except psutil.Error:
        return []
