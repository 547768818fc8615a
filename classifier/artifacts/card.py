"""The model card: what an artifact is for, what it was made of, how good it was."""

from typing import Any

CARD = """# Model card

**Use.** {intended_use} A person reads every flagged text and decides; the probability orders the queue and is no evidence.

**Not for** judging people, private messages, languages other than Indonesian with its regional mixtures, or texts
about other offices (village heads, police, soldiers), which have rules of their own.

**Made of** {texts} labelled texts (SHA-256 `{corpus_sha256}`), with the sentences that show an act marked: texts
written for this purpose, and what monitors assessed or imported. Written texts are not real news: expect lower numbers on real
text than below.

**How.** Stemmed words with all offices made alike and their n-grams, characters of words, and cues of a lexicon in their
order, over windows of sentences; logistic regression on marked windows, a second one on whole documents, a third for the act
or look-alike; Platt's calibration on held-out folds, in which every news text stands once more hidden in a long page.
Parties, ballot numbers, regions, names with a capital and words for men and women are masked before any feature is made.
The log-odds of a window are a sum over its words and cues: the reasons shown are the arithmetic itself.

**Lines.** Flag from {flag:.4f}: the lowest probability at which precision on held-out folds was at least {precision}.
"Perlu dibaca" from {read:.4f}: at it, recall on held-out folds was at least {recall}.

**Limits.** Posts are weaker than news. A text that never names an office or a side is passed over. Sarcasm, pictures and
what stands behind a link are not read. Numbers below come from texts of the same hands as the training texts.
{tables}"""
PARTS = {
    "test": "The test part: events that nothing was fitted to or chosen on, scored by a fit without them",
    "newest": "The newest labels of people, scored by a fit on what was older; calibration and lines had seen them",
    "out_of_fold": "Held-out folds, on which calibration and lines were chosen (news also hidden in long pages)",
}
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
    metrics, line = description["metrics"], description["config"]["line"]
    return CARD.format(
        intended_use=description["intended_use"],
        texts=metrics.get("texts", 0),
        corpus_sha256=description["corpus_sha256"],
        flag=description["lines"]["flag"],
        read=description["lines"]["read"],
        precision=line["precision"],
        recall=line["recall"],
        tables="".join(_write_table(title, metrics[part]) for part, title in PARTS.items() if part in metrics),
    )


def _write_table(title: str, measured: dict[str, Any]) -> str:
    head = "| kind | texts | partisan | average precision | precision | recall | precision at recall 0.9 | calibration error |"
    rows = "\n".join(f"| {kind} | " + " | ".join(str(row[name]) for name in COLUMNS) + " |" for kind, row in measured.items())
    return f"\n## {title}\n\n{head}\n|---|---|---|---|---|---|---|---|\n{rows}\n"
