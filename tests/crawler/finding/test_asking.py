"""Which days of an archive a run asks."""

from datetime import date, timedelta

import pytest

from crawler.finding.asking import CATCH_UP_DAYS, days_to_ask

TODAY = date(2024, 10, 16)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


@pytest.mark.parametrize(
    ("since", "read_on", "asked"),
    [
        (0, {}, [0]),
        (1, {}, [0, 1]),
        (3, {3: 3}, [0, 1, 2, 3]),
        (3, {3: 2, 1: 0, 0: 0}, [0, 2]),
        (0, {3: 0, 0: 0}, [0, 1, 2]),
        (90, {}, list(range(CATCH_UP_DAYS + 1))),
    ],
)
def test_a_day_is_asked_until_it_was_read_after_its_end(since: int, read_on: dict[int, int], asked: list[int]) -> None:
    known = {ago(day): ago(on) for day, on in read_on.items()}
    assert days_to_ask(TODAY, ago(since), known) == [ago(day) for day in asked]
