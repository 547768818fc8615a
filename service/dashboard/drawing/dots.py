"""Shares as dots with the interval around each, and one line for what would be expected."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.dashboard.shares import Share


@dataclass(frozen=True)
class Dot:
    """In percent of the width."""

    at: float
    low: float
    width: float


@dataclass(frozen=True)
class Dots:
    rows: Sequence[Dot | None]
    """None where a share is not shown."""
    expected: float
    label: int = 0
    kind: str = "dots"


def draw_dots(shares: Sequence[Share | None], expected: float, *, label: int = 0) -> Dots:
    """Of shares from 0 to 1."""
    rows = [Dot(_at(one.value), _at(one.low), round(_at(one.high) - _at(one.low), 1)) if one else None for one in shares]
    return Dots(rows, _at(expected), label)


def _at(share: float) -> float:
    return round(100 * share, 1)
