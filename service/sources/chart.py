"""28 days as bars: what was stored above the line, what gave nothing below it. Plain numbers; the template draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models import SourceDay, now
from models.health.baseline import SPAN
from models.health.tally import day_of

STEP, WIDTH = 20, 14
UP, DOWN = 90, 40
"""Heights of the two halves."""


@dataclass(frozen=True)
class Bar:
    """One day; a height of 0 draws nothing."""

    on_day: date
    day: SourceDay | None
    x: int
    stored: int
    lost: int
    up: float
    down: float

    @property
    def quality(self) -> float | None:
        """Mean of the day's articles."""
        return self.day.quality / self.day.rated if self.day and self.day.rated else None


@dataclass(frozen=True)
class Chart:
    bars: Sequence[Bar]
    most_stored: int
    most_lost: int
    width: int = STEP * SPAN
    height: int = UP + DOWN
    base: int = UP


def draw_days(days: Sequence[SourceDay]) -> Chart:
    """Days of which nothing is known are drawn empty: a gap tells something too."""
    known: Mapping[date, SourceDay] = {day.on_day: day for day in days}
    today = day_of(now())
    dates = [today - timedelta(days=SPAN - 1 - number) for number in range(SPAN)]
    stored = [known[one].stored if one in known else 0 for one in dates]
    lost = [_lost(known[one]) if one in known else 0 for one in dates]
    most_stored, most_lost = max(stored), max(lost)
    bars = [
        Bar(one, known.get(one), number * STEP, up, down, _part(up, most_stored, UP), _part(down, most_lost, DOWN))
        for number, (one, up, down) in enumerate(zip(dates, stored, lost, strict=True))
    ]
    return Chart(bars, most_stored, most_lost)


def _lost(day: SourceDay) -> int:
    return day.refused + day.blocked + day.failed


def _part(count: int, most: int, height: int) -> float:
    """At least a stroke where there is anything."""
    return max(2.0, round(count / most * height, 1)) if count else 0.0
