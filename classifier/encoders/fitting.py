"""Learning a second opinion, and measuring what it is worth. Every number that it learns from is honest.

The linear model explains the texts that it was trained on too well. So the texts are scored by models of folds that
saw neither them nor their event, and only those on which such a model was unsure are read and learned from: the
others would never be read again, and cost most of the time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedGroupKFold

from classifier.corpus import CorpusText
from classifier.encoders import Encoder, encode_checked
from classifier.encoders.rerank import Band, Reranker, Weights, find_telling_window, spell_window
from classifier.errors import EncoderError
from classifier.evaluation.measures import measure_group
from classifier.scoring.scorer import Scorer
from classifier.training.fitting import fit_parameters

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, its steps done and its steps in all."""

STRENGTHS = (0.003, 0.03, 0.3, 3.0)
"""Of LogisticRegression's C; the best by folds is taken."""
ODDS_SCALE = 10.0
"""The linear model's log-odds as a column: so large that the penalty falls on the vector alone."""
CHUNK = 32


@dataclass(frozen=True)
class Uncertain:
    """Texts on which a linear model that never saw them was unsure, and what it said."""

    windows: list[str]
    probabilities: np.ndarray
    is_partisan: np.ndarray
    events: list[str]


def fit_reranker(
    encoder: Encoder,
    scorer: Scorer,
    texts: Sequence[CorpusText],
    *,
    band: Band | None = None,
    on_progress: Progress | None = None,
) -> Reranker:
    """A second opinion for the scorer's artifact; without `band`, on texts from half of its reading line.

    Its metrics are of folds over the uncertain texts, before and after.
    """
    tell = on_progress or _stay_silent
    band = band or Band(scorer.parameters.lines.read / 2)
    uncertain = _collect_uncertain(scorer, texts, band, tell)
    _refuse_too_few(uncertain, scorer.parameters.config.line.folds)
    vectors = _encode(encoder, uncertain.windows, tell)
    folds = list(_split(scorer, uncertain.events, uncertain.is_partisan))
    guesses = {strength: _cross_fit(vectors, uncertain, folds, strength) for strength in STRENGTHS}
    best = min(STRENGTHS, key=lambda strength: log_loss(uncertain.is_partisan, guesses[strength], labels=[False, True]))
    weights = _fit_weights(vectors, uncertain.probabilities, uncertain.is_partisan, best)
    metrics = _compare(uncertain.probabilities, guesses[best], uncertain.is_partisan, scorer)
    return Reranker(encoder, scorer, weights, band, {"strength": best, "out_of_fold": metrics})


def measure_reranker(
    reranker: Reranker, rest: Sequence[CorpusText], test: Sequence[CorpusText], *, on_progress: Progress | None = None
) -> dict[str, Any]:
    """What the second opinion does to texts that neither it nor, for this measure, the linear model has seen.

    The artifact itself was fitted on every text; a linear model of its make is fitted on `rest` in its place.
    """
    tell = on_progress or _stay_silent
    tell("Linear model without the test part", 0, 1)
    linear = _refit(reranker.scorer, rest)
    tell("Linear model without the test part", 1, 1)
    honest, documents = replace(reranker, scorer=linear), [text.document for text in test]
    before, after = linear.score(documents), list[float]()
    for start in range(0, len(test), CHUNK):
        tell("Reading the test part again", start, len(test))
        chunk = slice(start, start + CHUNK)
        after += [own.probability for own in honest.apply(documents[chunk], before[chunk])]
    tell("Reading the test part again", len(test), len(test))
    answers = np.array([text.is_partisan for text in test])
    return _compare(np.array([own.probability for own in before]), np.array(after), answers, linear)


def _compare(before: np.ndarray, after: np.ndarray, answers: np.ndarray, scorer: Scorer) -> dict[str, Any]:
    line = scorer.parameters.threshold
    return {"before": measure_group(before, answers, line), "after": measure_group(after, answers, line)}


