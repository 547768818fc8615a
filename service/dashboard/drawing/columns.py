"""Stacked columns: one for each step of time or class, its parts from below."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 220
LEFT, BOTTOM, TOP = 44, 24, 8
GAP = 0.18
MOST_LABELS = 12


@dataclass(frozen=True)
class Part:
    series: int
    x: float
    y: float
    width: float
    height: float
    count: int


@dataclass(frozen=True)
class Tick:
    at: float
    value: int


@dataclass(frozen=True)
class Columns:
    parts: Sequence[Part]
    ticks: Sequence[Tick]
    labels: Sequence[tuple[float, int]]
    """Middle of a column, and the number of its row."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM
    kind: str = "columns"


def draw_columns(counts: Sequence[Sequence[int]]) -> Columns:
    """`counts` holds a sequence for each column, a number for each series."""
    top = nice_top(max((sum(column) for column in counts), default=0))
    step = (WIDTH - LEFT) / max(1, len(counts))
    parts = [part for number, column in enumerate(counts) for part in _stack(column, LEFT + number * step, step, top)]
    every = -(-len(counts) // MOST_LABELS) or 1
    labels = [(LEFT + (number + 0.5) * step, number) for number in range(0, len(counts), every)]
    return Columns(parts, draw_ticks(top), [(round(x, 1), number) for x, number in labels])


def nice_top(most: int) -> int:
    """The smallest round number that holds the highest column, at least four.

    >>> [nice_top(most) for most in (0, 3, 4, 9, 130, 306, 5001)]
    [4, 4, 4, 10, 200, 400, 6000]
    """
    top, steps = 4, (10, 20, 30, 40, 60, 80)
    power = 1
    while top < most:
        for step in steps:
            top = step * power
            if top >= most:
                return top
        power *= 10
    return top


def draw_ticks(top: int) -> list[Tick]:
    parts = 4 if top % 4 == 0 else 5 if top % 5 == 0 else 2
    return [Tick(_y(top * number // parts, top), top * number // parts) for number in range(parts + 1)]


def _stack(column: Sequence[int], x: float, step: float, top: int) -> list[Part]:
    parts, below = list[Part](), 0
    for series, count in enumerate(column):
        if count > 0:
            upper, lower = _y(below + count, top), _y(below, top)
            parts.append(
                Part(series, round(x + step * GAP / 2, 1), upper, round(step * (1 - GAP), 1), round(lower - upper, 1), count)
            )
        below += max(0, count)
    return parts


def _y(value: int, top: int) -> float:
    return round(HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP), 1)
