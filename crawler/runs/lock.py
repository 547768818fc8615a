"""One process a source on this machine: an outlet is asked by one of us at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import SourceBusy


@contextmanager
def hold_source(home: Path, slug: str) -> Iterator[None]:
    """Hold the source until the block ends. The kernel frees it when the process dies, however it dies."""
    path = home / "locks" / f"{slug}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SourceBusy(f"{slug} is being crawled by another process; wait for it or stop it") from error
        yield
