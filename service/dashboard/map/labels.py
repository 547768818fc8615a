"""Where the code of a province stands: inside of its largest part, or beside it with a line where others stand already."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.dashboard.map.geojson import Points

ACROSS, DOWN = 15.0, 11.0
"""Room of one code in units of the drawing."""
SCANS = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
MOVES = [(across * ACROSS, down * DOWN) for down in (0, -1, 1, -2, 2, -3, 3) for across in (0, -1, 1)]


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    """Middle of the code."""
    at_x: float
    at_y: float
    """What it names; the same place, or the other end of a line."""


def place_labels(rings: Mapping[str, Points], width: int, height: int) -> dict[str, Label]:
    """Wide provinces first: they have room inside, and small ones find theirs around them."""
    placed = dict[str, Label]()
    for code in sorted(rings, key=lambda code: -float(np.ptp(rings[code][:, 0]))):
        at_x, at_y = inner_point(rings[code])
        places = [(at_x + x, at_y + y) for x, y in MOVES]
        fitting = [place for place in places if _is_on_paper(*place, width, height) and _is_free(*place, placed)]
        x, y = fitting[0] if fitting else (at_x, at_y)
        placed[code] = Label(round(x, 1), round(y, 1), round(at_x, 1), round(at_y, 1))
    return dict(sorted(placed.items()))


def inner_point(ring: Points) -> tuple[float, float]:
    """The middle of the widest of some level cuts: inside even where a coast bends around its own middle.

    >>> inner_point(np.array([(0, 0), (9, 0), (9, 9), (6, 9), (6, 3), (0, 3), (0, 0)], dtype=float))[1] < 3
    True
    """
    low, high = float(ring[:, 1].min()), float(ring[:, 1].max())
    cuts = [
        (end - start, (start + end) / 2, y)
        for y in (low + part * (high - low) for part in SCANS)
        for start, end in _inside(ring, y)
    ]
    if not cuts:
        return float(ring[0][0]), float(ring[0][1])
    _, x, y = max(cuts, key=lambda cut: cut[0])
    return x, y


def _inside(ring: Points, y: float) -> list[tuple[float, float]]:
    """Stretches of a level line that lie within the ring."""
    before, after = ring[:-1], ring[1:]
    crosses = (before[:, 1] > y) != (after[:, 1] > y)
    (x1, y1), (x2, y2) = before[crosses].T, after[crosses].T
    at = np.sort(x1 + (y - y1) / (y2 - y1) * (x2 - x1))
    return [(float(start), float(end)) for start, end in zip(at[::2], at[1::2], strict=False)]


def _is_on_paper(x: float, y: float, width: int, height: int) -> bool:
    return ACROSS / 2 <= x <= width - ACROSS / 2 and DOWN / 2 <= y <= height - DOWN / 2


def _is_free(x: float, y: float, placed: Mapping[str, Label]) -> bool:
    return all(abs(x - other.x) >= ACROSS or abs(y - other.y) >= DOWN for other in placed.values())
