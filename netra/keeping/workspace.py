"""A folder in which something is made before it gets its name. What a kill left of an earlier one is cleared away."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = ".netra-"
LOCK = "lock"


@contextmanager
def work_folder(place: Path, what: str, *, unless: str = "") -> Iterator[Path]:
    """A folder in `place`, so that what is made there is renamed within one file system. It is gone afterwards.

    One that holds a file of the name `unless` stays, for whoever finishes what it holds.
    """
    for left in place.glob(f"{PREFIX}{what}-*"):
        if not is_worked_in(left) and not (unless and (left / unless).exists()):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{what}-", dir=place))
    lock = (folder / LOCK).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        lock.close()
        if not (unless and (folder / unless).exists()):
            shutil.rmtree(folder, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """After this, names that were given in it survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_worked_in(folder: Path) -> bool:
    """Whether its process lives: the kernel frees a lock when its process dies."""
    with suppress(FileNotFoundError), (folder / LOCK).open("r+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
