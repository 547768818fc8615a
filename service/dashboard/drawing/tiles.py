"""The country as 38 squares of one size, each near its province's place: small provinces are as easy to see as large ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SIZE, GAP = 48, 4

PLACES: dict[str, tuple[int, int]] = {
    "11": (0, 0), "12": (0, 1), "13": (0, 2), "14": (1, 2), "15": (1, 3), "16": (1, 4), "17": (0, 3), "18": (1, 5), "19": (2, 3),
    "21": (2, 1), "31": (3, 4), "32": (3, 5), "33": (4, 5), "34": (4, 6), "35": (5, 5), "36": (2, 5), "51": (6, 5), "52": (7, 5),
    "53": (8, 5), "61": (4, 1), "62": (5, 1), "63": (5, 2), "64": (6, 1), "65": (6, 0), "71": (9, 0), "72": (8, 1), "73": (7, 3),
    "74": (8, 2), "75": (9, 1), "76": (7, 2), "81": (10, 2), "82": (10, 0), "91": (13, 2), "92": (12, 1), "93": (13, 4),
    "94": (12, 2), "95": (13, 3), "96": (11, 1),
}  # fmt: skip
"""Province → column and row, from the north-west."""


@dataclass(frozen=True)
class Tile:
    code: str
    x: int
    y: int
    filled: float
    """Height of the part that is filled from below."""
    row: int
    """Number of its row in the table."""


@dataclass(frozen=True)
class Tiles:
    tiles: Sequence[Tile]
    size: int = SIZE
    width: int = 14 * (SIZE + GAP)
    height: int = 7 * (SIZE + GAP)
    kind: str = "tiles"


def draw_tiles(counts: Mapping[str, int]) -> Tiles:
    """The fill is in proportion to the highest; the number in each square says the rest."""
    most = max(counts.values(), default=0)
    return Tiles([_tile(code, count, most, row) for row, (code, count) in enumerate(counts.items()) if code in PLACES])


def _tile(code: str, count: int, most: int, row: int) -> Tile:
    column, line = PLACES[code]
    filled = max(2.0, round(SIZE * count / most, 1)) if count > 0 else 0.0
    return Tile(code, column * (SIZE + GAP), line * (SIZE + GAP), filled, row)
