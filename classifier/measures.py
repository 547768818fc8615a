"""How good probabilities are: ranking, the line, calibration; in all and by group."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

RECALL = 0.9
BINS = 10


def measure(probabilities: np.ndarray, labels: np.ndarray, threshold: float, kinds: Sequence[str]) -> dict[str, Any]:
    """Measures over everything under `all`, and under each kind."""
    groups = {"all": np.ones(len(labels), dtype=bool)}
    groups |= {kind: np.array([own == kind for own in kinds]) for kind in sorted(set(kinds))}
    return {name: measure_group(probabilities[rows], labels[rows], threshold) for name, rows in groups.items()}


def measure_group(probabilities: np.ndarray, labels: np.ndarray, threshold: float) -> dict[str, float | int | None]:
    """Measures of one group; None where its texts cannot answer the question."""
    flagged = probabilities >= threshold
    hits = int((flagged & labels).sum())
    return {
        "texts": len(labels),
        "partisan": int(labels.sum()),
        "flagged": int(flagged.sum()),
        "average_precision": _round(average_precision_score(labels, probabilities)) if labels.any() else None,
        "precision": _round(hits / flagged.sum()) if flagged.any() else None,
        "recall": _round(hits / labels.sum()) if labels.any() else None,
        "precision_at_recall_90": precision_at_recall(probabilities, labels, RECALL),
        "calibration_error": calibration_error(probabilities, labels),
    }


def precision_at_recall(probabilities: np.ndarray, labels: np.ndarray, recall: float) -> float | None:
    """Precision of the shortest list from the top that reaches a recall."""
    if not labels.any():
        return None
    hits = np.cumsum(labels[np.argsort(-probabilities, kind="stable")])
    depth = int(np.argmax(hits >= recall * labels.sum())) + 1
    return _round(hits[depth - 1] / depth)


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float | None:
    """Expected calibration error: mean gap between promised and true share over ten bins of equal width."""
    if not len(labels):
        return None
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = (abs(probabilities[bins == at].sum() - labels[bins == at].sum()) for at in range(BINS))
    return _round(sum(gaps) / len(labels))


def _round(value: float) -> float:
    return round(float(value), 4)
