"""Feature rows of windows without scikit-learn: each line is counted once, each window sums its lines."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, diags_array, hstack

from classifier.cues import find_cues, name_cues
from classifier.features import list_char_ngrams, list_word_ngrams
from classifier.parameters import Parameters
from classifier.words import read_words

TOKEN_MEMO = 200_000


class FeatureMatrix:
    """Builds the rows that the trained FeatureUnion would build, from memos of tokens and lines."""

    def __init__(self, parameters: Parameters):
        config, vocabulary = parameters.config, parameters.vocabulary
        self._config = config
        self._word_ids = {gram: column for column, gram in enumerate(vocabulary.words)}
        self._char_ids = {gram: column for column, gram in enumerate(vocabulary.chars)}
        self._cue_ids = {name: column for column, name in enumerate(vocabulary.cues)}
        self._words_idf, self._chars_idf = parameters.words_idf, parameters.chars_idf
        self._chars_of: dict[str, list[int]] = {}

    def build(self, windows: Sequence[tuple[str, ...]]) -> csr_matrix:
        """One row a window of lines."""
        lines = {line: row for row, line in enumerate(dict.fromkeys(line for window in windows for line in window))}
        words = [read_words(line) for line in lines]
        summed = _sum_lines(windows, lines)
        config = self._config
        blocks = [
            _weigh(summed @ self._count(words, self._find_words, len(self._word_ids)), self._words_idf, config.words.weight),
            _weigh(summed @ self._count(words, self._find_chars, len(self._char_ids)), self._chars_idf, config.chars.weight),
            self._mark_cues(windows, dict(zip(lines, map(find_cues, words), strict=True))),
        ]
        return csr_matrix(hstack(blocks, format="csr"))

    def _count(self, lines: list[tuple[str, ...]], find, width: int) -> csr_matrix:
        return _rows_of([find(words) for words in lines], width)

    def _find_words(self, words: tuple[str, ...]) -> list[int]:
        grams = list_word_ngrams(words, *self._config.words.ngrams, stems=self._config.words.stems)
        return [self._word_ids[gram] for gram in grams if gram in self._word_ids]

    def _find_chars(self, words: tuple[str, ...]) -> list[int]:
        return [column for word in words for column in self._find_token_chars(word)]

    def _find_token_chars(self, word: str) -> list[int]:
        known = self._chars_of.get(word)
        if known is None:
            grams = list_char_ngrams(word, *self._config.chars.ngrams)
            known = [self._char_ids[gram] for gram in grams if gram in self._char_ids]
            if len(self._chars_of) >= TOKEN_MEMO:
                self._chars_of.clear()  # Cheaper than keeping an order of use, and as exact.
            self._chars_of[word] = known
        return known

    def _mark_cues(self, windows: Sequence[tuple[str, ...]], bits: dict[str, int]) -> csr_matrix:
        cues = self._config.cues
        found = (name_cues(tuple(bits[line] for line in window), cues.sentence_order, cues.window_order) for window in windows)
        return _rows_of(
            [[self._cue_ids[name] for name in names if name in self._cue_ids] for names in found], len(self._cue_ids)
        ) * (cues.weight)


def _sum_lines(windows: Sequence[tuple[str, ...]], lines: dict[str, int]) -> csr_matrix:
    return _rows_of([[lines[line] for line in window] for window in windows], len(lines))


def _rows_of(rows: list[list[int]], width: int) -> csr_matrix:
    """A matrix with one count for each id of each row."""
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((column for row in rows for column in row), dtype=np.int32, count=ends[-1])
    matrix = csr_matrix((np.ones(ends[-1]), columns, ends), shape=(len(rows), width))
    matrix.sum_duplicates()
    return matrix


def _weigh(counts: csr_matrix, idf: np.ndarray, weight: float) -> csr_matrix:
    """Logarithmic counts, times idf, brought to length `weight`."""
    counts.data = (1.0 + np.log(counts.data)) * idf[counts.indices]
    squares = np.add.reduceat(np.append(counts.data**2, 0.0), counts.indptr[:-1]) * (np.diff(counts.indptr) > 0)
    lengths = np.sqrt(squares)
    scale = np.divide(weight, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return csr_matrix(diags_array(scale) @ counts)
