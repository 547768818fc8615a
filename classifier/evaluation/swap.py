"""No side is taken: every text again with other parties, candidates, ballot numbers, regions and genders, and what that moves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from classifier.evaluation.sides import (
    Swap,
    spell_numbers,
    swap_candidates,
    swap_genders,
    swap_numbers,
    swap_parties,
    swap_regions,
    swap_sides,
)
from classifier.reading.document import Document
from classifier.scoring.scorer import Scorer

BATCH = 256


@dataclass(frozen=True)
class Axis:
    """What is exchanged, and how both sides are written before they are held against each other."""

    exchange: Swap
    write: Swap = lambda text, _number: text


AXES = {
    "parties": Axis(swap_parties),
    "candidates": Axis(swap_candidates),
    "ballot_numbers": Axis(swap_numbers),
    "ballot_spellings": Axis(swap_numbers, spell_numbers),
    "regions": Axis(swap_regions),
    "genders": Axis(swap_genders),
    "capitals": Axis(swap_sides, lambda text, _number: text.upper()),
    "loudness": Axis(lambda text, _number: text.upper()),
}


@dataclass(frozen=True)
class AxisResult:
    """What the exchange along one axis does."""

    changed: int
    """Texts in which there was something to exchange."""
    largest: float
    mean: float
    flips: int
    worst: int | None
    """Place of the text that moved most."""

    def as_dict(self, texts: int) -> dict[str, Any]:
        share = round(self.flips / texts, 5) if texts else 0.0
        return {
            "changed": self.changed,
            "largest_change": round(self.largest, 6),
            "mean_change": round(self.mean, 6),
            "flips": self.flips,
            "flip_share": share,
            "worst": self.worst,
        }


def measure_swaps(documents: Sequence[Document], scorer: Scorer) -> dict[str, dict[str, Any]]:
    """By axis: how many texts changed, largest and mean change of probability among them, flags that flip."""
    return {name: _measure_axis(documents, axis, scorer).as_dict(len(documents)) for name, axis in AXES.items()}


def _measure_axis(documents: Sequence[Document], axis: Axis, scorer: Scorer) -> AxisResult:
    swapped = [_rewrite(document, axis.exchange, number) for number, document in enumerate(documents)]
    rows = [row for row, (old, new) in enumerate(zip(documents, swapped, strict=True)) if old != new]
    if not rows:
        return AxisResult(0, 0.0, 0.0, 0, None)
    before, after = (_score([_rewrite(own[row], axis.write, row) for row in rows], scorer) for own in (documents, swapped))
    changes, line = np.abs(after - before), scorer.parameters.threshold
    flips = int(((after >= line) != (before >= line)).sum())
    return AxisResult(len(rows), float(changes.max()), float(changes.mean()), flips, rows[int(changes.argmax())])


def _score(documents: Sequence[Document], scorer: Scorer) -> np.ndarray:
    batches = (documents[start : start + BATCH] for start in range(0, len(documents), BATCH))
    return np.array([own.probability for batch in batches for own in scorer.score(batch)])


def _rewrite(document: Document, swap: Swap, number: int) -> Document:
    return replace(
        document,
        text=swap(document.text, number),
        title=swap(document.title, number),
        author_bio=swap(document.author_bio, number),
    )
