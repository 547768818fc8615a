"""docs/benchmarks-postgresql.md: a forgotten transaction beside claims, and a table whole and cut by months."""

from collections.abc import Iterator

from bench.page import Wanted
from bench.progress import told
from bench.room.forgotten import AFTER, EACH, forget
from bench.room.partitions import ROWS, compare_partitions

HEAD = """# Measured numbers: PostgreSQL

Written by `make bench ONLY=postgresql`; do not edit. What follows for who runs the server stands in
[postgresql.md](postgresql.md)."""

FORGOTTEN = """## A forgotten transaction

`python -m bench.room.forgotten`: one person takes flags while a transaction is open that somebody began and forgot. Pages are
those of `flags` and its indexes that the server looked at for one claim. Bar: p99 ten times that of before, goal twice."""

PARTITIONS = """## A table whole, and cut by months

`python -m bench.room.partitions`: {rows:,} made-up fetch events of six months, a tenth with a copy that is still kept.
[ADR 0015](adr/0015-no-partitions.md) says what follows."""


def measure(wanted: Wanted) -> Iterator[str]:
    """Part by part; a trial has some dozen claims and a thousand rows."""
    after, each, rows = ((0, 20), 10, 1000) if wanted.is_trial else (AFTER, EACH, ROWS)
    yield HEAD
    yield f"{FORGOTTEN}\n\n{told(forget(after, each, folder=wanted.keep))}"
    yield f"{PARTITIONS.format(rows=rows)}\n\n{told(compare_partitions(rows, wanted.keep))}"
