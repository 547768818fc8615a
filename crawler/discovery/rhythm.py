"""How often an outlet publishes, by the dates of one of its lists. Pure functions."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

FEWEST = 5
"""Dates from which a rhythm may be read."""
CADENCES = (30, 60, 120, 240, 720, 1440)
LISTS_KEPT = 3
"""A list is asked so often that no entry leaves it unseen, even on a day with three times the news."""
SPREAD = 4
"""How far below and above its own mean an outlet's day may be before somebody should look."""


@dataclass(frozen=True)
class Rhythm:
    per_day: float
    cadence_minutes: int
    expected_min_per_day: int
    expected_max_per_day: int


def measure_rhythm(published: Iterable[datetime | None]) -> Rhythm | None:
    """The rhythm of a list's dates; None where there are too few, or all the same."""
    dates = sorted(at for at in published if at is not None)
    span = dates[-1] - dates[0] if dates else timedelta()
    if len(dates) < FEWEST or not span:
        return None
    per_day = (len(dates) - 1) / (span / timedelta(days=1))
    longest = span / timedelta(minutes=1) / LISTS_KEPT
    cadence = max((step for step in CADENCES if step <= longest), default=CADENCES[0])
    return Rhythm(per_day, cadence, math.floor(per_day / SPREAD), math.ceil(per_day * SPREAD) + 1)
