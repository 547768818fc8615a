"""Precision–recall and calibration as pictures, SVG or PNG by the file's ending."""

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import precision_recall_curve

from classifier.evaluate import Evaluation
from classifier.evaluation.measures import bin_calibration, measure_group

SIZE = (5.0, 4.2)
INK, ACCENT, PALE = "#1f2a37", "#0f766e", "#9ca3af"


def draw_plots(evaluation: Evaluation, folder: Path, *, endings: tuple[str, ...] = ("svg", "png")) -> list[Path]:
    """Write precision_recall.* and calibration.* into `folder`; returns what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = {"precision_recall": _draw_precision_recall(evaluation), "calibration": _draw_calibration(evaluation)}
    written = [folder / f"{name}.{ending}" for name in figures for ending in endings]
    for path in written:
        figures[path.stem].savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    return written


def _draw_precision_recall(evaluation: Evaluation) -> Any:
    precision, recall, _ = precision_recall_curve(evaluation.labels, evaluation.probabilities)
    at_line = measure_group(evaluation.probabilities, evaluation.labels, evaluation.threshold)
    figure, axes = _make_axes("Recall", "Precision")
    axes.step(recall, precision, where="post", color=ACCENT, linewidth=2)
    axes.axhline(evaluation.labels.mean(), color=PALE, linestyle="--", linewidth=1, label="flag everything")
    if at_line["precision"] is not None:
        axes.plot(at_line["recall"], at_line["precision"], "o", color=INK, label=f"the line ({evaluation.threshold:.2f})")
    axes.set_title(f"Average precision {at_line['average_precision']}, {len(evaluation.texts)} texts", loc="left", fontsize=10)
    axes.legend(loc="lower left", frameon=False, fontsize=9)
    return figure


def _draw_calibration(evaluation: Evaluation) -> Any:
    bins = bin_calibration(evaluation.probabilities, evaluation.labels)
    promised, true, counts = (np.array(column) for column in zip(*bins, strict=True))
    error = measure_group(evaluation.probabilities, evaluation.labels, evaluation.threshold)["calibration_error"]
    figure, axes = _make_axes("Probability promised", "Share that is partisan")
    axes.plot([0, 1], [0, 1], color=PALE, linestyle="--", linewidth=1)
    axes.plot(promised, true, color=ACCENT, linewidth=2)
    axes.scatter(promised, true, s=20 + 180 * counts / counts.max(), color=ACCENT, alpha=0.6)
    axes.set_title(f"Calibration error {error}; dots grow with the number of texts", loc="left", fontsize=10)
    return figure


def _make_axes(x: str, y: str) -> tuple[Any, Any]:
    """A figure without any window system."""
    from matplotlib.figure import Figure  # Slow to load, and only pictures need it.

    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot(xlim=(0, 1.02), ylim=(0, 1.02), xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
