"""Labels that look wrong: the classifier is sure of the opposite, or nearly the same text bears another label.

Nothing is changed: a person looks, and mends the corpus or assesses again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.errors import ClassifierError
from classifier.reading.document import Document, read_document, whole_window
from classifier.reading.lines import read_line
from classifier.training.calibrate import collect_opinions, fit_calibration

CONFIDENT = 0.8
"""How far the probability must lie from the label: 0.8 and above of a text that is said to show no act, or 0.2 and below."""
ALIKE = 0.8
"""Cosine from which two texts say nearly the same."""
QUOTED = 100
CELLS = 10_000_000
"""Similarities that are held in memory at once."""

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what comes next."""


@dataclass(frozen=True)
class Neighbour:
    """The most similar text that contradicts."""

    row: int
    similarity: float


@dataclass(frozen=True)
class Suspicion:
    """A label that a person should look at, and why."""

    id: str
    label: str
    probability: float
    """What a classifier says that saw neither this text nor its event."""
    score: float
    """How far that is from the label: 0 agrees, 1 is sure of the opposite."""
    why: tuple[str, ...]
    neighbour_id: str | None
    neighbour_label: str | None
    similarity: float | None
    quote: str


def find_suspicious(
    config: Config, texts: Sequence[CorpusText], *, limit: int, on_progress: Progress | None = None
) -> list[Suspicion]:
    """The most suspicious labels: those with both reasons first, then by score."""
    _refuse_too_few(config, texts)
    steps = config.line.folds + 1
    tell = on_progress or _stay_silent
    probabilities = judge_unseen(config, texts, lambda fold: tell(fold, steps, f"lipatan {fold + 1}"))
    tell(config.line.folds, steps, "tetangga")
    scores = np.abs(probabilities - np.array([text.is_partisan for text in texts]))
    neighbours = choose_suspects(find_contradictions(texts), scores)
    tell(steps, steps, "selesai")
    rows = sorted(
        {*np.flatnonzero(scores >= CONFIDENT).tolist(), *neighbours},
        key=lambda row: (row not in neighbours or scores[row] < CONFIDENT, -scores[row], texts[row].id),
    )
    return [_describe(texts, row, float(probabilities[row]), float(scores[row]), neighbours.get(row)) for row in rows[:limit]]


def judge_unseen(config: Config, texts: Sequence[CorpusText], tell: Callable[[int], None]) -> np.ndarray:
    """Probability of each text by a classifier that saw neither it nor its event."""
    held = collect_opinions(config, texts, tell)
    probabilities = fit_calibration(held.opinions, held.is_partisan).apply(held.opinions)
    judged = dict(zip(held.texts, probabilities, strict=True))  # There are more than ours: some again, inside long pages.
    return np.array([judged[text] for text in texts])


def find_contradictions(texts: Sequence[CorpusText]) -> list[tuple[int, int, float]]:
    """Pairs of nearly the same words with opposite answers, or of different events with different labels."""
    return [
        (first, second, similarity)
        for first, second, similarity in find_alike([text.document for text in texts])
        if _contradict(texts[first], texts[second])
    ]


def find_alike(documents: Sequence[Document]) -> Iterator[tuple[int, int, float]]:
    """Every pair, the smaller row first, whose cosine is at least `ALIKE`."""
    if len(documents) < 2:
        return
    matrix = _vectorize([str(whole_window(read_document(document))) for document in documents])
    height = max(CELLS // len(documents), 1)
    for start in range(0, len(documents), height):
        block = (matrix[start : start + height] @ matrix.T).tocoo()
        close = (block.data >= ALIKE) & (block.row + start < block.col)
        for row, column, value in zip(block.row[close], block.col[close], block.data[close], strict=True):
            yield int(row) + start, int(column), min(float(value), 1.0)


def choose_suspects(pairs: Sequence[tuple[int, int, float]], scores: np.ndarray) -> dict[int, Neighbour]:
    """Of each pair the text on which the classifier agrees less, with the most similar one that contradicts it."""
    found = dict[int, Neighbour]()
    for first, second, similarity in pairs:
        suspect, other = (second, first) if scores[second] > scores[first] else (first, second)
        if suspect not in found or similarity > found[suspect].similarity:
            found[suspect] = Neighbour(other, similarity)
    return found


def _contradict(first: CorpusText, second: CorpusText) -> bool:
    is_elsewhere = first.event != second.event and first.label != second.label
    is_named = first.is_class_known and second.is_class_known
    return first.is_partisan != second.is_partisan or (is_elsewhere and is_named)


def _vectorize(windows: Sequence[str]) -> csr_matrix:
    """Masked words, which see through other names, and characters, which see through spelling; each weighs half."""
    words = TfidfVectorizer(sublinear_tf=True).set_params(analyzer=_list_words).fit_transform(windows)
    chars = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(windows)
    return csr_matrix(hstack([words, chars]) * np.sqrt(0.5))


def _list_words(window: str) -> list[str]:
    return [word for line in window.split("\n") for word in read_line(line).words]


def _describe(texts: Sequence[CorpusText], row: int, probability: float, score: float, neighbour: Neighbour | None) -> Suspicion:
    text = texts[row]
    other = texts[neighbour.row] if neighbour else None
    why = [f"unseen, it is judged {probability:.0%} partisan"] if score >= CONFIDENT else []
    if neighbour and other:
        why.append(f"{neighbour.similarity:.0%} the same words as {other.id}, which is labelled {other.label}")
    return Suspicion(
        id=text.id,
        label=text.label,
        probability=round(probability, 4),
        score=round(score, 4),
        why=tuple(why),
        neighbour_id=other.id if other else None,
        neighbour_label=other.label if other else None,
        similarity=round(neighbour.similarity, 4) if neighbour else None,
        quote=_quote(text.document),
    )


def _quote(document: Document) -> str:
    words = " ".join((document.title or document.text).split())
    return words if len(words) <= QUOTED else f"{words[: QUOTED - 1].rstrip()}…"


def _refuse_too_few(config: Config, texts: Sequence[CorpusText]) -> None:
    partisan = sum(text.is_partisan for text in texts)
    if min(partisan, len(texts) - partisan) < config.line.folds:
        raise ClassifierError(
            f"suspicious labels are found by {config.line.folds} folds, which need as many partisan texts and look-alikes; "
            "write or import more"
        )


def _stay_silent(_done: int, _steps: int, _what: str) -> None:
    """Nobody watches."""
