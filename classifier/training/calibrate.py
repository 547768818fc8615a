"""Probabilities and lines, chosen on texts that the fitted models never saw."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.errors import ClassifierError
from classifier.scoring.parameters import Calibration, Lines, Opinions, join_opinions
from classifier.training.examples import Prepared, prepare
from classifier.training.fitting import fit_rows
from classifier.training.mixing import hide_all
from classifier.training.pool import open_pool
from classifier.training.seen import SeenScorer


@dataclass(frozen=True)
class HeldOut:
    """Texts with the opinions of a model that saw neither them nor their events."""

    texts: list[CorpusText]
    opinions: Opinions

    @property
    def is_partisan(self) -> np.ndarray:
        return np.array([text.is_partisan for text in self.texts])


@dataclass(frozen=True)
class Fold:
    """Rows to learn from, rows that are held out, and the news among these once more as part of long pages."""

    seen: np.ndarray
    held: np.ndarray
    hidden: list[CorpusText]


def collect_opinions(config: Config, texts: Sequence[CorpusText], tell: Callable[[int], None] = lambda fold: None) -> HeldOut:
    """Opinions on every text, and on every news text once more as part of a long page: calibration must know both."""
    folds = cut_folds(config, texts, np.arange(len(texts)))
    prepared = prepare(config, texts, list_hidden(folds))
    with open_pool() as pool:
        return judge_folds(prepared, folds, pool, tell)


def cut_folds(config: Config, texts: Sequence[CorpusText], rows: np.ndarray) -> list[Fold]:
    """Folds over some rows of the texts; an event lies in one of them."""
    own = [texts[row] for row in rows]
    folds = StratifiedGroupKFold(config.line.folds, shuffle=True, random_state=config.seed)
    cut = folds.split(np.zeros(len(own)), [text.is_partisan for text in own], [text.event for text in own])
    return [
        Fold(rows[seen], rows[held], hide_all([own[row] for row in held], config.line.hidden_among, config.seed))
        for seen, held in cut
    ]


def list_hidden(folds: Sequence[Fold]) -> list[CorpusText]:
    """The long pages of all folds: to be read with the texts that are learned from."""
    return [text for fold in folds for text in fold.hidden]


def judge_folds(
    prepared: Prepared, folds: Sequence[Fold], pool: Executor, tell: Callable[[int], None] = lambda fold: None
) -> HeldOut:
    """As `collect_opinions`, on texts whose features are counted."""
    texts = [[*(prepared.texts[row] for row in fold.held), *fold.hidden] for fold in folds]
    judged = [pool.submit(_judge, prepared, fold.seen, own) for fold, own in zip(folds, texts, strict=True)]
    opinions = list[Opinions]()
    for fold, future in enumerate(judged):
        tell(fold)
        opinions.append(future.result())
    return HeldOut([text for own in texts for text in own], join_opinions(opinions))


def _judge(prepared: Prepared, seen: np.ndarray, texts: Sequence[CorpusText]) -> Opinions:
    scorer = SeenScorer(prepared, fit_rows(prepared, seen, with_classes=False))
    return scorer.form_opinions([text.document for text in texts])


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
    """The lowest probability at and above which precision still holds: the best recall for that precision.

    Texts of one probability stand on one side of a line together.
    """
    order = np.argsort(-probabilities, kind="stable")
    precisions = np.cumsum(is_partisan[order]) / np.arange(1, len(order) + 1)
    is_last = np.diff(probabilities[order], append=-np.inf) < 0
    holding = np.flatnonzero((precisions >= precision) & is_last)
    if not len(holding):
        raise ClassifierError(
            f"no line reaches precision {precision} on held-out texts; lower [line] precision or mend the corpus"
        )
    return float(probabilities[order][holding[-1]])
