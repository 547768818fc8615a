"""The last resort against work that hangs: its process ends, and says on standard error where each thread stood.

Whoever watches over the process begins it again. It works within code that lets no other thread of ours run, as a regular
expression that never comes to its end, and for any number of threads at once.
"""

import faulthandler
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_SOONEST = 0.001
_lock = threading.Lock()
_ends = dict[object, float]()


@contextmanager
def ends_process_after(seconds: float) -> Iterator[None]:
    """What is done in this block is safe to kill, and so is everything else that its process does."""
    key = object()
    with _lock:
        _ends[key] = time.monotonic() + seconds
        _wind_up()
    try:
        yield
    finally:
        with _lock:
            del _ends[key]
            _wind_up()


def _wind_up() -> None:
    """A process has one such clock: it is set for whatever has to end first."""
    if _ends:
        left = min(_ends.values()) - time.monotonic()
        faulthandler.dump_traceback_later(max(left, _SOONEST), exit=True, file=sys.__stderr__ or sys.stderr)
    else:
        faulthandler.cancel_dump_traceback_later()
