"""What is wrong with a map. Only command lines meet these: pages fall back to the squares."""

from collections.abc import Sequence
from dataclasses import dataclass


class MapRefused(ValueError):
    """The file cannot be drawn; the message says where and how to mend it."""


@dataclass(frozen=True)
class Unmatched:
    """A feature that is no province for certain, or a province without a feature."""

    feature: str
    """Number and words of the feature; empty for a province that has none."""
    code: str
    reason: str


class ProvincesUnclear(MapRefused):
    """Nothing is drawn on a guess: each doubt is a row."""

    def __init__(self, message: str, rows: Sequence[Unmatched]) -> None:
        super().__init__(message)
        self.rows = list(rows)
