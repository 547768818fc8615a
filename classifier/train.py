"""From labelled texts to an artifact: folds for calibration and the lines, a test part to report on, then one fit on all."""

from collections.abc import Callable, Sequence
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
from classifier.training.calibrate import choose_lines, fit_calibration, judge_folds
from classifier.training.examples import prepare
from classifier.training.fitting import extract_parameters, fit_parameters, fit_rows

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
    steps = config.line.folds + 3
    tell = on_progress or _stay_silent
    rest, test = split_test(texts)
    _refuse_too_few(config, rest)
    prepared = prepare(config, rest)
    held = judge_folds(prepared, lambda fold: tell(fold, steps, f"lipatan {fold + 1}"))
    calibration = fit_calibration(held.opinions, held.is_partisan)
    probabilities = calibration.apply(held.opinions)
    lines = choose_lines(probabilities, held.is_partisan, config)
    tell(config.line.folds, steps, "bagian uji")
    metrics = {
        "texts": len(texts),
        "out_of_fold": measure(probabilities, held.is_partisan, lines.flag, [text.document.kind for text in held.texts]),
    }
    if test:
        fitted = extract_parameters(config, fit_rows(prepared, np.arange(len(rest))))
        tested = Scorer(replace(fitted, calibration=calibration, lines=lines))
        metrics["test"] = _measure(tested, test)
    if newest := _list_newest(texts):
        held_back = {text.id for text in newest}
        older = [text for text in texts if text.id not in held_back]
        metrics["newest"] = _measure(Scorer(replace(fit_parameters(config, older), calibration=calibration, lines=lines)), newest)
    tell(config.line.folds + 1, steps, "semua teks")
    parameters = replace(fit_parameters(config, texts), calibration=calibration, lines=lines)
    tell(config.line.folds + 2, steps, "simpan")
    saved = save_artifact(out_dir, parameters, metrics=metrics, corpus_sha256=hash_corpus(list(texts)))
    tell(steps, steps, saved.name)
    return saved


def fit_scorer(config: Config, texts: Sequence[CorpusText], on_progress: Progress | None = None) -> Scorer:
    """A calibrated scorer that is not saved: folds for calibration and lines, then one fit."""
    tell, steps = on_progress or _stay_silent, config.line.folds + 1
    prepared = prepare(config, texts)
    held = judge_folds(prepared, lambda fold: tell(fold, steps, f"lipatan {fold + 1}"))
    calibration = fit_calibration(held.opinions, held.is_partisan)
    lines = choose_lines(calibration.apply(held.opinions), held.is_partisan, config)
    fitted = extract_parameters(config, fit_rows(prepared, np.arange(len(texts))))
    scorer = Scorer(replace(fitted, calibration=calibration, lines=lines))
    tell(steps, steps, "")
    return scorer


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


def _list_newest(texts: Sequence[CorpusText]) -> list[CorpusText]:
    """The newest fifth of what people labelled, whole events only: tomorrow's texts, as today's classifier would meet them.

    None where people labelled too little.
    """
    dated = sorted((text.labelled_at, number) for number, text in enumerate(texts) if text.labelled_at)
    if len(dated) < FEWEST_DATED:
        return []
    cut = dated[int(len(dated) * (1 - NEWEST_SHARE))][0]
    old_events = {text.event for text in texts if text.labelled_at is None or text.labelled_at < cut}
    newest = [text for text in texts if text.labelled_at and text.labelled_at >= cut and text.event not in old_events]
    return newest if len({text.is_partisan for text in newest}) == 2 else []


def _measure(scorer: Scorer, test: Sequence[CorpusText]) -> dict[str, Measures]:
    scored = scorer.score([text.document for text in test])
    answers = np.array([text.is_partisan for text in test])
    kinds = [text.document.kind for text in test]
    return measure(np.array([own.probability for own in scored]), answers, scorer.parameters.threshold, kinds)


def _stay_silent(_done: int, _steps: int, _what: str) -> None:
    """Nobody watches."""
