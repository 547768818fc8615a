"""How programs that run for long are asked to stop."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SLICE_SECONDS = 0.1


class Stop:
    """Whether somebody asked to stop. A plain flag: an Event's lock may be held by the very wait that a signal interrupts."""

    def __init__(self, also: Callable[[], bool] = lambda: False) -> None:
        """It is asked too while `also` says so: for a part that can be told to stop alone, and stops with the whole."""
        self._is_asked, self._also = False, also

    @property
    def is_asked(self) -> bool:
        return self._is_asked or self._also()

    @is_asked.setter
    def is_asked(self, is_asked: bool) -> None:
        self._is_asked = is_asked

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than until somebody asks to stop."""
        end = time.monotonic() + seconds
        while not self.is_asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, SLICE_SECONDS))


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Ctrl-C and SIGTERM ask to stop after what is at hand; a second one ends at once."""
    stop = Stop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, _frame: FrameType | None) -> None:
        stop.is_asked = True
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
