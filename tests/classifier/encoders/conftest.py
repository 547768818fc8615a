"""A case that an encoder can solve and the linear model cannot: each title is a word that stands in no other text."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from classifier.corpus import CorpusText
from classifier.encoders.fitting import fit_reranker
from classifier.encoders.onnx import OnnxEncoder
from classifier.encoders.rerank import Reranker
from classifier.scoring.scorer import Scorer
from classifier.train import split_test
from tests.classifier.encoders.tiny import WORDS, make_encoder_folder

LETTERS = "bcdfghjklmnprstvwyz"


@dataclass(frozen=True)
class Case:
    rest: list[CorpusText]
    test: list[CorpusText]
    encoder: OnnxEncoder
    reranker: Reranker


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory, small_corpus: list[CorpusText], scorer: Scorer) -> Case:
    """A corpus with such titles, an encoder that knows on which side each title's word stands, and what it learned."""
    words = make_words(len(small_corpus))
    texts = [replace(text, document=replace(text.document, title=word)) for text, word in zip(small_corpus, words, strict=True)]
    encoder = OnnxEncoder(make_knowing_folder(tmp_path_factory.mktemp("knowing"), words, texts))
    rest, test = split_test(texts)
    return Case(rest, test, encoder, fit_reranker(encoder, scorer, rest))


def make_words(count: int) -> list[str]:
    """Words of no language, without a vowel: no two share their letters in a way that tells the side."""
    chance = random.Random(3)
    words = dict[str, None]()
    while len(words) < count:
        words["".join(chance.choices(LETTERS, k=9))] = None
    return list(words)


def make_knowing_folder(folder: Path, words: Sequence[str], texts: Sequence[CorpusText]) -> Path:
    """The encoder's table: nothing for common words, one axis for the words of partisan texts, one for the others."""
    table = np.zeros((len(WORDS) + len(words), 4), dtype=np.float32)
    table[: len(WORDS), 2:] = np.random.default_rng(1).normal(size=(len(WORDS), 2))
    for row, text in enumerate(texts, start=len(WORDS)):
        table[row, 0 if text.is_partisan else 1] = 20.0
    return make_encoder_folder(folder, words=[*WORDS, *words], table=table)
