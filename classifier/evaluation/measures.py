"""How good probabilities are: ranking, the line, calibration; in all and by group, with intervals."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

RECALL = 0.9
BINS = 10
ROUNDS = 400
INTERVAL = (2.5, 97.5)
FEWEST_CLUSTERS = 20
"""With fewer clusters a bootstrap interval says more than it knows."""
WITH_INTERVAL = ("average_precision", "precision", "recall", "precision_at_recall_90", "calibration_error")

Measures = dict[str, Any]


def measure(probabilities: np.ndarray, labels: np.ndarray, threshold: float, groups: Sequence[str]) -> dict[str, Measures]:
    """Measures over everything under `all`, and under each group."""
    rows = {"all": np.ones(len(labels), dtype=bool)}
    rows |= {group: np.array([own == group for own in groups]) for group in sorted(set(groups))}
    return {name: measure_group(probabilities[own], labels[own], threshold) for name, own in rows.items()}


def measure_group(probabilities: np.ndarray, labels: np.ndarray, threshold: float) -> Measures:
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


def measure_intervals(
    probabilities: np.ndarray, labels: np.ndarray, threshold: float, clusters: Sequence[Hashable], *, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """95 % intervals by bootstrap over clusters: texts of one event are drawn together, never as if they were many events.

    Empty below 20 clusters.
    """
    members: dict[Hashable, list[int]] = {}
    for row, cluster in enumerate(clusters):
        members.setdefault(cluster, []).append(row)
    if len(members) < FEWEST_CLUSTERS:
        return {}
    own, random = [np.array(rows) for rows in members.values()], np.random.default_rng(seed)
    drawn = list[Measures]()
    for _ in range(ROUNDS):
        rows = np.concatenate([own[at] for at in random.integers(len(own), size=len(own))])
        drawn.append(measure_group(probabilities[rows], labels[rows], threshold))
    found = {name: [round_[name] for round_ in drawn if round_[name] is not None] for name in WITH_INTERVAL}
    return {name: _percentiles(values) for name, values in found.items() if len(values) > ROUNDS / 2}


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
    gaps = (abs(promised - true) * count for promised, true, count in bin_calibration(probabilities, labels))
    return _round(sum(gaps) / len(labels))


def bin_calibration(probabilities: np.ndarray, labels: np.ndarray) -> list[tuple[float, float, int]]:
    """Of each bin that holds texts: the mean probability, the share that is partisan, the number of texts."""
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    rows = (bins == at for at in range(BINS))
    return [(float(probabilities[own].mean()), float(labels[own].mean()), int(own.sum())) for own in rows if own.any()]


def _percentiles(values: list[float]) -> tuple[float, float]:
    low, high = np.percentile(values, INTERVAL)
    return _round(low), _round(high)


def _round(value: float) -> float:
    return round(float(value), 4)
