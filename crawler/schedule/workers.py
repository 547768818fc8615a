"""Who claims: a process on a machine, and whether it still lives."""

import os
import socket
from pathlib import Path

from crawler.errors import SourceBusy
from crawler.runs.lock import hold_source


def name_worker() -> str:
    """This process, as other machines see it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_gone(home: Path, worker: str, slug: str) -> bool:
    """Whether a worker of this machine is dead, and no crawl that it began goes on. Of other machines we know nothing."""
    machine, _, number = worker.rpartition(":")
    if machine != socket.gethostname() or not number.isdecimal():
        return False
    return not _is_alive(int(number)) and is_free(home, slug)


def is_free(home: Path, slug: str) -> bool:
    """Whether no process of this machine crawls the source at this moment."""
    try:
        with hold_source(home, slug):
            return True
    except SourceBusy:
        return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
