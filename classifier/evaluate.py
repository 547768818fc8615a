"""A classifier on labelled texts."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from classifier.classes import ACTS, LOOK_ALIKES
from classifier.classify import read_document_object
from classifier.errors import InputError
from classifier.measures import measure
from classifier.scorer import Scorer

BATCH = 256


def evaluate(objects: Iterable[dict[str, Any]], scorer: Scorer) -> dict[str, Any]:
    """Score objects that carry `text` and `label` (true, 1 or an act means partisan) and measure the result."""
    rows = list(objects)
    truths = [_read_label(number, row) for number, row in enumerate(rows, start=1)]
    documents = [read_document_object(row) for row in rows]
    probabilities = [
        scored.probability for start in range(0, len(rows), BATCH) for scored in scorer.score(documents[start : start + BATCH])
    ]
    labels = np.array(truths)
    kinds = [str(row.get("kind") or "news") for row in rows]
    return measure(np.array(probabilities), labels, scorer.parameters.threshold, kinds)


def _read_label(number: int, row: object) -> bool:
    label = row.get("label") if isinstance(row, dict) else None
    if label in (0, 1):
        return bool(label)
    if label in ACTS or label in LOOK_ALIKES:
        return label in ACTS
    raise InputError(f"object {number}: `label` must be 0, 1 or one of our classes")
