"""Documents to probabilities, acts and reasons, with numpy and scipy alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from classifier.corpus import ACTS
from classifier.document import Document, Reading, Window, list_windows, read_document, whole_window
from classifier.lexicon import load_lexicon
from classifier.matrix import CountedLines, FeatureMatrix
from classifier.parameters import Parameters
from classifier.stems import stem
from classifier.words import MASKS, find_tokens, read_token

REASON_WORDS = 4
LEAST_SHARE = 0.1
"""A sentence is a reason when it weighs more than this share of the heaviest one."""


@dataclass(frozen=True)
class Evidence:
    """One sentence of the text that speaks for the act."""

    start: int
    end: int
    weight: float
    """How far the log-odds of its window, read without the title, fall when the sentence is taken out."""
    words: tuple[str, ...]
    """Its words that weigh most, as written."""


@dataclass(frozen=True)
class Scored:
    probability: float
    flagged: bool
    label: str
    """The most likely class that agrees with `flagged`: an act, or a look-alike."""
    act: str | None
    evidence: tuple[Evidence, ...]
    title_weight: float
    """What title and author add to the telling window; they lie outside of the text and have no span."""


@dataclass(frozen=True)
class Opinions:
    """Both opinions of each document before calibration, and the best window of each."""

    window: np.ndarray
    document: np.ndarray
    best: list[Window]


class Scorer:
    """Scores documents with learned numbers; equal to the scikit-learn pipelines that learned them."""

    def __init__(self, parameters: Parameters, name: str = ""):
        self.parameters = parameters
        self.name = name
        """The artifact that the numbers come from."""
        self._matrix = FeatureMatrix(parameters)
        self._is_act = np.isin(parameters.classes, ACTS)
        self._word_weights = _weigh_words(parameters)
        self._plain = load_lexicon().plain

    def score(self, documents: Sequence[Document]) -> list[Scored]:
        """One result a document, in order."""
        if not documents:
            return []
        readings = [read_document(document) for document in documents]
        counted = self._count(readings)
        opinions, class_scores = self._judge(counted, readings)
        act_scores = self._score_classes(counted, [window.lines for window in opinions.best])
        probabilities = self.parameters.calibration.apply(opinions.window, opinions.document)
        reasons = self._explain(counted, documents, readings)
        return [
            self._conclude(float(probability), class_scores[row], act_scores[row], *reasons[row])
            for row, probability in enumerate(probabilities)
        ]

    def form_opinions(self, documents: Sequence[Document]) -> Opinions:
        """The two numbers that calibration weighs, for training's folds."""
        readings = [read_document(document) for document in documents]
        return self._judge(self._count(readings), readings)[0]

    def score_windows(self, windows: Sequence[tuple[str, ...]]) -> np.ndarray:
        """Log-odds of windows, as the window pipeline's decision function gives them."""
        return self._score_windows(self._matrix.count(line for window in windows for line in window), windows)

    def score_classes(self, windows: Sequence[tuple[str, ...]]) -> np.ndarray:
        """Log-odds of windows by class, as the class pipeline's decision function gives them."""
        return self._score_classes(self._matrix.count(line for window in windows for line in window), windows)

    def _count(self, readings: list[Reading]) -> CountedLines:
        return self._matrix.count(line for reading in readings for line in (*reading.context, *reading.lines))

    def _score_windows(self, counted: CountedLines, windows: Sequence[tuple[str, ...]]) -> np.ndarray:
        return self._matrix.build(counted, windows) @ self.parameters.window_coef + self.parameters.window_intercept

    def _score_classes(self, counted: CountedLines, windows: Sequence[tuple[str, ...]]) -> np.ndarray:
        return np.asarray(self._matrix.build(counted, windows) @ self.parameters.class_coef.T) + self.parameters.class_intercept

    def _judge(self, counted: CountedLines, readings: list[Reading]) -> tuple[Opinions, np.ndarray]:
        config = self.parameters.config
        windows = [list_windows(reading, config.window.sizes) for reading in readings]
        scores = self._score_windows(counted, [window.lines for group in windows for window in group])
        pooled, best, start = np.empty(len(readings)), list[Window](), 0
        for row, group in enumerate(windows):
            own = scores[start : start + len(group)]
            start += len(group)
            pooled[row] = _pool(own, config.document.pooling)
            best.append(group[int(own.argmax())])
        class_scores = self._score_classes(counted, [whole_window(reading).lines for reading in readings])
        for_acts, against = class_scores[:, self._is_act], class_scores[:, ~self._is_act]
        document = np.asarray(logsumexp(for_acts, axis=1)) - np.asarray(logsumexp(against, axis=1))
        return Opinions(pooled, document, best), class_scores

    def _conclude(
        self, probability: float, classes: np.ndarray, acts: np.ndarray, evidence: tuple[Evidence, ...], title_weight: float
    ) -> Scored:
        """The class agrees with the flag: an act by the best window, a look-alike by the whole document."""
        flagged = probability >= self.parameters.threshold
        fitting = np.where(self._is_act == flagged, acts if flagged else classes, -np.inf)
        label = self.parameters.classes[int(fitting.argmax())]
        return Scored(probability, flagged, label, label if flagged else None, evidence, title_weight)

    def _explain(
        self, counted: CountedLines, documents: Sequence[Document], readings: list[Reading]
    ) -> list[tuple[tuple[Evidence, ...], float]]:
        """Sentences of the telling window by what their absence would take away."""
        telling = self._find_telling(counted, readings)
        variants: list[tuple[str, ...]] = []
        for reading, window in zip(readings, telling, strict=True):
            bare = window.lines[len(reading.context) :]
            variants += [window.lines, bare, *(bare[:at] + bare[at + 1 :] for at in range(len(bare)))]
        scores, position, reasons = self._score_windows(counted, variants), 0, []
        for document, reading, window in zip(documents, readings, telling, strict=True):
            size = window.last - window.first
            whole, bare, *without = scores[position : position + 2 + size]
            position += 2 + size
            losses = [float(bare - score) for score in without]
            reasons.append((self._list_evidence(document.text, reading, window, losses), float(whole - bare)))
        return reasons

    def _find_telling(self, counted: CountedLines, readings: list[Reading]) -> list[Window]:
        """The best window of each document without its title: a strong title lifts all of them, and tells none apart."""
        groups = [list_windows(reading, self.parameters.config.window.sizes) for reading in readings]
        bare = [window.lines[len(reading.context) :] for reading, own in zip(readings, groups, strict=True) for window in own]
        scores, start, telling = self._score_windows(counted, bare), 0, list[Window]()
        for own in groups:
            telling.append(own[int(scores[start : start + len(own)].argmax())])
            start += len(own)
        return telling

    def _list_evidence(self, text: str, reading: Reading, window: Window, losses: list[float]) -> tuple[Evidence, ...]:
        """The window's sentences that weigh for the act, the heaviest first; the heaviest in any case."""
        spans = reading.spans[window.first : window.last]
        ranked = sorted(zip(losses, spans, strict=True), key=lambda pair: -pair[0])
        least = max(ranked[0][0] * LEAST_SHARE, 0.0) if ranked else 0.0
        return tuple(
            Evidence(span.start, span.end, round(loss, 4), self._pick_words(text[span.start : span.end]))
            for rank, (loss, span) in enumerate(ranked)
            if rank == 0 or loss > least
        )

    def _pick_words(self, sentence: str) -> tuple[str, ...]:
        weights: dict[str, float] = {}
        for token in find_tokens(sentence):
            words = [word for word in read_token(token) if word not in MASKS and word not in self._plain]
            weights[token] = sum(self._word_weights.get(stem(word), 0.0) for word in words)
        heaviest = sorted((token for token, weight in weights.items() if weight > 0), key=lambda token: -weights[token])
        shown = dict[str, str]()
        for token in heaviest:
            shown.setdefault(token.lower(), token)
        return tuple(shown.values())[:REASON_WORDS]


def _pool(scores: np.ndarray, pooling: str) -> float:
    if pooling == "max":
        return float(scores.max())
    # Noisy-or: the log-odds that at least one window is partisan, computed without leaving the logarithms.
    none = -np.logaddexp(0.0, scores).sum()
    return float(np.log(-np.expm1(none)) - none)


def _weigh_words(parameters: Parameters) -> dict[str, float]:
    words = parameters.vocabulary.words
    weights = parameters.window_coef[: len(words)] * parameters.words_idf
    return {word: float(weight) for word, weight in zip(words, weights, strict=True) if " " not in word}
