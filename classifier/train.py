"""From labelled texts to an artifact: folds for calibration and the lines, a test part to report on, then one fit on all."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from classifier.artifacts.artifact import SavedArtifact, save_artifact
from classifier.config import Config
from classifier.corpus import CorpusText, hash_corpus
from classifier.errors import ClassifierError
from classifier.evaluation.measures import Measures, measure
from classifier.scoring.scorer import Scorer
from classifier.training.calibrate import choose_lines, cut_folds, fit_calibration, judge_folds, list_hidden
from classifier.training.examples import prepare
from classifier.training.fitting import extract_parameters, fit_rows
from classifier.training.pool import open_pool
from classifier.training.seen import SeenScorer

TEST_SHARE = 0.15
NEWEST_SHARE = 0.2
FEWEST_DATED = 50
"""With fewer assessments the newest fifth is ten texts, and says nothing."""

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what comes next."""


def train(config: Config, texts: Sequence[CorpusText], out_dir: Path, *, on_progress: Progress | None = None) -> SavedArtifact:
    """Train on `texts` and save the artifact in a folder of its own under `out_dir`.

    Calibration and lines come from folds over the texts outside the test part. The test part is scored once, by a
    fit that never saw it, and only reported. The artifact itself is then fitted on every text.
    """
    tell, steps = on_progress or _stay_silent, config.line.folds + 4
    tell(0, steps, "baca teks")
    rest = np.flatnonzero([not _is_test(text.event) for text in texts])
    _refuse_too_few(config, [texts[row] for row in rest.tolist()])
    folds = cut_folds(config, texts, rest)
    prepared = prepare(config, texts, list_hidden(folds))
    with open_pool() as pool:
        whole = pool.submit(fit_rows, prepared, np.arange(len(texts)))
        trials = [
            (name, held, pool.submit(fit_rows, prepared, seen, with_classes=False))
            for name, seen, held in _list_trials(texts, rest)
        ]
        held = judge_folds(prepared, folds, pool, lambda fold: tell(fold + 1, steps, f"lipatan {fold + 1}"))
        calibration = fit_calibration(held.opinions, held.is_partisan)
        probabilities = calibration.apply(held.opinions)
        lines = choose_lines(probabilities, held.is_partisan, config)
        kinds = [text.document.kind for text in held.texts]
        metrics = {"texts": len(texts), "out_of_fold": measure(probabilities, held.is_partisan, lines.flag, kinds)}
        tell(config.line.folds + 1, steps, "bagian uji")
        for name, rows, fitted in trials:
            metrics[name] = _measure(SeenScorer(prepared, fitted.result(), calibration, lines), [texts[row] for row in rows])
        tell(config.line.folds + 2, steps, "semua teks")
        parameters = replace(extract_parameters(config, whole.result()), calibration=calibration, lines=lines)
    tell(config.line.folds + 3, steps, "simpan")
    saved = save_artifact(out_dir, parameters, metrics=metrics, corpus_sha256=hash_corpus(list(texts)))
    tell(steps, steps, saved.name)
    return saved


def fit_scorer(config: Config, texts: Sequence[CorpusText], on_progress: Progress | None = None) -> Scorer:
    """A calibrated scorer that is not saved: folds for calibration and lines, then one fit."""
    tell, steps = on_progress or _stay_silent, config.line.folds + 2
    tell(0, steps, "baca teks")
    every = np.arange(len(texts))
    folds = cut_folds(config, texts, every)
    prepared = prepare(config, texts, list_hidden(folds))
    with open_pool() as pool:
        whole = pool.submit(fit_rows, prepared, every)
        held = judge_folds(prepared, folds, pool, lambda fold: tell(fold + 1, steps, f"lipatan {fold + 1}"))
        calibration = fit_calibration(held.opinions, held.is_partisan)
        lines = choose_lines(calibration.apply(held.opinions), held.is_partisan, config)
        tell(steps - 1, steps, "semua teks")
        parameters = replace(extract_parameters(config, whole.result()), calibration=calibration, lines=lines)
    tell(steps, steps, "")
    return Scorer(parameters)


def split_test(texts: Sequence[CorpusText]) -> tuple[list[CorpusText], list[CorpusText]]:
    """The texts to learn and choose from, and the test part: by event, by a hash of its name, the same in every run."""
    test = [text for text in texts if _is_test(text.event)]
    return [text for text in texts if not _is_test(text.event)], test


def _refuse_too_few(config: Config, texts: Sequence[CorpusText]) -> None:
    partisan = sum(text.is_partisan for text in texts)
    if min(partisan, len(texts) - partisan) < config.line.folds:
        raise ClassifierError(f"training needs at least {config.line.folds} partisan texts and as many look-alikes")


def _is_test(event: str) -> bool:
    return int(sha256(event.encode()).hexdigest()[:8], 16) / 16**8 < TEST_SHARE


def _list_trials(texts: Sequence[CorpusText], rest: np.ndarray) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Fits that are only reported on: their name, the rows that they learn from, and those that they are measured on."""
    every = np.arange(len(texts))
    if len(rest) < len(texts):
        yield "test", rest, np.setdiff1d(every, rest)
    older, newest = part_newest(texts)
    if len(newest):
        yield "newest", older, newest


def part_newest(texts: Sequence[CorpusText]) -> tuple[np.ndarray, np.ndarray]:
    """The newest fifth of what people labelled, whole events only, and what was labelled before: how today's classifier would
    have met tomorrow's texts.

    What was labelled since of an older event is in neither. No rows where people labelled too little.
    """
    dated = sorted(text.labelled_at for text in texts if text.labelled_at)
    if len(dated) < FEWEST_DATED:
        return np.arange(0), np.arange(0)
    cut = dated[int(len(dated) * (1 - NEWEST_SHARE))]
    is_new = np.array([text.labelled_at is not None and text.labelled_at >= cut for text in texts])
    old_events = {texts[row].event for row in np.flatnonzero(~is_new).tolist()}
    newest = np.flatnonzero(is_new & [text.event not in old_events for text in texts])
    if len({texts[row].is_partisan for row in newest.tolist()}) < 2:
        return np.arange(0), np.arange(0)
    return np.flatnonzero(~is_new), newest


def _measure(scorer: Scorer, test: Sequence[CorpusText]) -> dict[str, Measures]:
    scored = scorer.score([text.document for text in test])
    answers = np.array([text.is_partisan for text in test])
    kinds = [text.document.kind for text in test]
    return measure(np.array([own.probability for own in scored]), answers, scorer.parameters.threshold, kinds)


def _stay_silent(_done: int, _steps: int, _what: str) -> None:
    """Nobody watches."""
