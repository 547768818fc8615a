"""The learned numbers of a classifier, taken out of the scikit-learn objects that learned them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from classifier.config import Config
from classifier.reading.document import Kind
from classifier.scoring.ngrams import CharNgrams, WordNgrams
from classifier.scoring.sequences import Sequences


@dataclass(frozen=True)
class Vocabulary:
    """Features in the order of the columns: words, then characters, then cues."""

    words: Collection[str]
    chars: list[str]
    cues: list[str]

    @cached_property
    def word_ngrams(self) -> Sequences:
        """Where words stand among the features, counted from 1; the scorers of one vocabulary share it."""
        return WordNgrams.number(self.words).index()

    @cached_property
    def char_ngrams(self) -> CharNgrams:
        return CharNgrams(self.chars)


@dataclass(frozen=True)
class Opinions:
    """What calibration weighs of each document: the log-odds of its best window and of its whole, and its shape."""

    window: np.ndarray
    document: np.ndarray
    windows: np.ndarray
    """How many windows were asked: the best of many is high by chance."""
    kinds: list[Kind]

    def as_matrix(self) -> np.ndarray:
        """One row a document, in the order of `Calibration.weights`."""
        headline = np.array([kind is Kind.HEADLINE for kind in self.kinds], dtype=float)
        post = np.array([kind is Kind.POST for kind in self.kinds], dtype=float)
        return np.column_stack([self.window, self.document, np.log(np.maximum(self.windows, 1)), headline, post])


def join_opinions(parts: Sequence[Opinions]) -> Opinions:
    """The opinions of several batches as one."""
    return Opinions(
        window=np.concatenate([part.window for part in parts]),
        document=np.concatenate([part.document for part in parts]),
        windows=np.concatenate([part.windows for part in parts]),
        kinds=[kind for part in parts for kind in part.kinds],
    )


@dataclass(frozen=True)
class Calibration:
    """Platt's line over the opinions."""

    weights: list[float]
    intercept: float

    def apply(self, opinions: Opinions) -> np.ndarray:
        """Probabilities of documents."""
        odds = opinions.as_matrix() @ np.array(self.weights) + self.intercept
        return (1 + np.tanh(odds / 2)) / 2  # The logistic function, without overflow, and without loading SciPy.


UNCALIBRATED = Calibration([1.0, 0.0, 0.0, 0.0, 0.0], 0.0)


@dataclass(frozen=True)
class Lines:
    """Probabilities that decide: a flag at `flag` and above, "perlu dibaca" from `read` to it."""

    flag: float = 0.5
    read: float = 0.25


@dataclass(frozen=True)
class Parameters:
    """All that the scorer needs, and nothing that runs."""

    config: Config
    vocabulary: Vocabulary
    words_idf: np.ndarray
    chars_idf: np.ndarray
    window_coef: np.ndarray
    window_intercept: float
    document_coef: np.ndarray
    document_intercept: float
    classes: list[str]
    class_coef: np.ndarray
    """One row a class over words and cues, without characters."""
    class_intercept: np.ndarray
    calibration: Calibration = UNCALIBRATED
    lines: Lines = Lines()

    @property
    def threshold(self) -> float:
        return self.lines.flag
