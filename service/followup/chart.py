"""The funnel and the published series as plain numbers; the template draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models import Stage
from models.figures.published import PublishedRow

BAR_WIDTH = 300.0
BAR_HEIGHT = 26
BAR_STEP = 58
LEFT, RIGHT, TOP, BOTTOM = 42, 300, 14, 150
SERIES = ("reported", "recommended", "followed_up")


@dataclass(frozen=True)
class Bar:
    stage: Stage
    count: int
    share: float | None
    """Of the stage before."""
    width: float
    y: int
    reference: float | None
    """Where the published row stands on the same scale."""
    reference_count: int | None


@dataclass(frozen=True)
class Funnel:
    bars: Sequence[Bar]
    width: float = BAR_WIDTH
    bar_height: int = BAR_HEIGHT
    height: int = BAR_STEP * len(Stage)


@dataclass(frozen=True)
class Line:
    """One of the three numbers over time."""

    name: str
    points: Sequence[tuple[float, float, PublishedRow, int]]

    @property
    def path(self) -> str:
        return " ".join(f"{x},{y}" for x, y, _, _ in self.points)


@dataclass(frozen=True)
class SeriesChart:
    lines: Sequence[Line]
    most: int
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM


def draw_funnel(counts: Mapping[Stage, int], reference: PublishedRow | None) -> Funnel:
    """Every bar on the scale of what was reported, and the published row on a scale of its own reports."""
    reported = counts[Stage.REPORTED]
    published = _published(reference)
    bars, before = list[Bar](), None
    for number, stage in enumerate(Stage):
        count, there = counts[stage], published.get(stage)
        bars.append(
            Bar(
                stage,
                count,
                count / before if before else None,
                round(count / reported * BAR_WIDTH, 1) if reported else 0.0,
                number * BAR_STEP + 20,
                round(there / published[Stage.REPORTED] * BAR_WIDTH, 1) if there is not None else None,
                there,
            )
        )
        before = count
    return Funnel(bars)


def draw_series(rows: Sequence[PublishedRow]) -> SeriesChart:
    """Rows of one event and one publisher over time; a number that was not published leaves a gap in its line."""
    most = max((count for row in rows for name in SERIES if (count := getattr(row, name)) is not None), default=0)
    lines = [Line(name, _points(rows, name, most)) for name in SERIES]
    return SeriesChart([line for line in lines if line.points], most)


def _points(rows: Sequence[PublishedRow], name: str, most: int) -> list[tuple[float, float, PublishedRow, int]]:
    first, last = rows[0].as_of.toordinal(), rows[-1].as_of.toordinal()
    span = max(1, last - first)
    found = [(row, getattr(row, name)) for row in rows if getattr(row, name) is not None]
    return [
        (
            round(LEFT + (row.as_of.toordinal() - first) / span * (RIGHT - LEFT), 1),
            round(BOTTOM - count / most * (BOTTOM - TOP), 1),
            row,
            count,
        )
        for row, count in found
    ]


def _published(row: PublishedRow | None) -> dict[Stage, int]:
    """Only rows that say how many were reported can stand beside our funnel. None of them counts sanctions apart."""
    if row is None or not row.reported:
        return {}
    counts = {Stage.REPORTED: row.reported, Stage.RECOMMENDED: row.recommended, Stage.FOLLOWED_UP: row.followed_up}
    return {stage: count for stage, count in counts.items() if count is not None}
