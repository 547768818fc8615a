"""The classifier on real texts: ranking and the line against two rivals, false positives in bulk, sides, hidden acts."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from bench.classifier.rivals import fit_plain_tfidf, keyword_rule
from bench.reading import Row, document_of_row, read_rows
from classifier.corpus import CorpusText, load_corpus
from classifier.evaluation.measures import measure_group, measure_intervals
from classifier.evaluation.swap import measure_swaps
from classifier.reading.document import Document
from classifier.reading.text import Span
from classifier.scoring.scorer import Scorer
from classifier.training.mixing import hide_all

Judge = Callable[[Sequence[Row]], np.ndarray]

RULE = "keyword rule"
MEASURES = ("average_precision", "precision", "recall", "precision_at_recall_90", "calibration_error")
RANKING = ("average_precision", "precision_at_recall_90", "calibration_error")
"""What a rule of yes and no cannot be asked."""
BULK_STEPS = {"bulk_news": 1, "bulk_social": 3}
"""Every third post: enough for a rate."""
HIDDEN_AMONG = (15, 30)


def report_real(folder: Path, seeds: Path | None, scorer: Scorer) -> str:
    """Everything that is measured on the folder's texts, in Markdown."""
    plain = fit_plain_tfidf(load_corpus())
    judges: dict[str, Judge] = {
        RULE: lambda rows: keyword_rule([row["text"] for row in rows]),
        "scikit-learn TF-IDF": lambda rows: plain.predict_proba([row["text"] for row in rows])[:, 1],
        "netra": lambda rows: np.array([found.probability for found in scorer.score([document_of_row(row) for row in rows])]),
    }
    return "\n\n".join(
        [_report_ranking(folder, scorer, judges), _report_false_positives(folder, seeds, scorer), _report_sides(folder, scorer)]
    )


def report_hidden(scorer: Scorer, test: Sequence[CorpusText]) -> str:
    """Texts of the test part hidden among other sentences, by a scorer that never saw that part."""
    rows = [_measure_hidden(scorer, hide_all(test, (count,), 1), count) for count in HIDDEN_AMONG]
    head = "| Hidden among | texts | partisan | AP | marked sentence ranked first |\n|---|---|---|---|---|\n"
    note = (
        "News of the corpus' test part as one block among sentences of other look-alike news, without title, by a classifier "
        'trained without that part. "Ranked first": of the partisan texts, those whose heaviest evidence lies in a mark.'
    )
    return f"### An act hidden in a long page\n\n{note}\n\n{head}" + "\n".join(rows)


def _measure_hidden(scorer: Scorer, pages: Sequence[CorpusText], count: int) -> str:
    scored = scorer.score([page.document for page in pages], explain_all=True)
    labels = np.array([page.is_partisan for page in pages])
    precision = average_precision_score(labels, [own.probability for own in scored])
    partisan = [(page, own) for page, own in zip(pages, scored, strict=True) if page.is_partisan]
    first = [_hits(Span(own.evidence[0].start, own.evidence[0].end), page) for page, own in partisan]
    return f"| {count} sentences | {len(pages)} | {labels.sum()} | {precision:.3f} | {np.mean(first):.3f} |"


def _hits(span: Span, page: CorpusText) -> bool:
    return any(span.overlap(mark) for mark in page.evidence)


