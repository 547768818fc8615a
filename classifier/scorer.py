"""Documents to probabilities, acts and reasons, with learned numbers alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from classifier.classes import ACTS
from classifier.compact import CompactWeights, WeighedLine
from classifier.document import Document, Reading, Window, list_windows, read_document
from classifier.explain import Evidence, Explainer
from classifier.language import find_foreign
from classifier.parameters import Opinions, Parameters

FOREIGN_LABEL = "bahasa_lain"


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
    """The sentences that speak for an act, the heaviest first; none for texts that pass."""
    title_weight: float
    """What title and author add to the telling window; they lie outside of the text and have no span."""
    language: str = "id"

    @property
    def flagged(self) -> bool:
        return self.verdict is Verdict.FLAG


@dataclass(frozen=True)
class Judged:
    """A document with its opinions before calibration."""

    reading: Reading
    lines: list[WeighedLine]
    context: list[WeighedLine]
    windows: list[Window]
    scores: list[float]
    document: float

    @property
    def best(self) -> int:
        return max(range(len(self.scores)), key=self.scores.__getitem__)


class Scorer:
    """Scores documents with learned numbers; equal to the scikit-learn pipelines that learned them."""

    def __init__(self, parameters: Parameters, name: str = ""):
        self.parameters = parameters
        self.name = name
        """The artifact that the numbers come from."""
        self._weights = CompactWeights(parameters)
        self._explainer = Explainer(self._weights)
        self._is_act = np.isin(parameters.classes, ACTS)

    def score(self, documents: Sequence[Document], *, explain_all: bool = False) -> list[Scored]:
        """One result a document, in order; with `explain_all` texts that pass get their evidence too."""
        judged = [self._judge(document) for document in documents]
        probabilities = self.parameters.calibration.apply(_collect(judged, documents)) if judged else np.empty(0)
        return [
            self._conclude(document, own, float(probability), explain_all=explain_all)
            for document, own, probability in zip(documents, judged, probabilities, strict=True)
        ]

    def conclude(self, document: Document, probability: float) -> Scored:
        """What a document is called, and why, when somebody else knows its probability better."""
        return self._conclude(document, self._judge(document), probability, explain_all=False)

    def form_opinions(self, documents: Sequence[Document]) -> Opinions:
        """The numbers that calibration weighs, for training's folds."""
        return _collect([self._judge(document) for document in documents], documents)

    def score_windows(self, windows: Sequence[tuple[str, ...]]) -> np.ndarray:
        """Log-odds of windows, as the window pipeline's decision function gives them."""
        weigh = self._weights
        return np.array([weigh.weigh_window([weigh.weigh_line(line) for line in lines]) for lines in windows])

    def score_documents(self, windows: Sequence[tuple[str, ...]]) -> np.ndarray:
        """Log-odds of whole documents, as the document pipeline's decision function gives them."""
        weigh = self._weights
        return np.array([weigh.weigh_document([weigh.weigh_line(line) for line in lines]) for lines in windows])

    def score_classes(self, windows: Sequence[tuple[str, ...]]) -> np.ndarray:
        """Log-odds by class, as the class pipeline's decision function gives them."""
        weigh = self._weights
        return np.array([weigh.weigh_classes([weigh.weigh_line(line) for line in lines]) for lines in windows])

    def _judge(self, document: Document) -> Judged:
        reading = read_document(document)
        lines = [self._weights.weigh_line(line) for line in reading.lines]
        context = [self._weights.weigh_line(line) for line in reading.context]
        windows = list_windows(reading, self.parameters.config.window.size)
        scores = [self._weights.weigh_window([*context, *lines[window.first : window.last]]) for window in windows]
        return Judged(reading, lines, context, windows, scores, self._weights.weigh_document([*context, *lines]))

    def _conclude(self, document: Document, judged: Judged, probability: float, *, explain_all: bool) -> Scored:
        """The class agrees with the flag: an act by the best window, a look-alike by the whole document."""
        foreign = find_foreign(document.text)
        if foreign:
            return Scored(0.0, Verdict.LEFT, FOREIGN_LABEL, None, (), 0.0, foreign)
        verdict = self._decide(probability)
        flagged = verdict is Verdict.FLAG
        best = judged.windows[judged.best]
        told = judged.lines[best.first : best.last] if flagged else judged.lines
        classes = self._weights.weigh_classes([*judged.context, *told])
        label = self.parameters.classes[int(np.where(self._is_act == flagged, classes, -np.inf).argmax())]
        evidence, title_weight = (), 0.0
        if explain_all or verdict is not Verdict.LEFT:
            evidence, title_weight = self._explainer.explain(document.text, judged.reading, judged.windows)
        return Scored(probability, verdict, label, label if flagged else None, evidence, title_weight)

    def _decide(self, probability: float) -> Verdict:
        lines = self.parameters.lines
        if probability >= lines.flag:
            return Verdict.FLAG
        return Verdict.READ if probability >= lines.read else Verdict.LEFT


def _collect(judged: Sequence[Judged], documents: Sequence[Document]) -> Opinions:
    return Opinions(
        window=np.array([max(own.scores) for own in judged]),
        document=np.array([own.document for own in judged]),
        windows=np.array([len(own.windows) for own in judged]),
        kinds=[document.kind for document in documents],
    )
