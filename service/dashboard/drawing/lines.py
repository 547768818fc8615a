"""A line of shares over time with the band of its intervals; months without one leave a gap."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.dashboard.shares import Share

WIDTH, HEIGHT = 720, 200
LEFT, BOTTOM, TOP = 44, 24, 8
MOST_LABELS = 12


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    high: float
    low: float


@dataclass(frozen=True)
class Lines:
    runs: Sequence[Sequence[Point]]
    """Neighbours without a gap."""
    ticks: Sequence[tuple[float, float]]
    """Height and share."""
    labels: Sequence[tuple[float, int]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM
    kind: str = "lines"


def draw_line(shares: Sequence[Share | None]) -> Lines:
    step = (WIDTH - LEFT) / max(1, len(shares))
    runs: list[list[Point]] = [[]]
    for number, share in enumerate(shares):
        if share is None:
            runs.append([])
        else:
            runs[-1].append(Point(round(LEFT + (number + 0.5) * step, 1), _y(share.value), _y(share.high), _y(share.low)))
    every = -(-len(shares) // MOST_LABELS) or 1
    labels = [(round(LEFT + (number + 0.5) * step, 1), number) for number in range(0, len(shares), every)]
    return Lines([run for run in runs if run], [(_y(part / 4), part / 4) for part in range(5)], labels)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)
