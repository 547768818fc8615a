from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Event

import pytest
from holidays.holiday_base import HolidayBase
from sqlalchemy.orm import Session

from models import Clock, When
from models.legal import deadline
from models.legal.deadline import due_on, find_election, find_phase, local_day, part_of


def test_pilkada_counts_calendar_days() -> None:
    assert due_on(Clock.PILKADA, date(2024, 10, 16)) == date(2024, 10, 23)


def test_pemilu_counts_working_days_and_skips_public_holidays() -> None:
    # 8 and 9 February 2024 are Isra Mi'raj and the day after it, 10 is Lunar New Year, 14 the polling day.
    holidays_between = due_on(Clock.PEMILU, date(2024, 2, 7))
    assert holidays_between > date(2024, 2, 16)
    assert due_on(Clock.PEMILU, date(2023, 10, 2)) == date(2023, 10, 11)


@pytest.fixture
def no_calendar_yet() -> Iterator[None]:
    """As a process begins: no year's holidays were asked for."""
    deadline._public_holidays.cache_clear()
    yield
    deadline._public_holidays.cache_clear()


@pytest.mark.usefixtures("no_calendar_yet")
def test_two_who_first_ask_at_once_both_count_every_holiday(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, goes_on, populate = Event(), Event(), HolidayBase._populate

    def wait_at_first(calendar: HolidayBase, year: int) -> None:
        if not begun.is_set():
            begun.set()
            goes_on.wait(5)
        populate(calendar, year)

    monkeypatch.setattr(HolidayBase, "_populate", wait_at_first)
    with ThreadPoolExecutor(1) as beside:
        first = beside.submit(due_on, Clock.PEMILU, date(2024, 2, 7))
        begun.wait(5)
        second = due_on(Clock.PEMILU, date(2024, 2, 7))
        goes_on.set()
    assert [first.result(), second] == [date(2024, 2, 20)] * 2


@pytest.mark.parametrize(
    ("region", "expected"),
    [("33.24", date(2024, 10, 16)), ("51.03", date(2024, 10, 17)), ("91", date(2024, 10, 17)), (None, date(2024, 10, 16))],
)
def test_day_is_that_of_the_region(region: str | None, expected: date) -> None:
    assert local_day(datetime(2024, 10, 16, 16, 30, tzinfo=UTC), region) == expected


def test_same_act_is_ethics_before_and_discipline_after_candidates_are_fixed(session: Session) -> None:
    election = find_election(session, date(2024, 9, 21))
    assert election is not None
    assert part_of(election, date(2024, 9, 21)) is When.BEFORE_CANDIDATES
    assert part_of(election, date(2024, 9, 22)) is When.AFTER_CANDIDATES


def test_phase_of_a_campaign_day(session: Session) -> None:
    election = find_election(session, date(2024, 10, 16))
    assert election is not None
    assert election.slug == "pilkada-2024"
    phase = find_phase(session, election, date(2024, 10, 16))
    assert phase is not None
    assert phase.name == "kampanye"


def test_between_elections_there_is_none(session: Session) -> None:
    assert find_election(session, date(2026, 11, 21)) is None
