"""No broken document crashes, hangs or fills a parser: 200 for each every day, 10,000 by `make test-fuzz`."""

import gc
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.mutations import break_one, broken
from tests.fuzz.parsers import Parser, make_parsers

EVERY_DAY, LONG = 200, 10_000
LONGEST_SECONDS = 3.0
"""Of processor time for one document."""
HANGS_AFTER = 20.0
MOST_GROWTH = 16 * 1024 * 1024
"""Bytes that the process may keep over the second half of the documents: by then whatever is kept once is there."""
NAMES = [parser.name for parser in make_parsers(Path("nowhere"))]


class Hung(BaseException):
    """A document took so long that its parser must be stuck. No parser's own `except Exception` may swallow it."""


@pytest.mark.parametrize("name", NAMES)
def test_broken_documents_are_read_or_refused(name: str, tmp_path: Path) -> None:
    feed(find(name, tmp_path), EVERY_DAY)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_ten_thousand_broken_documents_are_read_or_refused(name: str, tmp_path: Path) -> None:
    """By plain dice: Hypothesis remembers what it made, and that would count as growth."""
    parser, after_half = find(name, tmp_path), 0
    for number in range(LONG):
        if number == LONG // 2:
            after_half = resident()
        read_one(parser, break_one(random.Random(number), parser.samples), f"dice {number}")
    assert resident() - after_half < MOST_GROWTH


@pytest.mark.parametrize("name", NAMES)
def test_what_is_whole_is_read(name: str, tmp_path: Path) -> None:
    parser = find(name, tmp_path)
    for sample in parser.samples:
        parser.read(parser.wrap(sample))


def find(name: str, folder: Path) -> Parser:
    return next(parser for parser in make_parsers(folder) if parser.name == name)


def feed(parser: Parser, count: int) -> None:
    """Whatever is raised but the parser's own errors is a failure, with the document in Hypothesis's words."""

    @seed(0)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(broken(parser.samples))
    def read(body: bytes) -> None:
        read_one(parser, body, "")

    read()


def read_one(parser: Parser, body: bytes, origin: str) -> None:
    whole, begin = parser.wrap(body), time.process_time()
    with watched(), suppress(*parser.errors):
        parser.read(whole)
    assert time.process_time() - begin < LONGEST_SECONDS, origin


@contextmanager
def watched() -> Iterator[None]:
    """Ends what has used the processor for far too long."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Hung

    before: Any = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANGS_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def resident() -> int:
    gc.collect()
    return psutil.Process().memory_info().rss
