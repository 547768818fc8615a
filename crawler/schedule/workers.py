"""Who claims: a process on a machine, and whether it still lives."""

import os
import secrets
import socket
from pathlib import Path

from crawler.errors import SourceBusy
from crawler.runs.lock import hold_source

_WORD = secrets.token_hex(3)
"""Tells this process apart from whoever had its number before: in a container begun again it is the same."""


def name_worker() -> str:
    """This process, as other machines see it."""
    return f"{socket.gethostname()}:{os.getpid()}:{_WORD}"


def is_dead(worker: str) -> bool:
    """Whether a process of this machine is over. Of other machines we know nothing, so their leases run out."""
    machine, _, rest = worker.partition(":")
    number = rest.partition(":")[0]
    if machine != socket.gethostname() or not number.isdecimal():
        return False
    return worker != name_worker() if int(number) == os.getpid() else not _is_alive(int(number))


def is_gone(home: Path, worker: str, slug: str) -> bool:
    """Whether a worker of this machine is dead, and no crawl that it began goes on, as far as its lock can be asked."""
    try:
        return is_dead(worker) and is_free(home, slug)
    except OSError:
        return False


def is_free(home: Path, slug: str, host: str = "") -> bool:
    """Whether no process of this machine reads the source, or anything of the host, at this moment. Raises OSError."""
    try:
        with hold_source(home, slug, host):
            return True
    except SourceBusy:
        return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
