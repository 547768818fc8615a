"""Transformers from windows of sentences to numbers.

A window is one string with a sentence a line. Nothing crosses a line, and a window's row is the sum of its lines' rows
over the square root of its number of words. So the log-odds of a window are a sum over its words: that is what makes
the compact scorer exact and fast, and what lets a monitor see what each word weighs.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, diags_array
from sklearn.base import BaseEstimator, TransformerMixin

from classifier.cues import Mention, find_mentions, make_alike, name_sentence, name_window
from classifier.stems import stem
from classifier.words import MASKS, read_words

LINE_MEMO = 200_000
"""Training reads every sentence nine times: for each family of features, and for windows, documents and the vocabulary."""

CHAR_SCALE = 0.2
"""A word has about five times as many character n-grams as word n-grams; this brings both to one size."""


class Line(NamedTuple):
    """One sentence as features see it."""

    words: tuple[str, ...]
    terms: tuple[str, ...]
    """Stems, with actors made alike: what word n-grams are made of."""
    starts: tuple[int, ...]
    """The word at which each term begins."""
    mentions: tuple[Mention, ...]
    bits: int


@lru_cache(maxsize=LINE_MEMO)
def read_line(line: str) -> Line:
    """Words, terms and cues of one sentence.

    >>> read_line("Camat Sukamulya mendukung paslon 2").terms
    ('<asn>', 'NAMA', 'dukung', '<peserta>', 'ANGKA')
    """
    words = read_words(line)
    mentions = find_mentions(words)
    bits = 0
    for mention in mentions:
        bits |= mention.bits
    alike = make_alike(words, mentions)
    terms = tuple(find_term(word) for _, word in alike)
    return Line(words, terms, tuple(start for start, _ in alike), tuple(mentions), bits)


def find_term(word: str) -> str:
    """The stem of a word; masks and roles stay as they are."""
    return word if word in MASKS or word[0] == "<" else stem(word)


def list_word_ngrams(terms: Sequence[str], smallest: int, largest: int) -> list[str]:
    """The different n-grams of the terms of one sentence: a list that says "puskesmas" seven times says it once."""
    return list(
        dict.fromkeys(
            " ".join(terms[at : at + size]) for size in range(smallest, largest + 1) for at in range(len(terms) - size + 1)
        )
    )


def list_char_ngrams(word: str, smallest: int, largest: int) -> list[str]:
    """N-grams of characters inside one word, with a blank at each end; none of a mask."""
    if word in MASKS:
        return []
    padded = f" {word} "
    return [padded[at : at + size] for size in range(smallest, largest + 1) for at in range(len(padded) - size + 1)]


class _TermVectorizer(TransformerMixin, BaseEstimator):
    """Sentences that hold a term, times its idf, over the square root of the window's words."""

    min_df: int
    scale = 1.0

    def fit(self, windows: Iterable[str], y=None):
        cut = [window.split("\n") for window in windows]
        columns: dict[str, int] = {}
        counts = np.diff(_sum_lines(cut, self._list_units, self._list_terms, columns, grow=True).tocsc().indptr)
        kept = sorted(term for term, column in columns.items() if counts[column] >= self.min_df)
        self.names_ = np.array(kept, dtype=object)
        self.columns_ = {term: column for column, term in enumerate(kept)}
        found = counts[[columns[term] for term in kept]].astype(float)
        self.idf_ = np.log((1 + len(cut)) / (1 + found)) + 1
        return self

    def transform(self, windows: Iterable[str]) -> csr_matrix:
        cut = [window.split("\n") for window in windows]
        matrix = _sum_lines(cut, self._list_units, self._list_terms, self.columns_)
        counts = [sum(len(read_line(line).words) for line in lines) for lines in cut]
        lengths = np.sqrt(np.maximum(np.array(counts, dtype=float), 1))
        return csr_matrix(diags_array(self.scale / lengths) @ matrix @ diags_array(self.idf_))

    def get_feature_names_out(self, input_features=None):
        return self.names_

    def _list_units(self, line: Line) -> Iterable[str]:
        """What of a sentence is read once however often it stands there."""
        raise NotImplementedError

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
        self.names_ = np.array(sorted(name for name, count in found.items() if count >= self.min_df), dtype=object)
        self.columns_ = {name: column for column, name in enumerate(self.names_)}
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
