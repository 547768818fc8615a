"""Which page is being read, where a kill cannot erase it: a page that kills its reader is known to the next run.

Twenty bytes of a file, written before a page is read and blanked after it, without waiting for the disk: what dies here is
the process, not the machine. It counts on the machine on which the process died.
"""

import os
from pathlib import Path

WIDTH = 20


class ReadingMark:
    """The mark of one source; whoever holds the source's lock holds it."""

    def __init__(self, home: Path, slug: str) -> None:
        self._path = home / "reading" / slug
        self._file: int | None = None

    def take_over(self) -> int | None:
        """The frontier's number of the page at which the process before died; None where it died elsewhere, or not at all."""
        left = os.pread(self._open(), WIDTH, 0).strip()
        self.end()
        return int(left) if left.isdigit() else None

    def begin(self, frontier_id: int) -> None:
        os.pwrite(self._open(), b"%*d" % (WIDTH, frontier_id), 0)

    def end(self) -> None:
        os.pwrite(self._open(), b" " * WIDTH, 0)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        return self._file
