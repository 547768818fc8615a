"""What another program began ends with it: a scheduler that was killed leaves nobody reading its hosts."""

import ctypes
import os
import signal
import sys

PARENT = "NETRA_CRAWL_PARENT"
"""The process that began this one, where there is one that should not be outlived."""
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Let the kernel kill this process when its parent dies, which costs a crawl one batch of fetches and nothing else.

    Only Linux knows this; elsewhere a crawl goes on to its end, and its lock keeps others away from the source.
    """
    parent = os.environ.get(PARENT, "")
    if not parent or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if str(os.getppid()) != parent:  # It died before we asked.
        sys.exit(1)
