"""Lying bars: one a row, with its words beside it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bars:
    lengths: Sequence[float]
    """Of each row, in percent of the longest."""
    label: int = 0
    """Number of the column that names a row."""
    value: int = 1
    """Number of the column that is drawn."""
    kind: str = "bars"


def draw_bars(values: Sequence[int], *, label: int = 0, value: int = 1) -> Bars:
    """At least a stroke where there is anything.

    >>> draw_bars([50, 200, 0]).lengths
    [25.0, 100.0, 0.0]
    """
    most = max(values, default=0)
    return Bars([max(0.5, round(100 * one / most, 1)) if one > 0 else 0.0 for one in values], label, value)
