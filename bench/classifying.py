"""The classifier on real texts: ranking and the line against two rivals, false positives in bulk, and speed."""

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.rivals import fit_plain_tfidf, keyword_rule
from classifier.corpus import load_corpus
from classifier.document import Document
from classifier.evaluate import measure_group
from classifier.scorer import Scorer

Row = dict[str, Any]
Judge = Callable[[Sequence[str]], np.ndarray]

RULE = "keyword rule"
MEASURES = ("average_precision", "precision", "recall", "precision_at_recall_90", "calibration_error")
RANKING = ("average_precision", "precision_at_recall_90", "calibration_error")
"""What a rule of yes and no cannot be asked."""

SPEED_TEXTS = 400
SPEED_ROUNDS = 7
BULK_STEP = 6
"""Every sixth text of a bulk file: enough for a rate, and a run of minutes."""


def report(folder: Path, scorer: Scorer) -> str:
    """The page's part on the classifier, in Markdown."""
    plain = fit_plain_tfidf(load_corpus())
    judges: dict[str, Judge] = {
        RULE: keyword_rule,
        "scikit-learn TF-IDF": lambda texts: plain.predict_proba(list(texts))[:, 1],
        "netra": lambda texts: np.array([found.probability for found in scorer.score([Document(text) for text in texts])]),
    }
    parts = [_report_ranking(folder, scorer, judges), _report_false_positives(folder, scorer), _report_speed(folder, judges)]
    return "\n\n".join(parts)


def _report_ranking(folder: Path, scorer: Scorer, judges: dict[str, Judge]) -> str:
    lines = [
        "### Real texts with labels",
        "",
        "Average precision (AP) ranks; precision (P) and recall (R) are taken at the line. ECE is the calibration error.",
        "",
        "| Texts | partisan | by | AP | P | R | P at R 0.9 | ECE |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for path in sorted(folder.glob("*.jsonl")):
        rows = [row for row in _read(path) if "label" in row and "text" in row]
        for name, kept in (("", rows), (", without borderline", [row for row in rows if not row.get("borderline")])):
            if any(row["label"] for row in kept) and (not name or len(kept) < len(rows)):
                lines += [_ranking_line(path.stem + name, kept, by, judge, scorer) for by, judge in judges.items()]
    return "\n".join(lines)


def _ranking_line(name: str, rows: list[Row], by: str, judge: Judge, scorer: Scorer) -> str:
    labels = np.array([bool(row["label"]) for row in rows])
    line = scorer.parameters.threshold if by == "netra" else 0.5
    found = measure_group(judge([row["text"] for row in rows]), labels, line)
    shown = ["–" if found[key] is None or (by == RULE and key in RANKING) else f"{found[key]:.2f}" for key in MEASURES]
    return f"| {name} ({len(rows)}) | {labels.sum()} | {by} | {' | '.join(shown)} |"


def _report_false_positives(folder: Path, scorer: Scorer) -> str:
    lines = [
        "### False positives",
        "",
        "Share of texts above the line where none, or next to none, is partisan.",
        "",
        "| Texts | read | flagged | share |",
        "|---|---|---|---|",
    ]
    for path in sorted([*folder.glob("*general*.jsonl"), *folder.glob("*.jsonl.gz")]):
        step = BULK_STEP if path.suffix == ".gz" else 1
        rows = [row for number, row in enumerate(_read(path)) if number % step == 0]
        read, flagged = Counter[str](), Counter[str]()
        for start in range(0, len(rows), 500):
            batch = rows[start : start + 500]
            for row, scored in zip(batch, scorer.score([Document(row["text"]) for row in batch]), strict=True):
                group = str(row.get("bucket") or "all")
                read[group] += 1
                flagged[group] += scored.flagged
        name = path.name.split(".")[0]
        lines += [
            f"| {name}: {group} | {n:,} | {flagged[group]} | {flagged[group] / n:.2%} |" for group, n in sorted(read.items())
        ]
    return "\n".join(lines)


def _report_speed(folder: Path, judges: dict[str, Judge]) -> str:
    texts = [row["text"] for row in _read(folder / "bulk_news.jsonl.gz")][:SPEED_TEXTS]
    rival, ours = "scikit-learn TF-IDF", "netra"
    rounds = [(_time(judges[rival], texts), _time(judges[ours], texts)) for _ in range(SPEED_ROUNDS)]
    ratios = [theirs / mine for theirs, mine in rounds]
    lines = [
        "### Speed",
        "",
        f"{len(texts)} news texts, {SPEED_ROUNDS} rounds, the two in turns in one process on one core; medians.",
        "",
        "| By | texts a second |",
        "|---|---|",
        f"| {rival} | {len(texts) / median(theirs for theirs, _ in rounds):.0f} |",
        f"| {ours} | {len(texts) / median(mine for _, mine in rounds):.0f} |",
        "",
        f"{ours} / {rival} = {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}). netra reads every sentence window "
        "and gives reasons; the rival reads the whole document once and gives a number.",
    ]
    return "\n".join(lines)


def _time(judge: Judge, texts: list[str]) -> float:
    start = time.perf_counter()
    judge(texts)
    return time.perf_counter() - start


def _read(path: Path) -> Iterator[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
