"""From the corpus to an artifact: folds for calibration and the line, then one fit on everything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline

from classifier.artifact import SavedArtifact, save_artifact
from classifier.config import Config
from classifier.corpus import CorpusText, hash_corpus
from classifier.document import Reading, Window, list_windows, read_document, whole_window
from classifier.errors import ClassifierError
from classifier.evaluate import measure
from classifier.parameters import Calibration, Parameters, extract_parameters
from classifier.pipeline import build_class_pipeline, build_features, build_pipeline
from classifier.scorer import Opinions, Scorer

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what comes next."""

MARK_SHARE = 0.5
"""A window shows the act when it holds at least this share of one marked sentence."""


@dataclass(frozen=True)
class Example:
    """One window of a corpus text; `shows_act` is None for an unmarked window of a partisan text."""

    window: Window
    shows_act: bool | None


def train(config: Config, texts: Sequence[CorpusText], out_dir: Path, *, on_progress: Progress | None = None) -> SavedArtifact:
    """Train on `texts` and save the artifact in a folder of its own under `out_dir`."""
    steps = config.line.folds + 2
    tell = on_progress or _stay_silent
    is_partisan = np.array([text.is_partisan for text in texts])
    if min(is_partisan.sum(), (~is_partisan).sum()) < config.line.folds:
        raise ClassifierError(f"training needs at least {config.line.folds} partisan texts and as many look-alikes")
    opinions = _collect_opinions(config, texts, is_partisan, lambda fold: tell(fold, steps, f"lipatan {fold + 1}"))
    calibration = fit_calibration(opinions, is_partisan)
    probabilities = calibration.apply(opinions.window, opinions.document)
    threshold = choose_line(probabilities, is_partisan, config.line.precision)
    tell(config.line.folds, steps, "semua teks")
    parameters = replace(fit_parameters(config, texts), calibration=calibration, threshold=threshold)
    tell(config.line.folds + 1, steps, "simpan")
    kinds = [text.document.kind.value for text in texts]
    metrics = {"out_of_fold": measure(probabilities, is_partisan, threshold, kinds), "texts": len(texts)}
    saved = save_artifact(out_dir, parameters, metrics=metrics, corpus_sha256=hash_corpus(list(texts)))
    tell(steps, steps, saved.name)
    return saved


def fit_pipelines(config: Config, texts: Sequence[CorpusText]) -> tuple[Pipeline, Pipeline]:
    """The window pipeline and the class pipeline, fitted.

    The features learn their vocabulary from documents, so that a word counts once a text and not once a window.
    """
    readings = [read_document(text.document) for text in texts]
    documents = [str(whole_window(reading)) for reading in readings]
    features = build_features(config).fit(documents)
    examples = [list_examples(config, text, reading) for text, reading in zip(texts, readings, strict=True)]
    windows = build_pipeline(config, features)
    _fit_windows(windows, examples, config.window.unmarked)
    classes = build_class_pipeline(config, features)
    shown = [
        (str(example.window), text.label)
        for text, own in zip(texts, examples, strict=True)
        for example in own
        if example.shows_act
    ]
    labels = [text.label for text in texts] + [label for _, label in shown]
    classes.named_steps["model"].fit(features.transform(documents + [window for window, _ in shown]), labels)
    return windows, classes


def fit_parameters(config: Config, texts: Sequence[CorpusText]) -> Parameters:
    """Fit on every text; calibration and line come from elsewhere."""
    return extract_parameters(config, *fit_pipelines(config, texts))


def list_examples(config: Config, text: CorpusText, reading: Reading) -> list[Example]:
    """The windows of a text with what its marks say of them."""
    return [Example(window, _shows_act(text, reading, window)) for window in list_windows(reading, config.window.sizes)]


def fit_calibration(opinions: Opinions, is_partisan: np.ndarray) -> Calibration:
    """Platt's line over both opinions, on documents that no fold had seen."""
    model = LogisticRegression().fit(np.column_stack([opinions.window, opinions.document]), is_partisan)
    return Calibration(float(model.coef_[0, 0]), float(model.coef_[0, 1]), float(model.intercept_[0]))


def choose_line(probabilities: np.ndarray, is_partisan: np.ndarray, precision: float) -> float:
    """The lowest probability at and above which precision still holds: the best recall for that precision."""
    order = np.argsort(-probabilities, kind="stable")
    precisions = np.cumsum(is_partisan[order]) / np.arange(1, len(order) + 1)
    holding = np.flatnonzero(precisions >= precision)
    if not len(holding):
        raise ClassifierError(
            f"no line reaches precision {precision} on held-out texts; lower [line] precision or mend the corpus"
        )
    return float(probabilities[order][holding[-1]])


def _collect_opinions(
    config: Config, texts: Sequence[CorpusText], is_partisan: np.ndarray, tell: Callable[[int], None]
) -> Opinions:
    """Opinions on every text from a model that saw neither it nor its event."""
    window, document = np.empty(len(texts)), np.empty(len(texts))
    folds = StratifiedGroupKFold(config.line.folds, shuffle=True, random_state=config.seed)
    groups = [text.event for text in texts]
    for fold, (seen, held) in enumerate(folds.split(np.zeros(len(texts)), is_partisan, groups)):
        tell(fold)
        scorer = Scorer(fit_parameters(config, [texts[row] for row in seen]))
        opinions = scorer.form_opinions([texts[row].document for row in held])
        window[held], document[held] = opinions.window, opinions.document
    return Opinions(window, document, [])


def _fit_windows(pipeline: Pipeline, examples: list[list[Example]], unmarked: str) -> None:
    """Each window of a text of n counts 1/sqrt(n), so that a long text does not outvote ten short ones."""
    windows, answers, weights = list[str](), list[bool](), list[float]()
    for own in examples:
        kept = [example for example in own if example.shows_act is not None or unmarked == "negative"]
        windows += [str(example.window) for example in kept]
        answers += [bool(example.shows_act) for example in kept]
        weights += [len(kept) ** -0.5] * len(kept)
    scale = len(weights) / sum(weights)
    features, model = pipeline.named_steps["fitur"], pipeline.named_steps["model"]
    model.fit(features.transform(windows), answers, sample_weight=np.array(weights) * scale)


def _shows_act(text: CorpusText, reading: Reading, window: Window) -> bool | None:
    if not text.is_partisan:
        return False
    spans = reading.spans[window.first : window.last]
    shares = (sum(mark.overlap(span) for span in spans) / (mark.end - mark.start) for mark in text.evidence)
    return True if any(share >= MARK_SHARE for share in shares) else None


def _stay_silent(_done: int, _steps: int, _what: str) -> None:
    """Nobody watches."""
