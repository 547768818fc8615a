"""The scorer that looks lines up says what the scorer says that reads them."""

from dataclasses import replace

import numpy as np
import pytest

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.reading.document import Document
from classifier.scoring.parameters import Calibration, Lines
from classifier.scoring.scorer import Scorer
from classifier.training.calibrate import cut_folds, list_hidden
from classifier.training.examples import prepare
from classifier.training.fitting import extract_parameters, fit_rows
from classifier.training.seen import SeenScorer

FOREIGN = "The district head joined the campaign of candidate number two on Sunday. " * 9


@pytest.fixture(scope="module")
def pair(small_config: Config, small_corpus: list[CorpusText]) -> tuple[Scorer, Scorer, list[Document]]:
    """Both scorers, and texts that their models did not see."""
    texts = [*small_corpus[:300], replace(small_corpus[0], event="asing", document=Document(FOREIGN), evidence=())]
    fold = cut_folds(small_config, texts, np.arange(len(texts)))[0]
    prepared = prepare(small_config, texts, list_hidden([fold]))
    fitted = fit_rows(prepared, fold.seen)
    calibration, lines = Calibration([0.7, 0.2, -0.2, 0.1, -0.4], 0.3), Lines(0.5, 0.3)
    plain = Scorer(replace(extract_parameters(small_config, fitted), calibration=calibration, lines=lines))
    judged = [*(texts[row] for row in fold.held), *fold.hidden, texts[-1]]
    return SeenScorer(prepared, fitted, calibration, lines), plain, [text.document for text in judged]


def test_opinions_are_the_scorers(pair: tuple[Scorer, Scorer, list[Document]]) -> None:
    seen, plain, documents = pair
    expected = plain.form_opinions(documents).as_matrix()
    np.testing.assert_allclose(seen.form_opinions(documents).as_matrix(), expected, atol=1e-6, rtol=0)


def test_probabilities_are_the_scorers_and_foreign_texts_are_told(pair: tuple[Scorer, Scorer, list[Document]]) -> None:
    seen, plain, documents = pair
    found, expected = seen.score(documents), plain.score(documents)
    np.testing.assert_allclose([own.probability for own in found], [own.probability for own in expected], atol=1e-6)
    assert [own.language for own in found] == [own.language for own in expected]
    assert found[-1].language == "en"
