"""Transformers from windows of sentences to numbers.

A window is one string with a sentence a line. Nothing crosses a line: so the counts of a window are the sum of the
counts of its sentences, which is what makes the compact scorer exact.
"""

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.cues import all_cue_names, find_cues, name_cues
from classifier.stems import stem
from classifier.words import MASKS, read_words


def list_word_ngrams(words: tuple[str, ...], smallest: int, largest: int, *, stems: bool) -> list[str]:
    """N-grams of the words (or stems) of one sentence."""
    parts = [stem(word) if stems and word not in MASKS else word for word in words]
    grams = []
    for size in range(smallest, largest + 1):
        grams += [" ".join(parts[at : at + size]) for at in range(len(parts) - size + 1)]
    return grams


def list_char_ngrams(word: str, smallest: int, largest: int) -> list[str]:
    """N-grams of characters inside one word, with a blank at each end; none of a mask."""
    if word in MASKS:
        return []
    padded = f" {word} "
    return [padded[at : at + size] for size in range(smallest, largest + 1) for at in range(len(padded) - size + 1)]


class WordTfidf(TfidfVectorizer):
    """TF-IDF of masked, stemmed words and their n-grams.

    Parameters
    ----------
    ngrams : tuple of int
        Shortest and longest n-gram.
    stems : bool
        Whether words are cut to their Sastrawi stems.
    min_df : int
        Fewest rows in which an n-gram must stand to be kept.
    sublinear_tf : bool
        Whether counts enter by their logarithm.

    Examples
    --------
    >>> WordTfidf(ngrams=(1, 1)).fit(["Camat mendukung paslon 2"]).get_feature_names_out().tolist()
    ['ANGKA', 'camat', 'dukung', 'paslon']
    """

    def __init__(self, *, ngrams=(1, 2), stems=True, min_df=1, sublinear_tf=True):
        super().__init__(min_df=min_df, sublinear_tf=sublinear_tf)
        self.ngrams = ngrams
        self.stems = stems

    def build_analyzer(self):  # type: ignore[override] - scikit-learn declares the class of its own analyzer
        return self._analyse

    def _analyse(self, window: str) -> list[str]:
        lines = window.split("\n")
        return [gram for line in lines for gram in list_word_ngrams(read_words(line), *self.ngrams, stems=self.stems)]


class CharTfidf(TfidfVectorizer):
    """TF-IDF of character n-grams inside masked words: misspelt and regional words still look alike.

    Parameters
    ----------
    ngrams : tuple of int
        Shortest and longest n-gram.
    min_df : int
        Fewest rows in which an n-gram must stand to be kept.
    sublinear_tf : bool
        Whether counts enter by their logarithm.

    Examples
    --------
    >>> CharTfidf(ngrams=(3, 3)).fit(["Lurah 3"]).get_feature_names_out().tolist()
    [' lu', 'ah ', 'lur', 'rah', 'ura']
    """

    def __init__(self, *, ngrams=(3, 5), min_df=1, sublinear_tf=True):
        super().__init__(min_df=min_df, sublinear_tf=sublinear_tf)
        self.ngrams = ngrams

    def build_analyzer(self):  # type: ignore[override] - scikit-learn declares the class of its own analyzer
        return self._analyse

    def _analyse(self, window: str) -> list[str]:
        words = (word for line in window.split("\n") for word in read_words(line))
        return [gram for word in words for gram in list_char_ngrams(word, *self.ngrams)]


class CueVectorizer(TransformerMixin, BaseEstimator):
    """Cues of the lexicon and their conjunctions, each 0 or 1.

    Parameters
    ----------
    sentence_order : int
        How many cues of one sentence make one feature at most.
    window_order : int
        How many cues of the whole window make one feature at most.
    min_df : int
        Fewest rows in which a feature must stand to be kept.

    Examples
    --------
    >>> cues = CueVectorizer(sentence_order=2, window_order=1).fit(["Camat pasang baliho"])
    >>> cues.get_feature_names_out().tolist()
    ['asn', 'asn+atribut', 'atribut']
    """

    def __init__(self, *, sentence_order=2, window_order=2, min_df=1):
        self.sentence_order = sentence_order
        self.window_order = window_order
        self.min_df = min_df

    def fit(self, windows: Iterable[str], y=None):
        known = all_cue_names(self.sentence_order, self.window_order)
        counts = dict.fromkeys(known, 0)
        for window in windows:
            for name in self._names(window):
                counts[name] += 1
        self.names_ = np.array([name for name in known if counts[name] >= self.min_df], dtype=object)
        self.columns_ = {name: column for column, name in enumerate(self.names_)}
        return self

    def transform(self, windows: Iterable[str]) -> csr_matrix:
        rows = [[self.columns_[name] for name in self._names(window) if name in self.columns_] for window in windows]
        indptr = np.cumsum([0, *map(len, rows)])
        columns = np.fromiter((column for row in rows for column in row), dtype=np.int64, count=indptr[-1])
        return csr_matrix((np.ones(indptr[-1]), columns, indptr), shape=(len(rows), len(self.names_)))

    def get_feature_names_out(self, input_features=None):
        return self.names_

    def _names(self, window: str) -> tuple[str, ...]:
        bits = tuple(find_cues(read_words(line)) for line in window.split("\n"))
        return name_cues(bits, self.sentence_order, self.window_order)
