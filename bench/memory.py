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
    family: int
    """With all that the process has started and that lives."""


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
                if own := read_pss(number):
                    family = own + sum(read_pss(child) for child in _list_children(number))
                    self.samples[name].append(Sample(time.monotonic() - self._began, own, family))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self.join()

    def growth(self, name: str, *, after: float) -> tuple[float, float]:
        """MB in the tenth of the time that begins `after` so many seconds, and in the last tenth: medians."""
        own = self.samples[name]
        tenth = max(1, len(own) // 10)
        begin = next((place for place, sample in enumerate(own) if sample.at >= after), len(own) - 1)
        early, late = own[begin : begin + tenth], own[-tenth:]
        return median(sample.own for sample in early) / 1e6, median(sample.own for sample in late) / 1e6


def read_pss(number: int) -> int:
    """Bytes; nothing where the process is gone."""
    try:
        rollup = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)


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
