"""From labelled texts to an artifact: folds for calibration and the lines, a test part to report on, then one fit on all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from classifier.artifact import SavedArtifact, save_artifact
from classifier.config import Config
from classifier.corpus import CorpusText, hash_corpus
from classifier.document import Reading, Window, list_windows, read_document, whole_window
from classifier.errors import ClassifierError
from classifier.measures import measure
from classifier.mixing import hide_all
from classifier.parameters import Calibration, Lines, Opinions, Parameters, extract_parameters, join_opinions
from classifier.pipeline import Fitted, build_class_pipeline, build_features, build_pipeline
from classifier.scorer import Scorer

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what comes next."""

MARK_SHARE = 0.5
"""A window shows the act when it holds at least this share of one marked sentence."""
TEST_SHARE = 0.15


@dataclass(frozen=True)
class Example:
    """One window of a text, and whether it shows the act."""

    window: Window
    shows_act: bool


def train(config: Config, texts: Sequence[CorpusText], out_dir: Path, *, on_progress: Progress | None = None) -> SavedArtifact:
    """Train on `texts` and save the artifact in a folder of its own under `out_dir`.

    Calibration and lines come from folds over the texts outside the test part. The test part is scored once, by a
    fit that never saw it, and only reported. The artifact itself is then fitted on every text.
    """
    steps = config.line.folds + 3
    tell = on_progress or _stay_silent
    rest, test = split_test(texts)
    _refuse_too_few(config, rest)
    held = collect_opinions(config, rest, lambda fold: tell(fold, steps, f"lipatan {fold + 1}"))
    calibration = fit_calibration(held.opinions, held.is_partisan)
    probabilities = calibration.apply(held.opinions)
    lines = choose_lines(probabilities, held.is_partisan, config)
    tell(config.line.folds, steps, "bagian uji")
    metrics = {
        "texts": len(texts),
        "out_of_fold": measure(probabilities, held.is_partisan, lines.flag, [text.document.kind for text in held.texts]),
    }
    if test:
        tested = Scorer(replace(fit_parameters(config, rest), calibration=calibration, lines=lines))
        metrics["test"] = _measure_test(tested, test)
    tell(config.line.folds + 1, steps, "semua teks")
    parameters = replace(fit_parameters(config, texts), calibration=calibration, lines=lines)
    tell(config.line.folds + 2, steps, "simpan")
    saved = save_artifact(out_dir, parameters, metrics=metrics, corpus_sha256=hash_corpus(list(texts)))
    tell(steps, steps, saved.name)
    return saved


def split_test(texts: Sequence[CorpusText]) -> tuple[list[CorpusText], list[CorpusText]]:
    """The texts to learn and choose from, and the test part: by event, by a hash of its name, the same in every run."""
    test = [text for text in texts if _is_test(text.event)]
    return [text for text in texts if not _is_test(text.event)], test


def fit_pipelines(config: Config, texts: Sequence[CorpusText], *, with_classes: bool = True) -> Fitted:
    """The three pipelines, fitted.

    The features learn their vocabulary from documents, so that a word counts once a text and not once a window.
    """
    readings = [read_document(text.document) for text in texts]
    documents = [str(whole_window(reading)) for reading in readings]
    features = build_features(config).fit(documents)
    window = build_pipeline(config, features, C=config.window.C)
    document = build_pipeline(config, features, C=config.document.C)
    classes = build_class_pipeline(config, features)
    examples = [list_examples(config, text, reading) for text, reading in zip(texts, readings, strict=True)]
    _fit_windows(window, examples)
    document.named_steps["model"].fit(features.transform(documents), [text.is_partisan for text in texts])
    if with_classes:
        _fit_classes(config, classes, texts, documents, examples)
    return Fitted(features, window, document, classes)


def fit_parameters(config: Config, texts: Sequence[CorpusText], *, with_classes: bool = True) -> Parameters:
    """Fit on every text; calibration and lines come from elsewhere. Folds need no classes: they only form opinions."""
    return extract_parameters(config, fit_pipelines(config, texts, with_classes=with_classes))


def list_examples(config: Config, text: CorpusText, reading: Reading) -> list[Example]:
    """Windows of a text with what its marks say of them: those that show the act, and others evenly from the whole text."""
    examples = [Example(window, _shows_act(text, reading, window)) for window in list_windows(reading, config.window.size)]
    shown = [example for example in examples if example.shows_act]
    others = [example for example in examples if not example.shows_act]
    room = max(config.window.most - len(shown), 1)
    if len(others) > room:
        others = [others[at] for at in np.linspace(0, len(others) - 1, room).astype(int)]
    return shown + others


def fit_calibration(opinions: Opinions, is_partisan: np.ndarray) -> Calibration:
    """Platt's line over the opinions, on documents that no fold had seen."""
    model = LogisticRegression(max_iter=1000).fit(opinions.as_matrix(), is_partisan)
    return Calibration([float(weight) for weight in model.coef_[0]], float(model.intercept_[0]))


