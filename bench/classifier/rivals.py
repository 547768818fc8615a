"""What an analyst would try first, measured in the same run."""

import re
from collections.abc import Sequence

import numpy as np
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from classifier.corpus import CorpusText
from classifier.reading.text import split_sentences

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


class NaiveSentences:
    """PySastrawi as its manual shows it, TfidfVectorizer and logistic regression, on every sentence; the highest one counts."""

    def __init__(self, texts: Sequence[CorpusText]):
        self.forget()
        self._model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True), LogisticRegression(C=10, max_iter=1000)
        )
        stemmed = [self._stemmer.stem(document_of(text)) for text in texts]
        self._model.fit(stemmed, [text.is_partisan for text in texts])

    def forget(self, *, remembers: bool = True) -> None:
        """As in a new process: the factory's stemmer remembers every word that it has met, without bound.

        Without `remembers` it is the stemmer behind that memo, which no manual shows.
        """
        stemmer = StemmerFactory().create_stemmer()
        self._stemmer = stemmer if remembers else stemmer.delegatedStemmer

    def score(self, texts: Sequence[str]) -> np.ndarray:
        """The highest probability of each text's sentences."""
        cut = [[text[span.start : span.end] for span in split_sentences(text)] or [""] for text in texts]
        stemmed = [self._stemmer.stem(sentence) for sentences in cut for sentence in sentences]
        probabilities = self._model.predict_proba(stemmed)[:, 1]
        return np.array([part.max() for part in np.split(probabilities, np.cumsum([len(own) for own in cut])[:-1])])


def document_of(text: CorpusText) -> str:
    return f"{text.document.title}\n{text.document.text}"
