"""From degrees to paths of SVG that fit a page: projected, thinned by Douglas-Peucker, written short."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from service.dashboard.map.geojson import Points, area_of

WIDTH, HIGHEST, MARGIN = 728, 480, 4
GRID = 0.1
"""Of a unit of the drawing: nothing finer is written, so nothing finer is kept."""
STRETCH = 1_000
"""Douglas-Peucker takes the square of what it is given on hostile lines, so it is given no more at once."""
MOST_CHARACTERS = 150_000
COARSER = 1.25

Polygons = Sequence[Sequence[Points]]


@dataclass(frozen=True)
class Projection:
    """Equirectangular, true to scale at the middle latitude; one scale in both directions."""

    west: float
    north: float
    x_scale: float
    y_scale: float
    width: int
    height: int

    @classmethod
    def around(cls, rings: Sequence[Points]) -> "Projection":
        low, high = (np.min([ring.min(axis=0) for ring in rings], axis=0), np.max([ring.max(axis=0) for ring in rings], axis=0))
        shrink = float(np.cos(np.radians((low[1] + high[1]) / 2)))
        across, down = (high[0] - low[0]) * shrink, high[1] - low[1]
        scale = float(min((WIDTH - 2 * MARGIN) / across, (HIGHEST - 2 * MARGIN) / down))
        height = round(down * scale) + 2 * MARGIN
        return cls(float(low[0]), float(high[1]), scale * shrink, scale, round(across * scale) + 2 * MARGIN, height)

    def project(self, ring: Points) -> Points:
        """Onto the grid of the drawing, without the points that fall together there."""
        x = (ring[:, 0] - self.west) * self.x_scale + MARGIN
        y = (self.north - ring[:, 1]) * self.y_scale + MARGIN
        points = np.round(np.column_stack((x, y)) / GRID) * GRID
        return points[np.append(True, np.any(points[1:] != points[:-1], axis=1))]


@dataclass(frozen=True)
class RankedRing:
    """A projected ring; each point with the distance by which the line would miss it."""

    points: Points
    ranks: Points
    is_largest: bool
    """Of its province: it stays, however small."""

    def thin(self, tolerance: float) -> Points | None:
        """None where nothing of the ring is left to be seen."""
        kept = self.points[self.ranks >= tolerance]
        if len(kept) >= 4:
            return kept
        return self.points[np.sort(np.argsort(-self.ranks, kind="stable")[:4])] if self.is_largest else None


def rank_rings(polygons: Polygons, projection: Projection) -> list[RankedRing]:
    rings = [projection.project(ring) for polygon in polygons for ring in polygon]
    largest = max(range(len(rings)), key=lambda number: area_of(rings[number]))
    return [RankedRing(ring, rank_points(ring), number == largest) for number, ring in enumerate(rings)]


def rank_points(ring: Points) -> Points:
    """By Douglas and Peucker, once for every tolerance: a point ranks no higher than the split that it lies below.

    The two ends of a closed ring are one point, so the first split is the point that lies farthest from it.
    """
    ranks = np.zeros(len(ring))
    distances = np.hypot(*(ring - ring[0]).T)
    far = int(np.argmax(distances))
    ranks[[0, far, -1]] = distances[far]
    if distances[far] < GRID:
        return ranks
    cuts = sorted({0, far, len(ring) - 1, *range(0, len(ring), STRETCH)})
    ranks[cuts] = distances[far]
    spans = [(first, last, float(distances[far])) for first, last in pairwise(cuts)]
    while spans:
        first, last, above = spans.pop()
        if last - first < 2:
            continue
        missed = _distances(ring[first : last + 1])
        split = int(np.argmax(missed))
        rank = min(above, float(missed[split]))
        if rank >= GRID:
            ranks[first + 1 + split] = rank
            spans += [(first, first + 1 + split, rank), (first + 1 + split, last, rank)]
    return ranks


def _distances(stretch: Points) -> Points:
    """Of the inner points from the chord between the ends."""
    start, chord = stretch[0], stretch[-1] - stretch[0]
    inner = stretch[1:-1] - start
    length = float(np.dot(chord, chord))
    along = np.clip(inner @ chord / length, 0, 1) if length else np.zeros(len(inner))
    return np.hypot(*(inner - along[:, None] * chord).T)


def fit_paths(ranked: Mapping[str, Sequence[RankedRing]], most: int = MOST_CHARACTERS) -> tuple[dict[str, str], float]:
    """The paths of all provinces at the finest tolerance that the budget allows, and that tolerance."""
    ranks = np.concatenate([ring.ranks for rings in ranked.values() for ring in rings])
    allowed = most // 4  # A point takes four characters or more; so no round writes many times the budget.
    tolerance = max(GRID, float(np.sort(ranks)[-allowed]) if len(ranks) > allowed else GRID)
    while True:
        paths = {code: write_path(rings, tolerance) for code, rings in ranked.items()}
        if sum(map(len, paths.values())) <= most:
            return paths, tolerance
        tolerance *= COARSER


def write_path(rings: Sequence[RankedRing], tolerance: float) -> str:
    return "".join(_write(points) for ring in rings if (points := ring.thin(tolerance)) is not None)


def _write(points: Points) -> str:
    """Steps in whole tenths are summed up without rounding twice, so the line ends where it began."""
    tenths = np.round(points / GRID).astype(int)
    steps = np.diff(tenths, axis=0)[:-1]
    written = " ".join(f"{_number(x)} {_number(y)}" for x, y in steps) or "0 0"
    return f"M{_number(tenths[0][0])} {_number(tenths[0][1])}l{written}z"


def _number(tenths: int) -> str:
    """Tenths as SVG takes them shortest.

    >>> [_number(one) for one in (120, -35, 4)]
    ['12', '-3.5', '.4']
    """
    whole = f"{tenths / 10:g}"
    return whole.replace("0.", ".", 1) if whole.startswith(("0.", "-0.")) else whole
