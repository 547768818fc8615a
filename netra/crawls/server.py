"""How the process lives that crawls are forked from: named, and in a group of its own.

It heeds no signal but the kill, because one that is sent to a whole group or service is for the crawls and their owner. It ends
when its owner is gone. Only multiprocessing's fork server imports this module, before it loads anything else.
"""

import atexit
import os
import signal
from types import FrameType

from netra.crawls.process import SERVER, name_process

OWN_NUMBER = os.getpid()


def end_only_crawls(number: int, _frame: FrameType | None) -> None:
    """A forked process keeps this handler until it is a crawl, and the word to end must not be lost on it."""
    if os.getpid() != OWN_NUMBER:
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)


atexit.register(os._exit, 0)  # To tidy up what it has loaded takes longer than its crawls may outlive their owner.
os.setpgid(0, 0)  # Ctrl-C reaches the group of the terminal.
signal.signal(signal.SIGTERM, end_only_crawls)
name_process(SERVER)
