"""A classifier on labelled texts: measures with intervals, in all and by kind, act, look-alike, region and party."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classifier.classes import ACTS, LOOK_ALIKES
from classifier.classify import read_document_object
from classifier.corpus import CorpusText
from classifier.errors import InputError
from classifier.evaluation.measures import Measures, measure_group, measure_intervals
from classifier.evaluation.sides import find_parties
from classifier.reading.document import Document
from classifier.scoring.scorer import Scorer

BATCH = 256
FEWEST = 5
"""A group of fewer texts is not reported: its share would be one text's accident."""


@dataclass(frozen=True)
class LabelledText:
    """A text with its answer, and what it is grouped by."""

    document: Document
    is_partisan: bool
    label: str
    """Act or look-alike, where it is known."""
    region: str
    cluster: str
    """Texts of one cluster are drawn together in the bootstrap."""


@dataclass(frozen=True)
class Evaluation:
    """Scores of labelled texts, ready to be measured, drawn and compared."""

    texts: list[LabelledText]
    probabilities: np.ndarray
    labels: np.ndarray
    predicted: list[str]
    """The class that the classifier names, which agrees with its own flag."""
    threshold: float

    def report(self) -> dict[str, Any]:
        """`all` with intervals, and `by` kind, act, look_alike, region, party; `named` is the share of classes named rightly."""
        everything = measure_group(self.probabilities, self.labels, self.threshold)
        clusters = [text.cluster for text in self.texts]
        everything["intervals"] = measure_intervals(self.probabilities, self.labels, self.threshold, clusters)
        everything["named"] = self._share_named()
        return {"threshold": self.threshold, "all": everything, "by": {name: self._group(of) for name, of in GROUPS.items()}}

    def _group(self, names_of: Callable[[LabelledText], Iterable[str]]) -> dict[str, Measures]:
        rows: dict[str, list[int]] = {}
        for row, text in enumerate(self.texts):
            for name in names_of(text):
                rows.setdefault(name, []).append(row)
        large = {name: np.array(own) for name, own in sorted(rows.items()) if len(own) >= FEWEST}
        return {name: measure_group(self.probabilities[own], self.labels[own], self.threshold) for name, own in large.items()}

    def _share_named(self) -> float | None:
        """Of the texts that fall on the right side of the line and whose class is known, the share that is named rightly."""
        right = (self.probabilities >= self.threshold) == self.labels
        asked = [row for row, text in enumerate(self.texts) if text.label and right[row]]
        return round(sum(self.predicted[row] == self.texts[row].label for row in asked) / len(asked), 4) if asked else None


GROUPS: dict[str, Callable[[LabelledText], Iterable[str]]] = {
    "kind": lambda text: [text.document.kind.value],
    "act": lambda text: [text.label] if text.label in ACTS else [],
    "look_alike": lambda text: [text.label] if text.label in LOOK_ALIKES else [],
    "region": lambda text: [text.region] if text.region else [],
    "party": lambda text: find_parties(f"{text.document.title}\n{text.document.text}"),
}


def evaluate(texts: Sequence[LabelledText], scorer: Scorer) -> Evaluation:
    """Score every text."""
    documents = [text.document for text in texts]
    scored = [own for start in range(0, len(texts), BATCH) for own in scorer.score(documents[start : start + BATCH])]
    return Evaluation(
        texts=list(texts),
        probabilities=np.array([own.probability for own in scored]),
        labels=np.array([text.is_partisan for text in texts], dtype=bool),
        predicted=[own.label for own in scored],
        threshold=scorer.parameters.threshold,
    )


def from_corpus(texts: Iterable[CorpusText]) -> list[LabelledText]:
    return [LabelledText(text.document, text.is_partisan, text.label, text.region or "", text.event) for text in texts]


def from_objects(objects: Iterable[object]) -> list[LabelledText]:
    """Objects that carry `text` and `label` (true, 1 or an act means partisan), and `region` and `event` where known."""
    return [_read_object(number, value) for number, value in enumerate(objects, start=1)]


def _read_object(number: int, value: object) -> LabelledText:
    label = value.get("label") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not (label in (0, 1) or label in ACTS or label in LOOK_ALIKES):
        raise InputError(f"object {number}: `label` must be 0, 1 or one of our classes")
    named = label if isinstance(label, str) else ""
    region, event = str(value.get("region") or ""), str(value.get("event") or value.get("id") or number)
    return LabelledText(read_document_object(value), named in ACTS if named else bool(label), named, region, event)
