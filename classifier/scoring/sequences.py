"""Known sequences of words, found everywhere in a long row of words at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain, count
from typing import NamedTuple

import numpy as np

MOST_WORDS = 100
"""Of one sequence; a tree grows by one round over all of them for each."""


class Found(NamedTuple):
    """Sequences found in a row: arrays of one length. Shorter ones come first, then those that begin first."""

    starts: np.ndarray
    sizes: np.ndarray
    """In words."""
    values: np.ndarray


class Sequences:
    """Sequences of words, each with a value, as a tree whose branches lie in one sorted array.

    Words have numbers here, counted from 1; 0 is any word that stands in no sequence. The nodes of the tree are the
    beginnings of sequences, and are numbered as their branches are sorted; node 0 is the empty beginning. A sequence of
    value 0 is a beginning like any other, and never found. It never changes after it is made, so scorers may share it.

    >>> known = Sequences.from_names({("kepala",): 3, ("kepala", "dinas"): 7})
    >>> row = np.array([known.number_of(word) for word in ("kepala", "dinas", "kepala", "baru")])
    >>> [part.tolist() for part in known.find(np.append(row, 0))]
    [[0, 2, 0], [1, 1, 2], [3, 3, 7]]
    """

    def __init__(self, numbers: Mapping[str, int], row: np.ndarray, sizes: np.ndarray, values: np.ndarray):
        """`row` has the numbers of the words of all sequences, one sequence after the other; `sizes` are in words."""
        self._numbers, self._width = numbers, len(numbers) + 1
        self._longest = int(sizes.max(initial=0))
        if self._longest > MOST_WORDS:
            raise ValueError(f"a sequence of {self._longest} words is longer than {MOST_WORDS}")
        ends, branches = self._grow(row, sizes)
        self._branches = np.append(branches, np.iinfo(np.int64).max)
        """A node times the width, plus the number of the word after it; ascending. The last one is never met."""
        first = int(branches.searchsorted(self._width))
        self._roots = np.zeros(self._width, dtype=np.int64)
        self._roots[branches[:first]] = np.arange(1, first + 1)
        self._values = np.zeros(len(self._branches), dtype=np.int64)
        self._values[ends] = values

    @classmethod
    def from_names(cls, values: Mapping[tuple[str, ...], int]) -> "Sequences":
        """Of sequences with their values."""
        row, numbers = number_words(chain.from_iterable(values))
        sizes = np.fromiter(map(len, values), dtype=np.int64)
        return cls(numbers, row, sizes, np.fromiter(values.values(), dtype=np.int64))

    def __len__(self) -> int:
        """How many different sequences can be found."""
        return int(np.count_nonzero(self._values))

    def number_of(self, word: str) -> int:
        """The number of a word in rows to search."""
        return self._numbers.get(word, 0)

    def find(self, row: np.ndarray, beginnings: np.ndarray | None = None) -> Found:
        """All known sequences in a row of numbers, those inside of others too. The row must end with a 0.

        Where not every word may begin a sequence, `beginnings` is the row with a 0 for those that may not.
        """
        nodes = self._roots.take(row if beginnings is None else beginnings)
        starts = nodes.nonzero()[0]
        layers = [(starts, nodes.take(starts))]
        while len(layers[-1][0]) and len(layers) < self._longest:
            layers.append(self._follow(row, *layers[-1], len(layers)))
        sizes = np.arange(1, len(layers) + 1).repeat([len(starts) for starts, _ in layers])
        starts, nodes = map(np.concatenate, zip(*layers, strict=True))
        values = self._values.take(nodes)
        ends = values.nonzero()[0]
        return Found(starts.take(ends), sizes.take(ends), values.take(ends))

    def _follow(self, row: np.ndarray, starts: np.ndarray, nodes: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Those starts whose sequences go on with the word that lies `size` words after them, and where to."""
        branches = nodes * self._width + row.take(starts + size)
        places = self._branches.searchsorted(branches)
        known = (self._branches.take(places) == branches).nonzero()[0]
        return starts.take(known), places.take(known) + 1

    def _grow(self, row: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The node at which each sequence ends, and all branches; layer by layer, so that they ascend."""
        starts, nodes = sizes.cumsum() - sizes, np.zeros(len(sizes), dtype=np.int64)
        layers, known = [np.zeros(0, dtype=np.int64)], 0
        for size in range(self._longest):
            longer = (sizes > size).nonzero()[0]
            words = row.take(starts.take(longer) + size)
            branches, places = np.unique(nodes.take(longer) * self._width + words, return_inverse=True)
            nodes[longer] = places + (known + 1)
            layers.append(branches)
            known += len(branches)
        return nodes, np.concatenate(layers)


def number_words(words: Iterable[str]) -> tuple[np.ndarray, dict[str, int]]:
    """Words as numbers, counted from 1 in the order of their first use, and the number of each."""
    numbers = defaultdict[str, int](count(1).__next__)
    row = np.fromiter(map(numbers.__getitem__, words), dtype=np.int64)
    return row, dict(numbers)