def _collect_uncertain(scorer: Scorer, texts: Sequence[CorpusText], band: Band, tell: Progress) -> Uncertain:
    folds, kept = scorer.parameters.config.line.folds, list[tuple[CorpusText, float, str]]()
    splits = _split(scorer, [text.event for text in texts], np.array([text.is_partisan for text in texts]))
    for fold, (seen, held) in enumerate(splits):
        tell("Linear models of folds", fold, folds)
        kept += _read_held(_refit(scorer, [texts[row] for row in seen]), [texts[row] for row in held], band)
    tell("Linear models of folds", folds, folds)
    return Uncertain(
        [window for _, _, window in kept],
        np.array([probability for _, probability, _ in kept]),
        np.array([text.is_partisan for text, _, _ in kept], dtype=bool),
        [text.event for text, _, _ in kept],
    )


def _read_held(linear: Scorer, held: Sequence[CorpusText], band: Band) -> Iterator[tuple[CorpusText, float, str]]:
    """The uncertain ones of texts that the model never saw: with its probability, and the window that it finds telling."""
    opinions = linear.form_opinions([text.document for text in held])
    for text, probability in zip(held, linear.parameters.calibration.apply(opinions), strict=True):
        if band.holds(float(probability)):
            yield text, float(probability), spell_window(find_telling_window(linear, text.document))


def _refit(scorer: Scorer, texts: Sequence[CorpusText]) -> Scorer:
    """A model of the same make from other texts, for probabilities alone; calibration and lines came from folds and are kept.

    Its classes, a third of the time, are hardly learned: nobody asks for them.
    """
    parameters, classes = scorer.parameters, scorer.parameters.config.classes
    config = replace(parameters.config, classes=replace(classes, tolerance=1e9))
    fitted = fit_parameters(config, texts)
    return Scorer(replace(fitted, calibration=parameters.calibration, lines=parameters.lines), scorer.name)


def _split(scorer: Scorer, events: Sequence[str], answers: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Folds that keep texts of one event together."""
    config = scorer.parameters.config
    folds = StratifiedGroupKFold(config.line.folds, shuffle=True, random_state=config.seed)
    return folds.split(np.zeros(len(answers)), answers, events)


def _refuse_too_few(uncertain: Uncertain, folds: int) -> None:
    for answer, name in ((True, "partisan"), (False, "other")):
        events = {event for event, own in zip(uncertain.events, uncertain.is_partisan, strict=True) if own == answer}
        if len(events) < folds:
            raise EncoderError(
                f"the linear model is unsure about {len(events)} {name} events only, and {folds} are needed; "
                "a second opinion has nothing to learn from"
            )


def _encode(encoder: Encoder, windows: Sequence[str], tell: Progress) -> np.ndarray:
    chunks = list[np.ndarray]()
    for start in range(0, len(windows), CHUNK):
        tell("Reading uncertain texts", start, len(windows))
        chunks.append(encode_checked(encoder, windows[start : start + CHUNK]))
    tell("Reading uncertain texts", len(windows), len(windows))
    return np.concatenate(chunks)


def _cross_fit(vectors: np.ndarray, uncertain: Uncertain, folds: list[Any], strength: float) -> np.ndarray:
    """Probabilities of each text by weights that saw neither it nor its event."""
    guesses = np.empty(len(vectors))
    for seen, held in folds:
        weights = _fit_weights(vectors[seen], uncertain.probabilities[seen], uncertain.is_partisan[seen], strength)
        guesses[held] = weights.apply(vectors[held], uncertain.probabilities[held])
    return guesses


def _fit_weights(vectors: np.ndarray, probabilities: np.ndarray, answers: np.ndarray, strength: float) -> Weights:
    """The vector's columns together weigh as much as one: a model of 1024 dimensions is no louder than one of 128."""
    wide = vectors.astype(np.float64)
    mean, spread = wide.mean(axis=0), wide.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0) * vectors.shape[1] ** 0.5
    columns = np.column_stack([(wide - mean) / scale, logit(probabilities) * ODDS_SCALE])
    model = LogisticRegression(C=strength, max_iter=1000).fit(columns, answers)
    coef = model.coef_[0]
    return Weights(mean, scale, coef[:-1], float(coef[-1]) * ODDS_SCALE, float(model.intercept_[0]))


def _stay_silent(_stage: str, _done: int, _steps: int) -> None:
    """Nobody watches."""
