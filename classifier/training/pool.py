"""Fits side by side, as many as there are cores: scikit-learn's solvers leave Python alone while they count."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

MOST_AT_ONCE = 4
"""Each fit holds a copy of its texts' numbers."""


@contextmanager
def open_pool() -> Iterator[Executor]:
    """Threads for fits. Inside of each, sums are added up in one order, so that the number of cores moves no result by a bit."""
    pool = ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_AT_ONCE))
    with threadpool_limits(1, "blas"):
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
