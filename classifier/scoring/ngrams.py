"""Learned n-grams as trees: those of words, and those of the characters inside of words."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

import numpy as np

from classifier.reading.words import MASKS
from classifier.scoring.sequences import Sequences, number_words

END = "\0"
"""What no word holds."""


class WordNgrams(Collection[str]):
    """N-grams of words, kept as the numbers of their words; they are spelled out only where somebody reads them.

    >>> ngrams = WordNgrams.number(["camat", "camat ajak", "warga"])
    >>> ngrams.words, ngrams.row.tolist(), ngrams.sizes.tolist()
    (['camat', 'ajak', 'warga'], [1, 1, 2, 3], [1, 2, 1])
    >>> list(ngrams)
    ['camat', 'camat ajak', 'warga']
    """

    def __init__(self, words: list[str], row: np.ndarray, sizes: np.ndarray):
        """`row` has the numbers of the words of all n-grams, one n-gram after the other; words are counted from 1."""
        is_whole = sizes.sum() == len(row) and sizes.min(initial=1) > 0
        if not is_whole or row.min(initial=1) < 1 or row.max(initial=0) != len(words):
            raise ValueError("the n-grams do not fit their words")
        self.words, self.row, self.sizes = words, row, sizes

    @classmethod
    def number(cls, names: Collection[str]) -> "WordNgrams":
        """N-grams that are spelled out, or are numbered already."""
        if isinstance(names, WordNgrams):
            return names
        row, numbers = number_words(word for name in names for word in name.split(" "))
        sizes = np.fromiter((name.count(" ") + 1 for name in names), dtype=np.int64)
        return cls(list(numbers), row, sizes)

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self) -> Iterator[str]:
        words = [self.words[number - 1] for number in self.row.tolist()]
        for first, last in pairwise([0, *self.sizes.cumsum().tolist()]):
            yield " ".join(words[first:last])

    def __contains__(self, name: object) -> bool:
        return name in list(self)

    def index(self) -> Sequences:
        """To find them by: the value of each is its place, counted from 1."""
        numbers = {word: number for number, word in enumerate(self.words, start=1)}
        return Sequences(numbers, self.row, self.sizes, np.arange(1, len(self) + 1))


class CharNgrams:
    """N-grams of characters, found in many words at once: what `lines.list_char_ngrams` lists, as far as it is learned.

    >>> ngrams = CharNgrams([" lu", "ura", "rah ", "lurah"])
    >>> [part.tolist() for part in ngrams.find(["lura", "NAMA", "lurah"])]
    [[0, 0, 2, 2, 2, 2], [0, 1, 0, 1, 2, 3]]
    """

    def __init__(self, names: Sequence[str]):
        codes = _encode("".join(names))
        if not codes.all():
            raise ValueError("an n-gram of characters holds what ends words")
        self._numbers = np.zeros(int(codes.max(initial=0)) + 2, dtype=np.int64)
        """Of every character up to the last known one, and a 0 for those after it."""
        self._numbers[codes] = 1
        letters = self._numbers.nonzero()[0]
        self._numbers[letters] = np.arange(1, len(letters) + 1)
        numbers = {chr(letter): number for number, letter in enumerate(letters.tolist(), start=1)}
        sizes = np.fromiter(map(len, names), dtype=np.int64)
        self._known = Sequences(numbers, self._numbers.take(codes), sizes, np.arange(1, len(names) + 1))

    def __len__(self) -> int:
        return len(self._known)

    def find(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Which word holds a learned n-gram, and the n-gram's place among the names, counted from 0."""
        padded = ["" if word in MASKS else f" {word} " for word in words]
        found = self._known.find(self._numbers.take(_encode(END.join((*padded, ""))), mode="clip"))
        ends = np.cumsum([len(word) + 1 for word in padded])
        return ends.searchsorted(found.starts, side="right"), found.values - 1


def _encode(text: str) -> np.ndarray:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
