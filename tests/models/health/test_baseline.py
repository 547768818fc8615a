"""The rule of silence on simulated days: what it says at once, what it lets pass, and that it is not learned away."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.health.baseline import (
    LEAST_DAYS,
    LIKELY,
    REACH,
    SPAN,
    chance_of_at_most,
    find_silence,
    read_rhythm,
    rhythm_before,
)

MONDAY = 738_998


def past(today: int, *counts: int, span: int = REACH) -> dict[int, int]:
    """Counts by weekday from Monday on, or the same every day."""
    return {day: counts[(day - MONDAY) % len(counts)] for day in range(today - span, today)}


def silence(counts: dict[int, int], today: int, last_24h: int):
    return find_silence(counts, today, last_24h, rhythm_before(counts, today - 1))


def test_a_quick_source_that_stops_is_silent_within_the_day() -> None:
    found = silence(past(MONDAY, 300), MONDAY, 20)
    assert found is not None
    assert (found.days, found.count, round(found.usual)) == (1, 20, 300)
    assert silence(past(MONDAY, 300), MONDAY, 200) is None


def test_a_source_that_rests_on_weekends_is_not_silent_on_sunday_or_monday_morning() -> None:
    week = (20, 22, 18, 21, 19, 0, 0)
    for day in (MONDAY + 5, MONDAY + 6, MONDAY + 7):
        assert silence(past(day, *week), day, 0) is None
    counts = past(MONDAY + 4, *week) | {MONDAY + 1: 0, MONDAY + 2: 0, MONDAY + 3: 0}
    assert silence(counts, MONDAY + 4, 0) is not None


def test_a_slow_source_is_silent_only_after_weeks() -> None:
    every_third = (1, 0, 0)
    counts = past(MONDAY, *every_third)
    assert silence(counts, MONDAY, 0) is None
    for days in (7, 27):
        quiet = counts | dict.fromkeys(range(MONDAY - days, MONDAY), 0)
        assert (silence(quiet, MONDAY, 0) is not None) == (days == 27)


@pytest.mark.parametrize("days", [10, 20, 28])
def test_a_silence_does_not_become_what_is_usual_while_it_lasts(days: int) -> None:
    counts = past(MONDAY, 12) | dict.fromkeys(range(MONDAY - days, MONDAY), 0)
    assert silence(counts, MONDAY, 0) is not None


def test_days_on_which_we_did_not_listen_say_nothing() -> None:
    counts = past(MONDAY, 12)
    known = {day: count for day, count in counts.items() if day < MONDAY - 3}
    assert silence(known, MONDAY, 12) is None
    assert read_rhythm(past(MONDAY, 12, span=LEAST_DAYS - 1)) is None


def test_one_day_of_a_back_fill_does_not_raise_the_bar() -> None:
    counts = past(MONDAY, 20) | {MONDAY - 9: 90_000}
    rhythm = rhythm_before(counts, MONDAY)
    assert rhythm is not None
    assert max(rhythm.means) < 40
    assert silence(counts, MONDAY, 18) is None


@given(st.integers(0, 60), st.floats(0.1, 200), st.floats(0.3, 50))
@settings(deadline=None, max_examples=60)
def test_the_chance_is_that_of_a_negative_binomial(count: int, mean: float, shape: float) -> None:
    p = shape / (shape + mean)
    terms = [
        math.exp(math.lgamma(shape + n) - math.lgamma(shape) - math.lgamma(n + 1) + shape * math.log(p) + n * math.log1p(-p))
        for n in range(count + 1)
    ]
    found, exact = chance_of_at_most(count, mean, shape), sum(terms)
    assert math.isclose(found, exact, rel_tol=1e-5) or (found > LIKELY and exact > LIKELY)


def test_a_source_that_is_well_gives_no_alarm_in_a_year() -> None:
    chance, year = random.Random(3), range(MONDAY, MONDAY + 365)
    counts = {day: round(chance.gammavariate(8, 2.5) * (0.6 if day % 7 in (5, 6) else 1)) for day in year}
    looks = year[REACH:]
    seen = [silence({d: counts[d] for d in range(day - REACH, day)}, day, counts[day - 1]) for day in looks]
    assert sum(found is not None for found in seen) == 0
    assert len(seen) > 10 * SPAN
