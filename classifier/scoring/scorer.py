"""Documents to probabilities, acts and reasons, with learned numbers alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from classifier.classes import ACTS
from classifier.reading.document import Document, Reading, read_document
from classifier.scoring.compact import DOCUMENT, SCALED, VOTES, WINDOW, CompactWeights, WeighedLines
from classifier.scoring.explain import Evidence, Explainer
from classifier.scoring.language import READ_CHARACTERS, ForeignFinder
from classifier.scoring.parameters import Opinions, Parameters, join_opinions
from classifier.scoring.tokens import spread

FOREIGN_LABEL = "bahasa_lain"
BATCH_CHARACTERS = 250_000
"""Enough that the fixed cost of a batch does not count, and little enough that its arrays take a few megabytes."""


class Verdict(StrEnum):
    """What happens to a text; the classifier abstains near the line."""

    FLAG = "tanda"
    READ = "perlu_dibaca"
    """Near the line: no flag, but a person should look before anybody trusts the silence."""
    LEFT = "lewat"


@dataclass(frozen=True)
class Scored:
    probability: float
    verdict: Verdict
    label: str
    """The most likely class that agrees with `flagged`: an act, or a look-alike."""
    act: str | None
    evidence: tuple[Evidence, ...]
    """The sentences that speak for an act, the heaviest first; none for texts that pass, or where the title alone speaks."""
    title_weight: float
    """What title and author add to the telling window; they lie outside of the text and have no span."""
    language: str = "id"

    @property
    def flagged(self) -> bool:
        return self.verdict is Verdict.FLAG


@dataclass(frozen=True)
class Judged:
    """Documents with what is thought of each before calibration: arrays with one row a document, if nothing else is said."""

    readings: list[Reading]
    lines: WeighedLines
    """Of all documents: context before text."""
    parts: np.ndarray
    """Lines of the context and of the text, half open; (documents, 2, 2)."""
    windows: np.ndarray
    """Lines of the context and of the window, half open; (windows, 2, 2)."""
    window_ends: np.ndarray
    """How many windows the first documents have; (documents + 1)."""
    scores: np.ndarray
    """Log-odds of the windows."""
    document: np.ndarray
    """Log-odds of the whole."""

    def find_best(self, row: int) -> np.ndarray:
        """Lines of a document's best window and of its context."""
        first, last = self.window_ends[row : row + 2]
        return self.windows[first + self.scores[first:last].argmax()]


