"""One process a source and a host on this machine: an outlet is asked by one of us at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from crawler.errors import SourceBusy


@contextmanager
def hold_source(home: Path, slug: str, host: str = "") -> Iterator[None]:
    """Hold the source until the block ends, and the host that sections of one site share, where one is named.

    The kernel frees both when the process dies, however it dies. Raises SourceBusy where another process has one of them.
    """
    folder = home / "locks"
    with ExitStack() as held:
        held.enter_context(_hold(folder / f"{slug}.lock", slug))
        if host:
            held.enter_context(_hold(folder / "hosts" / f"{host}.lock", host))
        yield


@contextmanager
def _hold(path: Path, name: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SourceBusy(f"{name} is being read by another process; wait for it or stop it") from error
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # Closing would not do: a process that was forked meanwhile has it open too.
