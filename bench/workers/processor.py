"""Processor time of this process and of its children, in seconds."""

import resource
import time
from collections.abc import Callable


def time_own(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def used_by_children() -> float:
    """Those that have ended and were waited for, with theirs."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def used_here() -> float:
    return time.process_time() + used_by_children()