class Scorer:
    """Scores documents with learned numbers; equal to the scikit-learn pipelines that learned them.

    It remembers the words that it has read: share it among threads only behind a lock.
    """

    def __init__(self, parameters: Parameters, name: str = ""):
        self.parameters = parameters
        self.name = name
        """The artifact that the numbers come from."""
        self._weights = CompactWeights(parameters)
        self._explainer = Explainer(self._weights)
        self._foreign = ForeignFinder(self._weights.units.count_votes)
        self._is_act = np.isin(parameters.classes, ACTS)

    def score(self, documents: Sequence[Document], *, explain_all: bool = False) -> list[Scored]:
        """One result a document, in order; with `explain_all` texts that pass get evidence too, and all their best sentence."""
        scored = list[Scored]()
        for batch in cut_batches(documents):
            judged = self._judge(batch)
            probabilities = self.parameters.calibration.apply(_collect(judged, batch))
            scored += self._conclude(batch, judged, probabilities, explain_all=explain_all)
        return scored

    def conclude(self, document: Document, probability: float) -> Scored:
        """What a document is called, and why, when somebody else knows its probability better."""
        return self._conclude([document], self._judge([document]), np.array([probability]))[0]

    def form_opinions(self, documents: Sequence[Document]) -> Opinions:
        """The numbers that calibration weighs, for training's folds."""
        return join_opinions([_collect(self._judge(batch), batch) for batch in cut_batches(documents)])

    def score_windows(self, windows: Sequence[tuple[str, ...]]) -> np.ndarray:
        """Log-odds of windows, as the window pipeline's decision function gives them."""
        lines, ranges = self._weigh_groups(windows)
        return self._weights.weigh(lines.sum(ranges))[:, WINDOW]

    def score_documents(self, windows: Sequence[tuple[str, ...]]) -> np.ndarray:
        """Log-odds of whole documents, as the document pipeline's decision function gives them."""
        lines, ranges = self._weigh_groups(windows)
        return self._weights.weigh(lines.sum(ranges))[:, DOCUMENT]

    def score_classes(self, windows: Sequence[tuple[str, ...]]) -> np.ndarray:
        """Log-odds by class, as the class pipeline's decision function gives them."""
        return self._weights.weigh_classes(*self._weigh_groups(windows))

    def _weigh_groups(self, groups: Sequence[tuple[str, ...]]) -> tuple[WeighedLines, np.ndarray]:
        """All lines of some groups, and which of them are whose."""
        ends = np.cumsum([0, *map(len, groups)])
        lines = self._weights.weigh_lines([line for group in groups for line in group])
        return lines, np.column_stack((ends[:-1], ends[1:]))[:, None]

    def _judge(self, documents: Sequence[Document]) -> Judged:
        readings = [read_document(document) for document in documents]
        lines = self._weights.weigh_lines([line for own in readings for line in (*own.context, *own.sentences)])
        ends = np.cumsum([0, *(len(part) for own in readings for part in (own.context, own.spans))])
        parts = np.array((ends[:-1], ends[1:])).T.reshape(-1, 2, 2)
        windows, window_ends = _cut_windows(parts, self.parameters.config.window.size)
        odds = self._weights.weigh(lines.sum(np.concatenate((windows, parts))))
        return Judged(readings, lines, parts, windows, window_ends, odds[: len(windows), WINDOW], odds[len(windows) :, DOCUMENT])

    def _conclude(
        self, documents: Sequence[Document], judged: Judged, probabilities: np.ndarray, *, explain_all: bool = False
    ) -> list[Scored]:
        """The class agrees with the flag: an act by the best window, a look-alike by the whole document."""
        verdicts = [self._decide(probability) for probability in probabilities.tolist()]
        labels = self._name_classes(judged, np.array([verdict is Verdict.FLAG for verdict in verdicts]))
        foreign = self._find_foreign(documents, judged)
        scored = list[Scored]()
        for row, (probability, verdict, label) in enumerate(zip(probabilities.tolist(), verdicts, labels, strict=True)):
            if foreign[row]:
                scored.append(Scored(0.0, Verdict.LEFT, FOREIGN_LABEL, None, (), 0.0, foreign[row]))
                continue
            is_told = explain_all or verdict is not Verdict.LEFT
            evidence, title_weight = self._explain(judged, row, always=explain_all) if is_told else ((), 0.0)
            act = label if verdict is Verdict.FLAG else None
            scored.append(Scored(probability, verdict, label, act, evidence, title_weight))
        return scored

    def _name_classes(self, judged: Judged, flagged: np.ndarray) -> list[str]:
        told = judged.parts.copy()
        for row in np.flatnonzero(flagged).tolist():
            told[row] = judged.find_best(row)
        classes = self._weights.weigh_classes(judged.lines, told)
        likely = np.where(self._is_act == flagged[:, None], classes, -np.inf).argmax(axis=1)
        return [self.parameters.classes[column] for column in likely.tolist()]

    def _find_foreign(self, documents: Sequence[Document], judged: Judged) -> list[str]:
        firsts = judged.parts[:, 1, 0].tolist()
        lasts = [first + own.count_sentences(READ_CHARACTERS) for first, own in zip(firsts, judged.readings, strict=True)]
        sums = judged.lines.running.take(lasts, axis=0) - judged.lines.running.take(firsts, axis=0)
        return self._foreign.find([document.text for document in documents], sums[:, VOTES:SCALED].tolist())

    def _explain(self, judged: Judged, row: int, *, always: bool) -> tuple[tuple[Evidence, ...], float]:
        _, (first, last) = judged.parts[row]
        lines = np.diff(judged.lines.running[first : last + 1], axis=0)
        context = judged.lines.sum(judged.parts[row : row + 1, :1])[0]
        size = self.parameters.config.window.size
        return self._explainer.explain(judged.readings[row], lines, context, size, always=always)

    def _decide(self, probability: float) -> Verdict:
        lines = self.parameters.lines
        if probability >= lines.flag:
            return Verdict.FLAG
        return Verdict.READ if probability >= lines.read else Verdict.LEFT


def cut_batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Documents in order, in batches of about `BATCH_CHARACTERS`."""
    batch, characters = list[Document](), 0
    for document in documents:
        batch.append(document)
        characters += len(document.text)
        if characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _cut_windows(parts: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Windows as `document.list_windows` cuts them, and how many the first documents have; see `Judged`."""
    firsts, lasts = parts[:, 1].T
    counts = np.maximum(lasts - firsts - size + 1, 1)
    windows = parts.repeat(counts, axis=0)
    windows[:, 1, 0] = spread(firsts, counts)
    windows[:, 1, 1] = np.minimum(windows[:, 1, 0] + size, windows[:, 1, 1])
    return windows, np.concatenate(([0], counts.cumsum()))


def _collect(judged: Judged, documents: Sequence[Document]) -> Opinions:
    return Opinions(
        window=np.maximum.reduceat(judged.scores, judged.window_ends[:-1]),
        document=judged.document,
        windows=np.diff(judged.window_ends),
        kinds=[document.kind for document in documents],
    )
