"""What a second opinion learns, and that it does not flatter itself."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pytest

from classifier.corpus import CorpusText
from classifier.encoders.fitting import fit_reranker, measure_reranker
from classifier.encoders.rerank import Band
from classifier.errors import EncoderError
from classifier.scoring.scorer import Scorer
from tests.classifier.encoders.conftest import Case


class Noise:
    """Vectors that say nothing of a text, yet tell every text apart."""

    name, dimensions = "noise-0", 300

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        seeds = [int(sha256(text.encode()).hexdigest()[:8], 16) for text in texts]
        return np.array([np.random.default_rng(seed).normal(size=300) for seed in seeds], dtype=np.float32).reshape(-1, 300)


def test_what_the_encoder_knows_helps_on_texts_that_nothing_saw(case: Case) -> None:
    measured = measure_reranker(case.reranker, case.rest, case.test)
    before, after = measured["before"], measured["after"]
    assert after["average_precision"] > before["average_precision"] + 0.03
    assert after["precision"] > before["precision"]
    assert case.reranker.metrics["out_of_fold"]["after"]["average_precision"] > 0.95


def test_an_encoder_that_knows_nothing_does_not_seem_to_help(case: Case, scorer: Scorer) -> None:
    folds = fit_reranker(Noise(), scorer, case.rest).metrics["out_of_fold"]
    assert abs(folds["after"]["average_precision"] - folds["before"]["average_precision"]) < 0.05


def test_the_same_texts_teach_the_same(case: Case, scorer: Scorer) -> None:
    stages = list[tuple[str, int, int]]()
    again = fit_reranker(case.encoder, scorer, case.rest, on_progress=lambda *step: stages.append(step))
    np.testing.assert_array_equal(again.weights.coef, case.reranker.weights.coef)
    assert again.band == Band(scorer.parameters.lines.read / 2, 0.9)
    assert all(0 <= done <= steps for _, done, steps in stages)
    assert {stage for stage, done, steps in stages if done == steps} == {"Linear models of folds", "Reading uncertain texts"}


def test_too_few_uncertain_texts_are_said(scorer: Scorer, small_corpus: list[CorpusText]) -> None:
    with pytest.raises(EncoderError, match="unsure about 0 partisan events only, and 2 are needed"):
        fit_reranker(Noise(), scorer, small_corpus[:60], band=Band(0.5, 0.5))
