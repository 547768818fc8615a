"""docs/benchmarks-start.md: from a clone to the first page."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.first_page import HEAD as TABLE
from bench.first_page import measure_ways
from bench.page import Wanted
from bench.progress import told

HEAD = """# Measured numbers: from a clone to the first page

Written by `make bench ONLY=start`; do not edit. `python -m bench.first_page`: `git clone`, `make run`, and the moment at
which the door of the review room answers, in seconds by the clock. Nothing is cached beforehand, so the line to the package
index counts. Bars: 120 s with pip alone, 30 s with uv; goals 60 and 10 s."""


def measure(wanted: Wanted) -> Iterator[str]:
    """There is no smaller size of it."""
    uv = shutil.which("uv")
    yield HEAD
    yield told([TABLE, *measure_ways(Path(uv) if uv else None)])
    if not uv:
        yield "uv was not in the PATH, so that way was not measured."
