"""The country as its map: provinces by patterns that grow denser with their counts, so no colour alone tells."""

from collections.abc import Sequence
from dataclasses import dataclass

PATTERNS = (8, 4, 1, 5, 0)
"""Of the page's patterns, from empty over wide, narrow and crossed strokes to full."""


@dataclass(frozen=True)
class Grade:
    """A line of the legend."""

    pattern: int
    low: int
    high: int


@dataclass(frozen=True)
class MapArea:
    code: str
    path: str
    pattern: int
    x: float
    y: float
    at_x: float
    at_y: float
    row: int
    """Number of its row in the table."""

    @property
    def is_beside(self) -> bool:
        """Whether its code stands elsewhere than on it, and needs a line."""
        return (self.x, self.y) != (self.at_x, self.at_y)


@dataclass(frozen=True)
class Areas:
    areas: Sequence[MapArea]
    grades: Sequence[Grade]
    missing: int
    """Rows that have no shape."""
    licence: str
    file: str
    width: int
    height: int
    kind: str = "areas"


def grade_counts(most: int) -> list[Grade]:
    """Nothing, and four parts of what the highest has; parts that hold no whole number are left out.

    >>> [(one.low, one.high) for one in grade_counts(10)]
    [(0, 0), (1, 2), (3, 5), (6, 7), (8, 10)]
    >>> [(one.low, one.high) for one in grade_counts(2)]
    [(0, 0), (1, 1), (2, 2)]
    """
    parts = len(PATTERNS) - 1
    grades = [Grade(PATTERNS[part], most * (part - 1) // parts + 1, most * part // parts) for part in range(1, parts + 1)]
    return [Grade(PATTERNS[0], 0, 0), *(grade for grade in grades if grade.low <= grade.high)]


def pattern_of(count: int, grades: Sequence[Grade]) -> int:
    return next((grade.pattern for grade in grades if count <= grade.high), PATTERNS[-1])
