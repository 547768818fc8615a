"""docs/benchmarks-millions.md: the queue at ten million flags on PostgreSQL."""

from collections.abc import Iterator

from bench.page import Wanted
from bench.progress import told
from bench.room.millions import ROUNDS, SIZES, grow

HEAD = """# Measured numbers: ten million flags

Written by `make bench ONLY=millions KEEP=folder`, which takes 45 GB of disk while it runs; do not edit. `python -m
bench.room.millions`: rows come by COPY, the indexes are built afterwards, then every question of the queue is asked over
HTTP, each time with another value. Milliseconds: wall time as the client sees it, and processor time of the service. Bar: the
p99 of the queue's page at ten million flags is 1.25 times that at ten thousand, goal 1.1 times."""


def measure(wanted: Wanted) -> Iterator[str]:
    """All of it at once; a trial has a hundred flags."""
    sizes, rounds = ((60, 100), 2) if wanted.is_trial else (SIZES, ROUNDS)
    yield HEAD
    yield told(grow(sizes, rounds, wanted.keep))
