"""Transformers: clone, names, one sentence in, numbers out."""

import pytest
from sklearn.base import BaseEstimator, clone

from classifier.config import load_config
from classifier.features import CharTfidf, CueVectorizer, WordTfidf
from classifier.pipeline import build_features

SENTENCES = ["Camat mengajak warga memilih paslon 2", "Bupati mengimbau ASN netral\nJangan ikut kampanye"]


@pytest.mark.parametrize("transformer", [WordTfidf(ngrams=(1, 1)), CharTfidf(min_df=1), CueVectorizer(sentence_order=1)])
def test_clone_names_and_numbers(transformer: BaseEstimator) -> None:
    copy = clone(transformer)
    assert copy.get_params() == transformer.get_params()
    numbers = copy.fit(SENTENCES).transform(["Camat ikut kampanye"])
    assert numbers.shape == (1, len(copy.get_feature_names_out()))
    assert numbers.sum() > 0


def test_names_carry_their_family() -> None:
    features = build_features(load_config()).fit(SENTENCES * 3)
    assert {name.split("__")[0] for name in features.get_feature_names_out()} == {"kata", "huruf", "isyarat"}


def test_ngrams_do_not_cross_sentences() -> None:
    names = WordTfidf(ngrams=(2, 2)).fit(SENTENCES).get_feature_names_out()
    assert "asn netral" in names
    assert "netral jangan" not in names
