"""Known sequences of words, found everywhere in a long row of words at once."""

from collections.abc import Mapping
from itertools import count
from typing import NamedTuple

import numpy as np

FEW = 50
"""So many beginnings Python follows one by one as fast as numpy all at once."""


class Found(NamedTuple):
    """Sequences found in a row: arrays of one length. Shorter ones come first, then those that begin first."""

    starts: np.ndarray
    sizes: np.ndarray
    """In words."""
    values: np.ndarray


NOTHING = Found(*np.zeros((3, 0), dtype=np.int64))


class Sequences:
    """Sequences of words, each with a value, as a tree whose branches lie in one sorted array.

    Words have numbers here, counted from 1; 0 is any word that stands in no sequence. The nodes of the tree are the
    beginnings of sequences, and are numbered as their branches are sorted; node 0 is the empty beginning. A sequence of
    value 0 is a beginning like any other, and never found.

    >>> known = Sequences({("kepala",): 3, ("kepala", "dinas"): 7})
    >>> row = np.array([known.number_of(word) for word in ("kepala", "dinas", "kepala", "baru")])
    >>> [part.tolist() for part in known.find(row)]
    [[0, 2, 0], [1, 1, 2], [3, 3, 7]]
    """

    def __init__(self, values: Mapping[tuple[str, ...], int]):
        words = dict.fromkeys(word for sequence in values for word in sequence)
        self._numbers = {word: number for number, word in enumerate(words, start=1)}
        self._width = len(words) + 1
        self._longest = max(map(len, values), default=0)
        nodes, branches = self._grow(values)
        self._nodes = {branch: node for node, branch in enumerate(branches, start=1)}
        self._branches = np.array([*branches, np.iinfo(np.int64).max])
        """A node times the width, plus the number of the word after it; ascending. The last one is never met."""
        self._roots = np.zeros(self._width, dtype=np.int64)
        self._values = np.zeros(len(self._branches), dtype=np.int64)
        for sequence, value in values.items():
            self._values[nodes[sequence]] = value
            self._roots[self._numbers[sequence[0]]] = nodes[sequence[:1]]

    def number_of(self, word: str) -> int:
        """The number of a word in rows to search."""
        return self._numbers.get(word, 0)

    def find(self, row: np.ndarray, beginnings: np.ndarray | None = None) -> Found:
        """All known sequences in a row of numbers, those inside of others too. The row must end with a 0.

        Where not every word may begin a sequence, `beginnings` is the row with a 0 for those that may not.
        """
        nodes = self._roots.take(row if beginnings is None else beginnings)
        starts = nodes.nonzero()[0]
        search = self._find_few if len(starts) <= FEW else self._find_many
        return search(row, starts, nodes.take(starts))

    def _find_few(self, row: np.ndarray, starts: np.ndarray, nodes: np.ndarray) -> Found:
        """From one beginning after the other."""
        found = list[tuple[int, int, int]]()
        for start, node in zip(starts.tolist(), nodes.tolist(), strict=True):
            size = 1
            while node:
                if value := self._values.item(node):
                    found.append((size, start, value))
                node = self._nodes.get(node * self._width + row.item(start + size), 0)
                size += 1
        sizes, starts, values = np.array(sorted(found)).T if found else NOTHING
        return Found(starts, sizes, values)

    def _find_many(self, row: np.ndarray, starts: np.ndarray, nodes: np.ndarray) -> Found:
        """From all beginnings at once, word by word."""
        layers = [(starts, nodes)]
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

    def _grow(self, values: Mapping[tuple[str, ...], int]) -> tuple[dict[tuple[str, ...], int], list[int]]:
        """The number of each beginning, and the branches; layer by layer, so that the branches ascend."""
        nodes: dict[tuple[str, ...], int] = {(): 0}
        branches, numbers = list[int](), count(1)
        for size in range(1, self._longest + 1):
            beginnings = {sequence[:size] for sequence in values if len(sequence) >= size}
            layer = sorted((nodes[own[:-1]] * self._width + self._numbers[own[-1]], own) for own in beginnings)
            branches += [branch for branch, _ in layer]
            nodes |= {own: next(numbers) for _, own in layer}
        return nodes, branches
