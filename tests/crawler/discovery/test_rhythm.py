"""The rhythm of a list, from its dates."""

from datetime import UTC, datetime, timedelta

from crawler.discovery.rhythm import measure_rhythm

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_list_of_a_busy_outlet_is_asked_before_it_overflows() -> None:
    rhythm = measure_rhythm(NOON + timedelta(minutes=30 * n) for n in range(21))
    assert rhythm is not None
    assert (round(rhythm.per_day), rhythm.cadence_minutes) == (48, 120)
    assert (rhythm.expected_min_per_day, rhythm.expected_max_per_day) == (12, 193)


def test_a_quiet_office_promises_nothing_a_day() -> None:
    rhythm = measure_rhythm([NOON + timedelta(days=3 * n) for n in range(6)])
    assert rhythm is not None
    assert (rhythm.expected_min_per_day, rhythm.cadence_minutes) == (0, 1440)


def test_few_dates_or_one_moment_say_nothing() -> None:
    assert measure_rhythm([NOON, None, NOON]) is None
    assert measure_rhythm([NOON] * 9) is None
