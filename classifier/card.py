"""The model card: what an artifact is for, what it was made of, how good it was."""

from typing import Any

CARD = """# Model card

**Use.** {intended_use} A person reads every flagged text and decides; the probability orders the queue and is no evidence.

**Not for** judging people, private messages, languages other than Indonesian with its regional mixtures, or texts
about other offices (village heads, police, soldiers), which have rules of their own.

**Made of** {texts} texts written for this purpose (SHA-256 `{corpus_sha256}`), with the sentences that show an act marked.
They are not real news: expect lower numbers on real text than below.

**How.** TF-IDF of stemmed words and of characters, and cues of a lexicon, over windows of sentences; logistic regression
on marked windows; a second one for the act or look-alike; Platt's calibration of both on held-out folds.
Parties, ballot numbers, regions and names are masked before any feature is made.

**Line.** {threshold:.4f}: the lowest probability at which precision on held-out folds was at least {precision}.
Calibration has three numbers and was fitted on the same held-out scores that are measured here.

## Held-out folds of the corpus

| kind | texts | partisan | average precision | precision | recall | precision at recall 0.9 | calibration error |
|---|---|---|---|---|---|---|---|
{rows}
"""
COLUMNS = (
    "texts",
    "partisan",
    "average_precision",
    "precision",
    "recall",
    "precision_at_recall_90",
    "calibration_error",
)


def write_card(description: dict[str, Any]) -> str:
    """The card of one artifact, in Markdown."""
    measured = description["metrics"].get("out_of_fold", {})
    rows = "\n".join(f"| {kind} | " + " | ".join(str(row[name]) for name in COLUMNS) + " |" for kind, row in measured.items())
    return CARD.format(
        intended_use=description["intended_use"],
        texts=description["metrics"].get("texts", 0),
        corpus_sha256=description["corpus_sha256"],
        threshold=description["lines"]["flag"],
        precision=description["config"]["line"]["precision"],
        rows=rows,
    )
