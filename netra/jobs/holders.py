"""Who holds a turn: a process on a machine, told apart from whoever has its number after it."""

import os
import secrets
import socket


def name_holder() -> str:
    """This process, with a word of its own: in a container begun again the number is the same."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def is_dead(holder: str) -> bool:
    """Whether a process of this machine is over. Of other machines we know nothing, so their leases run out."""
    machine, _, rest = holder.partition(":")
    number = rest.partition(":")[0]
    if machine != socket.gethostname() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