def choose_lines(probabilities: np.ndarray, is_partisan: np.ndarray, config: Config) -> Lines:
    """The flag line for the asked precision, and the reading line, not above it, for the asked recall."""
    flag = choose_flag_line(probabilities, is_partisan, config.line.precision)
    found = np.sort(probabilities[is_partisan])[::-1]
    read = float(found[min(int(np.ceil(config.line.recall * len(found))), len(found)) - 1])
    return Lines(flag, min(read, flag))


def choose_flag_line(probabilities: np.ndarray, is_partisan: np.ndarray, precision: float) -> float:
    """The lowest probability at and above which precision still holds: the best recall for that precision."""
    order = np.argsort(-probabilities, kind="stable")
    precisions = np.cumsum(is_partisan[order]) / np.arange(1, len(order) + 1)
    holding = np.flatnonzero(precisions >= precision)
    if not len(holding):
        raise ClassifierError(
            f"no line reaches precision {precision} on held-out texts; lower [line] precision or mend the corpus"
        )
    return float(probabilities[order][holding[-1]])


@dataclass(frozen=True)
class HeldOut:
    """Texts with the opinions of a model that saw neither them nor their events."""

    texts: list[CorpusText]
    opinions: Opinions

    @property
    def is_partisan(self) -> np.ndarray:
        return np.array([text.is_partisan for text in self.texts])


def collect_opinions(config: Config, texts: Sequence[CorpusText], tell: Callable[[int], None] = lambda fold: None) -> HeldOut:
    """Opinions on every text, and on every news text once more as part of a long page: calibration must know both."""
    folds = StratifiedGroupKFold(config.line.folds, shuffle=True, random_state=config.seed)
    is_partisan, groups = [text.is_partisan for text in texts], [text.event for text in texts]
    held_texts, opinions = list[CorpusText](), list[Opinions]()
    for fold, (seen, held) in enumerate(folds.split(np.zeros(len(texts)), is_partisan, groups)):
        tell(fold)
        scorer = Scorer(fit_parameters(config, [texts[row] for row in seen], with_classes=False))
        own = [texts[row] for row in held]
        own += hide_all(own, config.line.hidden_among, config.seed)
        opinions.append(scorer.form_opinions([text.document for text in own]))
        held_texts += own
    return HeldOut(held_texts, join_opinions(opinions))


def _refuse_too_few(config: Config, texts: Sequence[CorpusText]) -> None:
    partisan = sum(text.is_partisan for text in texts)
    if min(partisan, len(texts) - partisan) < config.line.folds:
        raise ClassifierError(f"training needs at least {config.line.folds} partisan texts and as many look-alikes")


def _is_test(event: str) -> bool:
    return int(sha256(event.encode()).hexdigest()[:8], 16) / 16**8 < TEST_SHARE


def _measure_test(scorer: Scorer, test: Sequence[CorpusText]) -> dict[str, object]:
    scored = scorer.score([text.document for text in test])
    answers = np.array([text.is_partisan for text in test])
    kinds = [text.document.kind for text in test]
    return measure(np.array([own.probability for own in scored]), answers, scorer.parameters.threshold, kinds)


def _fit_windows(pipeline, examples: list[list[Example]]) -> None:
    """Each window of a text of n counts 1/sqrt(n), so that a long text does not outvote ten short ones."""
    windows = [str(example.window) for own in examples for example in own]
    answers = [example.shows_act for own in examples for example in own]
    weights = np.array([len(own) ** -0.5 for own in examples for _ in own])
    features, model = pipeline.named_steps["fitur"], pipeline.named_steps["model"]
    model.fit(features.transform(windows), answers, sample_weight=weights * len(weights) / weights.sum())


def _fit_classes(
    config: Config, pipeline, texts: Sequence[CorpusText], documents: list[str], examples: list[list[Example]]
) -> None:
    """Classes from whole documents, and acts also from the windows that show them."""
    rows, labels, taken = list[str](), list[str](), dict[str, int]()
    for text, document, own in zip(texts, documents, examples, strict=True):
        taken[text.label] = taken.get(text.label, 0) + 1
        if taken[text.label] <= config.classes.most:
            shown = [str(example.window) for example in own if example.shows_act][:3]
            rows += [document, *shown]
            labels += [text.label] * (1 + len(shown))
    features, model = pipeline.named_steps["fitur"], pipeline.named_steps["model"]
    model.fit(features.transform(rows), labels)


def _shows_act(text: CorpusText, reading: Reading, window: Window) -> bool:
    if not text.is_partisan:
        return False
    spans = reading.spans[window.first : window.last]
    if not text.evidence:  # Nobody marked a sentence: in a short text the whole shows it, in a long one nothing is known.
        return window.last - window.first == len(reading.lines)
    shares = (sum(mark.overlap(span) for span in spans) / (mark.end - mark.start) for mark in text.evidence)
    return any(share >= MARK_SHARE for share in shares)


def _stay_silent(_done: int, _steps: int, _what: str) -> None:
    """Nobody watches."""
