"""An encoder as second opinion: it reads the texts on which the linear model is unsure, and no others.

An encoder of BERT's size reads about eight sentences a second on a core, the linear model thousands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import expit, logit

from classifier.encoders import Encoder, encode_checked
from classifier.errors import EncoderError
from classifier.reading.document import Document, Window, list_windows, read_document
from classifier.reading.words import ACCOUNT, BIG_NUMBER, HAND, NAME, NUMBER, PARTY, YEAR, read_words
from classifier.scoring.scorer import Scored, Scorer

HIGH = 0.9
SPELLED = {
    PARTY: "partai",
    NUMBER: "sekian",
    BIG_NUMBER: "sekian",
    YEAR: "tahun",
    NAME: "anu",
    HAND: "jari",
    ACCOUNT: "akun",
}
"""Words for our masks, since no encoder has met a mask: "nomor sekian", "si anu"."""


@dataclass(frozen=True)
class Band:
    """Probabilities of the linear model that are worth a second reading: from `low` to `high`, half open."""

    low: float
    high: float = HIGH

    def holds(self, probability: float) -> bool:
        """Foreign texts have probability 0 and are never read again."""
        return self.low <= probability < self.high and probability > 0


@dataclass(frozen=True)
class Weights:
    """Logistic regression over an encoder's vector and the linear model's log-odds."""

    mean: np.ndarray
    scale: np.ndarray
    coef: np.ndarray
    """Over vectors less `mean`, by `scale`."""
    odds: float
    """Of the linear model's log-odds."""
    intercept: float

    def apply(self, vectors: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        """Probabilities from vectors and the linear model's probabilities."""
        return expit((vectors - self.mean) / self.scale @ self.coef + self.odds * logit(probabilities) + self.intercept)


@dataclass(frozen=True)
class Reranker:
    """A second opinion that goes with one encoder and one artifact."""

    encoder: Encoder
    scorer: Scorer
    weights: Weights
    band: Band
    metrics: dict[str, Any] = field(default_factory=dict)
    """How good it was on texts that no part of it had seen."""

    def __post_init__(self) -> None:
        if self.weights.coef.shape != (self.encoder.dimensions,):
            raise EncoderError(
                f"{self.encoder.name}: has {self.encoder.dimensions} dimensions, the second opinion was learned from "
                f"{len(self.weights.coef)}; learn it again: netra encoder fit"
            )

    @property
    def name(self) -> str:
        """What second readings are signed with: the artifact's name stands beside it."""
        return self.encoder.name

    def apply(self, documents: Sequence[Document], scored: Sequence[Scored]) -> list[Scored]:
        """The same scores, but for uncertain texts, which are concluded anew."""
        rows = [row for row, own in enumerate(scored) if self.band.holds(own.probability)]
        refined = list(scored)
        if rows:
            windows = [spell_window(find_telling_window(self.scorer, documents[row])) for row in rows]
            linear = np.array([scored[row].probability for row in rows])
            probabilities = self.weights.apply(encode_checked(self.encoder, windows), linear)
            for row, probability in zip(rows, probabilities, strict=True):
                refined[row] = self.scorer.conclude(documents[row], float(probability))
        return refined


def find_telling_window(scorer: Scorer, document: Document) -> Window:
    """The sentences that speak loudest for an act, with title and author: what the document's class is read from too."""
    windows = list_windows(read_document(document), scorer.parameters.config.window.size)
    return windows[int(scorer.score_windows([window.lines for window in windows]).argmax())]


def spell_window(window: Window) -> str:
    """A window as encoders read it: the linear model's words, so that no party, number, region or name moves a score here either.

    >>> spell_window(Window(("Camat Sukamulya ajak warga plh paslon no 2 dari Gerindra!", "Hujan."), 0, 2))
    'camat anu ajak warga pilih paslon nomor sekian dari partai. hujan'
    """
    lines = (" ".join(SPELLED.get(word, word) for word in read_words(line)) for line in window.lines)
    return ". ".join(line for line in lines if line)
