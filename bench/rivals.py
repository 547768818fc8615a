"""What an analyst would try first, measured in the same run."""

import re
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from classifier.corpus import CorpusText

OFFICE = re.compile(r"\b(asn|pns|pppk|camat|lurah|sekda|kadis|kepala dinas|kepala sekolah|guru|pegawai negeri)\b", re.I)
ELECTION = re.compile(r"\b(paslon|calon|caleg|pilkada|pemilu|kampanye|netralitas|parpol|partai|deklarasi)\b", re.I)


def keyword_rule(texts: Sequence[str]) -> np.ndarray:
    """1 where a word for a civil servant meets a word of elections, else 0."""
    return np.array([float(bool(OFFICE.search(text) and ELECTION.search(text))) for text in texts])


def fit_plain_tfidf(texts: Sequence[CorpusText]) -> Pipeline:
    """Word and character TF-IDF of whole documents with logistic regression, scikit-learn's defaults otherwise."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True)
    model = make_pipeline(make_union(words, letters), LogisticRegression(C=10, max_iter=1000, class_weight="balanced"))
    return model.fit([document_of(text) for text in texts], [text.is_partisan for text in texts])


def document_of(text: CorpusText) -> str:
    return f"{text.document.title}\n{text.document.text}"
