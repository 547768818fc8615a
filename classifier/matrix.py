"""Feature rows of windows without scikit-learn: each line is counted once, each window sums its lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags_array, hstack

from classifier.cues import find_cues, name_cues
from classifier.features import list_char_ngrams, list_word_ngrams
from classifier.parameters import Parameters
from classifier.words import read_words

TOKEN_MEMO = 200_000
NOTHING = np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class CountedLines:
    """Lines of a batch with the counts of their n-grams and the bits of their cues."""

    numbers: dict[str, int]
    words: csr_matrix
    chars: csr_matrix
    cues: list[int]


class FeatureMatrix:
    """Builds the rows that the trained FeatureUnion would build, from memos of tokens and lines."""

    def __init__(self, parameters: Parameters):
        config, vocabulary = parameters.config, parameters.vocabulary
        self._config = config
        self._word_ids = {gram: column for column, gram in enumerate(vocabulary.words)}
        self._char_ids = {gram: column for column, gram in enumerate(vocabulary.chars)}
        self._cue_ids = {name: column for column, name in enumerate(vocabulary.cues)}
        self._words_idf, self._chars_idf = parameters.words_idf, parameters.chars_idf
        self._chars_of: dict[str, np.ndarray] = {}

    def count(self, lines: Iterable[str]) -> CountedLines:
        """Count the n-grams of every different line once."""
        numbers = {line: row for row, line in enumerate(dict.fromkeys(lines))}
        words = [read_words(line) for line in numbers]
        return CountedLines(
            numbers,
            words=_rows_of([self._find_words(line) for line in words], len(self._word_ids)),
            chars=_rows_of([self._find_chars(line) for line in words], len(self._char_ids)),
            cues=[find_cues(line) for line in words],
        )

    def build(self, counted: CountedLines, windows: Sequence[tuple[str, ...]]) -> csr_matrix:
        """One row a window; its lines must have been counted."""
        config, numbers = self._config, [[counted.numbers[line] for line in window] for window in windows]
        summed = _rows_of([np.array(window, dtype=np.int32) for window in numbers], len(counted.numbers))
        blocks = [
            _weigh(summed @ counted.words, self._words_idf, config.words.weight),
            _weigh(summed @ counted.chars, self._chars_idf, config.chars.weight),
            self._mark_cues([tuple(counted.cues[line] for line in window) for window in numbers]),
        ]
        return csr_matrix(hstack(blocks, format="csr"))

    def _find_words(self, words: tuple[str, ...]) -> np.ndarray:
        grams = list_word_ngrams(words, *self._config.words.ngrams, stems=self._config.words.stems)
        return np.array([self._word_ids[gram] for gram in grams if gram in self._word_ids], dtype=np.int32)

    def _find_chars(self, words: tuple[str, ...]) -> np.ndarray:
        return np.concatenate([NOTHING, *map(self._find_token_chars, words)])

    def _find_token_chars(self, word: str) -> np.ndarray:
        if word in self._chars_of:
            return self._chars_of[word]
        if len(self._chars_of) >= TOKEN_MEMO:
            self._chars_of.clear()  # Cheaper than keeping an order of use, and as exact.
        grams = list_char_ngrams(word, *self._config.chars.ngrams)
        known = np.array([self._char_ids[gram] for gram in grams if gram in self._char_ids], dtype=np.int32)
        self._chars_of[word] = known
        return known

    def _mark_cues(self, windows: list[tuple[int, ...]]) -> csr_matrix:
        cues = self._config.cues
        found = (name_cues(bits, cues.sentence_order, cues.window_order) for bits in windows)
        rows = [[self._cue_ids[name] for name in names if name in self._cue_ids] for names in found]
        return _rows_of([np.array(row, dtype=np.int32) for row in rows], len(self._cue_ids)) * cues.weight


def _rows_of(rows: list[np.ndarray], width: int) -> csr_matrix:
    """A matrix with one count for each id of each row."""
    columns = np.concatenate([NOTHING, *rows])
    ends = np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), width))
    matrix.sum_duplicates()
    return matrix


def _weigh(counts: csr_matrix, idf: np.ndarray, weight: float) -> csr_matrix:
    """Logarithmic counts, times idf, brought to length `weight`."""
    counts.data = (1.0 + np.log(counts.data)) * idf[counts.indices]
    squares = np.add.reduceat(np.append(counts.data**2, 0.0), counts.indptr[:-1]) * (np.diff(counts.indptr) > 0)
    lengths = np.sqrt(squares)
    scale = np.divide(weight, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return csr_matrix(diags_array(scale) @ counts)
