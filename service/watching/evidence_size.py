"""How many bytes the evidence takes on this machine's disk."""

import time
from collections.abc import Callable
from pathlib import Path

LOOK_SECONDS = 600.0
STILL_WRITTEN = 2
"""Months that crawls may still write in: this one, and the one before where a month has just begun."""


class EvidenceSize:
    """Looks at most once in ten minutes, and at a month that is over only when files came or went.

    Every crawl has a file of its own, so a year is a million of them.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._months = dict[Path, tuple[int, int]]()
        self._kept: tuple[float, int] | None = None

    def measure(self) -> int:
        """Bytes of all files that lie by year and month, as `models.evidence.store` writes them."""
        at = self._clock()
        if self._kept is None or at - self._kept[0] >= LOOK_SECONDS:
            self._kept = (at, self._look())
        return self._kept[1]

    def _look(self) -> int:
        months = sorted(self._folder.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]"))
        return sum(map(self._remember, months[:-STILL_WRITTEN])) + sum(map(_add_up, months[-STILL_WRITTEN:]))

    def _remember(self, month: Path) -> int:
        changed_at = month.stat().st_mtime_ns
        if month not in self._months or self._months[month][0] != changed_at:
            self._months[month] = (changed_at, _add_up(month))
        return self._months[month][1]


def _add_up(month: Path) -> int:
    return sum(map(_size_of, month.iterdir()))


def _size_of(path: Path) -> int:
    """Nothing of what has gone since it was listed, as the draft of a seal does when a crawl ends."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