def _report_ranking(folder: Path, scorer: Scorer, judges: dict[str, Judge]) -> str:
    lines = [
        "### Real texts with labels",
        "",
        "Average precision (AP) ranks, with its 95 % interval by bootstrap; precision (P) and recall (R) are taken at the line. "
        'ECE is the calibration error. "Balanced" weighs both answers alike, as if half of the texts were partisan.',
        "",
        "| Texts | partisan | by | AP | balanced AP | P | R | P at R 0.9 | ECE |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for path in sorted(folder.glob("*.jsonl")):
        rows = [row for row in read_rows(path) if "label" in row and "text" in row]
        for name, kept in (("", rows), (", without borderline", [row for row in rows if not row.get("borderline")])):
            if any(row["label"] for row in kept) and (not name or len(kept) < len(rows)):
                lines += [_ranking_line(path.stem + name, kept, by, judge, scorer) for by, judge in judges.items()]
    return "\n".join(lines)


def _ranking_line(name: str, rows: list[Row], by: str, judge: Judge, scorer: Scorer) -> str:
    labels, probabilities = np.array([bool(row["label"]) for row in rows]), judge(rows)
    line = scorer.parameters.threshold if by == "netra" else 0.5
    found = measure_group(probabilities, labels, line)
    shown = {key: "–" if found[key] is None or (by == RULE and key in RANKING) else f"{found[key]:.2f}" for key in MEASURES}
    balanced = "–"
    if by != RULE:
        low, high = measure_intervals(probabilities, labels, line, range(len(rows)))["average_precision"]
        shown["average_precision"] += f" ({low:.2f}–{high:.2f})"
        weights = np.where(labels, 1 / labels.sum(), 1 / (~labels).sum())
        balanced = f"{average_precision_score(labels, probabilities, sample_weight=weights):.2f}"
    first, *others = shown.values()
    return f"| {name} ({len(rows)}) | {labels.sum()} | {by} | {first} | {balanced} | {' | '.join(others)} |"


def _report_false_positives(folder: Path, seeds: Path | None, scorer: Scorer) -> str:
    lines = [
        "### False positives",
        "",
        "Share of texts above the line where none, or next to none, is partisan.",
        "",
        "| Texts | read | flagged | share |",
        "|---|---|---|---|",
    ]
    for path in sorted([*folder.glob("*general*.jsonl"), *folder.glob("*.jsonl.gz")]):
        name = path.name.split(".")[0]
        rows = [row for number, row in enumerate(read_rows(path)) if number % BULK_STEPS.get(name, 1) == 0]
        read, flagged = _count_flags(rows, scorer)
        lines += [
            f"| {name}: {group} | {n:,} | {flagged[group]} | {flagged[group] / n:.2%} |" for group, n in sorted(read.items())
        ]
    if seeds:
        texts = [path.read_text(encoding="utf-8") for path in sorted(seeds.glob("*.txt"))]
        found = sum(own.flagged for own in scorer.score([Document(text) for text in texts]))
        lines.append(f"| seed articles | {len(texts)} | {found} | {found / max(len(texts), 1):.2%} |")
    return "\n".join(lines)


def _count_flags(rows: list[Row], scorer: Scorer) -> tuple[Counter[str], Counter[str]]:
    read, flagged = Counter[str](), Counter[str]()
    for start in range(0, len(rows), 500):
        batch = rows[start : start + 500]
        for row, scored in zip(batch, scorer.score([document_of_row(row) for row in batch]), strict=True):
            group = str(row.get("bucket") or "all")
            read[group] += 1
            flagged[group] += scored.flagged
    return read, flagged


def _report_sides(folder: Path, scorer: Scorer) -> str:
    documents = [document_of_row(row) for path in sorted(folder.glob("*.jsonl")) for row in read_rows(path) if "label" in row]
    documents += [text.document for text in load_corpus()]
    lines = [
        "### No side taken",
        "",
        f"Every one of {len(documents):,} texts (the labelled real ones and the whole corpus) once more with other sides.",
        "",
        "| Exchanged | texts that hold some | largest change of probability | mean change | flags that flip | share of all |",
        "|---|---|---|---|---|---|",
    ]
    for axis, found in measure_swaps(documents, scorer).items():
        lines.append(
            f"| {axis.replace('_', ' ')} | {found['changed']:,} | {found['largest_change']:.4f} | {found['mean_change']:.5f} "
            f"| {found['flips']} | {found['flip_share']:.3%} |"
        )
    return "\n".join(lines)
