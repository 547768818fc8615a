"""Transformers from windows of sentences to numbers.

A window is one string with a sentence a line. Nothing crosses a line, and a window's row is the sum of its lines' rows
over the square root of its number of words. So the log-odds of a window are a sum over its words: that is what makes
the compact scorer exact and fast, and what lets a monitor see what each word weighs.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from scipy.sparse import csr_matrix, diags_array
from sklearn.base import BaseEstimator, TransformerMixin

from classifier.reading.cues import name_sentence, name_window
from classifier.reading.lines import CHAR_SCALE, Line, list_char_ngrams, list_word_ngrams, read_line


class _TermVectorizer(TransformerMixin, BaseEstimator, ABC):
    """Sentences that hold a term, times its idf, over the square root of the window's words."""

    min_df: int
    scale = 1.0

    def fit(self, windows: Iterable[str], y=None):
        cut = [window.split("\n") for window in windows]
        columns: dict[str, int] = {}
        counts = np.diff(_sum_lines(cut, self._list_units, self._list_terms, columns, grow=True).tocsc().indptr)
        found = {term: int(counts[column]) for term, column in columns.items()}
        kept = sorted(term for term, count in found.items() if count >= self.min_df)
        return self.learn(kept, np.array([found[term] for term in kept], dtype=float), len(cut))

    def learn(self, names: Sequence[str], counts: np.ndarray, documents: int):
        """What `fit` learns, where somebody has counted already: names in order, and in how many documents each stands."""
        self.names_ = np.array(names, dtype=object)
        self.columns_ = {name: column for column, name in enumerate(names)}
        self.idf_ = np.log((1 + documents) / (1 + counts)) + 1
        return self

    def transform(self, windows: Iterable[str]) -> csr_matrix:
        cut = [window.split("\n") for window in windows]
        matrix = _sum_lines(cut, self._list_units, self._list_terms, self.columns_)
        counts = [sum(len(read_line(line).words) for line in lines) for lines in cut]
        lengths = np.sqrt(np.maximum(np.array(counts, dtype=float), 1))
        return csr_matrix(diags_array(self.scale / lengths) @ matrix @ diags_array(self.idf_))

    def get_feature_names_out(self, input_features=None):
        return self.names_

    @abstractmethod
    def _list_units(self, line: Line) -> Iterable[str]:
        """What of a sentence is read once however often it stands there."""

    def _list_terms(self, unit: str) -> Sequence[str]:
        return (unit,)


class WordVectorizer(_TermVectorizer):
    """Masked, stemmed words with their actors made alike, and n-grams of them.

    Parameters
    ----------
    ngrams : tuple of int
        Shortest and longest n-gram.
    min_df : int
        Fewest documents in which an n-gram must stand to be kept.

    Examples
    --------
    >>> WordVectorizer(ngrams=(1, 1)).fit(["Camat mendukung paslon 2"]).get_feature_names_out().tolist()
    ['<asn>', '<peserta>', 'ANGKA', 'dukung']
    """

    def __init__(self, *, ngrams=(1, 3), min_df=1):
        self.ngrams = ngrams
        self.min_df = min_df

    def _list_units(self, line: Line) -> list[str]:
        return list_word_ngrams(line.terms, *self.ngrams)


class CharVectorizer(_TermVectorizer):
    """Character n-grams inside masked words: misspelt and regional words still look alike.

    Parameters
    ----------
    ngrams : tuple of int
        Shortest and longest n-gram.
    min_df : int
        Fewest documents in which an n-gram must stand to be kept.

    Examples
    --------
    >>> CharVectorizer(ngrams=(3, 3)).fit(["Lurah 3"]).get_feature_names_out().tolist()
    [' lu', 'ah ', 'lur', 'rah', 'ura']
    """

    scale = CHAR_SCALE

    def __init__(self, *, ngrams=(3, 5), min_df=1):
        self.ngrams = ngrams
        self.min_df = min_df

    def _list_units(self, line: Line) -> Iterable[str]:
        return dict.fromkeys(line.words)

    def _list_terms(self, unit: str) -> list[str]:
        return list_char_ngrams(unit, *self.ngrams)


class CueVectorizer(TransformerMixin, BaseEstimator):
    """Cues of the lexicon: counts of sentences that bear one, or two in their order; 1 for two anywhere in the window.

    Parameters
    ----------
    across : bool
        Whether two cues in different sentences of the window count.
    min_df : int
        Fewest documents in which a feature must stand to be kept.

    Examples
    --------
    >>> cues = CueVectorizer(across=False).fit(["Camat pasang"])
    >>> cues.get_feature_names_out().tolist()
    ['asn', 'asn>>atribut', 'asn>atribut', 'atribut']
    """

    def __init__(self, *, across=True, min_df=1):
        self.across = across
        self.min_df = min_df

    def fit(self, windows: Iterable[str], y=None):
        found = Counter[str]()
        for window in windows:
            lines = [read_line(line) for line in window.split("\n")]
            found.update({name for line in lines for name in name_sentence(line.mentions)}.union(self._name_window(lines)))
        return self.learn(sorted(name for name, count in found.items() if count >= self.min_df))

    def learn(self, names: Sequence[str]):
        """What `fit` learns, where somebody has counted already: names in order."""
        self.names_ = np.array(names, dtype=object)
        self.columns_ = {name: column for column, name in enumerate(names)}
        return self

    def transform(self, windows: Iterable[str]) -> csr_matrix:
        cut = [window.split("\n") for window in windows]
        within = _sum_lines(cut, lambda line: name_sentence(line.mentions), _itself, self.columns_)
        across = _rows_of([self._name_window([read_line(line) for line in lines]) for lines in cut], self.columns_)
        return csr_matrix(within + across)

    def get_feature_names_out(self, input_features=None):
        return self.names_

    def _name_window(self, lines: Sequence[Line]) -> tuple[str, ...]:
        bits = 0
        for line in lines:
            bits |= line.bits
        return name_window(bits) if self.across else ()


def _itself(unit: str) -> tuple[str]:
    return (unit,)


def _sum_lines(
    windows: list[list[str]],
    list_units: Callable[[Line], Iterable[str]],
    list_terms: Callable[[str], Sequence[str]],
    columns: dict[str, int],
    *,
    grow: bool = False,
) -> csr_matrix:
    """Counts of terms by window. Every different line is read once, and every different unit of a line is cut once.

    With `grow` terms that have no column get one.
    """
    numbers: dict[str, int] = {}
    in_windows = _rows_of(windows, numbers, grow=True)
    units: dict[str, int] = {}
    in_lines = _rows_of([list_units(read_line(line)) for line in numbers], units, grow=True)
    in_units = _rows_of([list_terms(unit) for unit in units], columns, grow=grow)
    return in_windows @ (in_lines @ in_units)


def _rows_of(rows: Sequence[Iterable[str]], columns: dict[str, int], *, grow: bool = False) -> csr_matrix:
    """A matrix with one count for each term of each row that has a column; with `grow` every term gets one."""
    flat, ends = list[int](), [0]
    for row in rows:
        if grow:
            flat += [columns.setdefault(term, len(columns)) for term in row]
        else:
            flat += [column for term in row if (column := columns.get(term)) is not None]
        ends.append(len(flat))
    return csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(columns)))
