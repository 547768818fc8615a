"""Probabilities and lines, chosen on texts that the fitted models never saw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.errors import ClassifierError
from classifier.scoring.parameters import Calibration, Lines, Opinions, join_opinions
from classifier.scoring.scorer import Scorer
from classifier.training.examples import Prepared, prepare
from classifier.training.fitting import extract_parameters, fit_rows
from classifier.training.mixing import hide_all


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
    return judge_folds(prepare(config, texts), tell)


def judge_folds(prepared: Prepared, tell: Callable[[int], None] = lambda fold: None) -> HeldOut:
    """As `collect_opinions`, on texts whose features are counted."""
    config, texts = prepared.config, prepared.texts
    folds = StratifiedGroupKFold(config.line.folds, shuffle=True, random_state=config.seed)
    is_partisan, groups = [text.is_partisan for text in texts], [text.event for text in texts]
    held_texts, opinions = list[CorpusText](), list[Opinions]()
    for fold, (seen, held) in enumerate(folds.split(np.zeros(len(texts)), is_partisan, groups)):
        tell(fold)
        scorer = Scorer(extract_parameters(config, fit_rows(prepared, seen, with_classes=False)))
        own = [texts[row] for row in held]
        own += hide_all(own, config.line.hidden_among, config.seed)
        opinions.append(scorer.form_opinions([text.document for text in own]))
        held_texts += own
    return HeldOut(held_texts, join_opinions(opinions))


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
