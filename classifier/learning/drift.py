"""Whether the texts of today are still those that the classifier was trained for.

The latest days are compared with the time before them, in the live artifact's probabilities and in words. What comes
from too few texts is not computed: an index over a handful of texts moves by chance alone.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.labels import to_document
from classifier.reading.document import Document, read_document
from classifier.reading.lines import read_line
from classifier.reading.words import MASKS, NAME, read_token
from classifier.scoring.parameters import Vocabulary
from classifier.scoring.scorer import FOREIGN_LABEL
from models import Artifact, Item, ItemVersion, Prediction, Source

ALL = "semua"
REFERENCE_WINDOWS = 3
"""The reference is this many times as long as the latest window, and ends where that begins."""
BINS = 10
LEAST_TEXTS = 350
"""Of two unchanged windows of n texts each, the index of ten bins is below 16.9 * 2 / n in 95 of 100 cases (chi squared
with nine degrees of freedom). From 350 on that is below 0.1: what is above it is no chance any more."""
LOOK, SHIFTED = 0.1, 0.25
SAMPLE = 1000
"""Texts of a window that are read for their words, at most."""
CHUNK = 10_000
TEXTS_AT_ONCE = 200
PRIOR_TEXTS = 10.0
"""How many texts of both windows together weigh against the words of each: rare words must earn their place."""
SURE = 4.0
"""Standard errors by which a word must have grown: thousands of words are compared, and none of them may grow by chance."""
MOST_WORDS = 15

Progress = Callable[[int, int], None]
"""Called with the texts read, and how many there are."""


class DriftState(StrEnum):
    STABLE = "stabil"
    LOOK = "perlu dilihat"
    SHIFTED = "bergeser"
    TOO_FEW = "terlalu sedikit"


ADVICE = {
    DriftState.STABLE: "Nothing to do.",
    DriftState.LOOK: "Look at the words that grew, and let people read uncertain texts: netra loop draw --audit 0 --learn 40",
    DriftState.SHIFTED: (
        "Probabilities mean something else by now. Measure recall (netra loop draw, then netra loop recall), "
        "and train again once people have read: netra train"
    ),
}


@dataclass(frozen=True)
class GrownWord:
    """A word that stands in more texts than before. Names are masked and never appear."""

    word: str
    before: float
    latest: float
    """Share of the texts that hold it."""
    sureness: float
    """Growth in standard errors."""


@dataclass(frozen=True)
class Side:
    """One window of one kind of source. Shares are None where the window is too small, or has no words any more."""

    texts: int
    flag_rate: float | None = None
    unknown_share: float | None = None


@dataclass(frozen=True)
class Drift:
    """One kind of source: before and now."""

    source_kind: str
    reference: Side
    latest: Side
    state: DriftState
    psi: float | None = None
    words: tuple[GrownWord, ...] = ()

    @property
    def sentence(self) -> str:
        """What it means, and what to do."""
        if self.psi is None:
            counts = f"{self.reference.texts:,} texts before and {self.latest.texts:,} now"
            return f"{self.state}: {counts}. Nothing can be said below {LEAST_TEXTS} in each; ask for longer windows (--days)."
        return f"{self.state}: the probabilities' index (PSI) is {self.psi:.2f}. {ADVICE[self.state]}"


@dataclass(frozen=True)
class DriftReport:
    """What was compared; no kinds when nothing of that time is scored."""

    artifact: str
    reference_from: datetime
    latest_from: datetime
    latest_to: datetime
    kinds: list[Drift]


@dataclass
class Scores:
    """Texts of one window: ids of their versions, and probabilities in the same order."""

    version_ids: "array[int]" = field(default_factory=lambda: array("q"))
    probabilities: "array[float]" = field(default_factory=lambda: array("d"))


class Pair(NamedTuple):
    """Both windows of one kind of source."""

    reference: Scores
    latest: Scores

    @property
    def is_large_enough(self) -> bool:
        return min(len(self.reference.version_ids), len(self.latest.version_ids)) >= LEAST_TEXTS


@dataclass
class WordCount:
    """Words of some texts."""

    texts: int = 0
    words: int = 0
    unknown: int = 0
    texts_by_word: Counter[str] = field(default_factory=Counter[str])


class WordReader:
    """Reads a sample of a window's texts and counts their words, with progress over all windows."""

    def __init__(self, session: Session, vocabulary: Vocabulary, on_progress: Progress | None, total: int):
        self._session = session
        self._known = {word for word in vocabulary.words if " " not in word}
        self._on_progress, self._done, self._total = on_progress, 0, total

    def count(self, side: Scores) -> WordCount:
        return count_words(self._follow(_read_sample(self._session, side)), self._known)

    def _follow(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            yield document
            self._done += 1
            if self._on_progress:
                self._on_progress(self._done, self._total)


def measure_drift(
    session: Session,
    artifact: Artifact,
    vocabulary: Vocabulary,
    *,
    days: int,
    at: datetime,
    on_progress: Progress | None = None,
) -> DriftReport:
    """Compare the texts first seen in the `days` before `at` with those of the time before, by kind of source."""
    latest_from = at - timedelta(days=days)
    reference_from = latest_from - timedelta(days=days * REFERENCE_WINDOWS)
    pairs = _read_scores(session, artifact, reference_from, latest_from, at)
    total = sum(min(len(side.version_ids), SAMPLE) for pair in pairs.values() if pair.is_large_enough for side in pair)
    reader = WordReader(session, vocabulary, on_progress, total)
    kinds = [_compare(kind, pair, artifact.threshold, reader) for kind, pair in pairs.items()]
    return DriftReport(artifact.name, reference_from, latest_from, at, kinds)


def stability_index(reference: np.ndarray, latest: np.ndarray) -> float:
    """Population stability index: sum of (now - before) * ln(now / before) over the tenths of the reference.

    An empty bin counts half a text. Equal values of the reference stay in one bin, so that there can be fewer than ten.
    """
    edges = np.unique(np.quantile(reference, np.arange(1, BINS) / BINS))
    before, now = (_bin_shares(values, edges) for values in (reference, latest))
    return float(((now - before) * np.log(now / before)).sum())


def grade(index: float) -> DriftState:
    """The usual reading of the index."""
    if index >= SHIFTED:
        return DriftState.SHIFTED
    return DriftState.LOOK if index >= LOOK else DriftState.STABLE


def count_words(documents: Iterable[Document], known: set[str]) -> WordCount:
    """How many words, how many of them unknown, and in how many texts each stands."""
    counted = WordCount()
    for document in documents:
        reading = read_document(document)
        terms = [term for line in (*reading.context, *reading.lines) for term in read_line(line).terms]
        counted.texts += 1
        counted.words += len(terms)
        counted.unknown += sum(term not in known for term in terms)
        counted.texts_by_word.update(set(terms))
    return counted


def list_grown(before: WordCount, now: WordCount) -> list[GrownWord]:
    """The words whose share of texts grew most surely: log-odds with a prior from both windows together (Monroe 2008)."""
    grown = (
        GrownWord(word, before.texts_by_word[word] / before.texts, count / now.texts, _sureness(word, before, now))
        for word, count in now.texts_by_word.items()
    )
    ordered = sorted(grown, key=lambda own: (-own.sureness, own.word))
    sure = (own for own in ordered if own.sureness >= SURE and _is_nameless(own.word))
    return [own for _, own in zip(range(MOST_WORDS), sure, strict=False)]


def _compare(kind: str, pair: Pair, threshold: float, reader: WordReader) -> Drift:
    if not pair.is_large_enough:
        before, now = (Side(len(side.version_ids)) for side in pair)
        return Drift(kind, before, now, DriftState.TOO_FEW)
    old, new = (np.array(side.probabilities) for side in pair)
    old_words, new_words = (reader.count(side) for side in pair)
    index = stability_index(old, new)
    sides = (_describe(old, old_words, threshold), _describe(new, new_words, threshold))
    grown = list_grown(old_words, new_words) if old_words.texts and new_words.texts else []
    return Drift(kind, *sides, grade(index), index, tuple(grown))


def _describe(probabilities: np.ndarray, words: WordCount, threshold: float) -> Side:
    unknown_share = words.unknown / words.words if words.words else None
    return Side(len(probabilities), float((probabilities >= threshold).mean()), unknown_share)


def _bin_shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return np.maximum(counts, 0.5) / len(values)


def _sureness(word: str, before: WordCount, now: WordCount) -> float:
    share = (before.texts_by_word[word] + now.texts_by_word[word]) / (before.texts + now.texts)
    log_odds, variance = list[float](), 0.0
    for side in (before, now):
        holding = side.texts_by_word[word] + PRIOR_TEXTS * share
        lacking = side.texts - side.texts_by_word[word] + PRIOR_TEXTS * (1 - share)
        if not lacking:  # It stands in every text of both windows.
            return 0.0
        log_odds.append(np.log(holding / lacking))
        variance += 1 / holding + 1 / lacking
    return float((log_odds[1] - log_odds[0]) / np.sqrt(variance))


def _is_nameless(word: str) -> bool:
    """Names in small letters, as posts write them, are not masked: what only a name could be is left out."""
    return word not in MASKS and word[0] != "<" and NAME not in read_token(word.capitalize())


def _read_scores(
    session: Session, artifact: Artifact, reference_from: datetime, latest_from: datetime, at: datetime
) -> Mapping[str, Pair]:
    """Probabilities by kind of source, the whole first. Numbers alone are read, in chunks, and kept eight bytes each."""
    query = (
        select(Source.kind, Item.first_seen_at >= latest_from, Prediction.item_version_id, Prediction.probability)
        .select_from(Item)
        .join(Source, Source.id == Item.source_id)
        .join(Prediction, Prediction.item_version_id == Item.current_version_id)
        .where(Item.first_seen_at >= reference_from, Item.first_seen_at < at)
        .where(Prediction.artifact_id == artifact.id, Prediction.label != FOREIGN_LABEL)
        .order_by(Item.id)
    )
    pairs = dict[str, Pair]()
    for kind, is_latest, version_id, probability in session.execute(query.execution_options(yield_per=CHUNK)):
        for name in (ALL, kind.value):
            side = pairs.setdefault(name, Pair(Scores(), Scores()))[int(is_latest)]
            side.version_ids.append(version_id)
            side.probabilities.append(probability)
    if len(pairs) == 2:  # One kind is the whole.
        del pairs[ALL]
    return pairs


def _read_sample(session: Session, side: Scores) -> Iterator[Document]:
    """At most `SAMPLE` texts of a window, drawn at random, the same in every run; what was erased has no words to count."""
    size = min(len(side.version_ids), SAMPLE)
    ids: Sequence[int] = np.random.default_rng(0).choice(np.array(side.version_ids), size, replace=False).tolist()
    for start in range(0, size, TEXTS_AT_ONCE):
        chunk = ids[start : start + TEXTS_AT_ONCE]
        query = select(ItemVersion, Item.kind).join(Item, Item.id == ItemVersion.item_id).where(ItemVersion.id.in_(chunk))
        for version, kind in session.execute(query.where(ItemVersion.erased_at.is_(None))):
            yield to_document(version, kind)
