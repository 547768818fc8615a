"""N-grams of long rows of numbers, found and numbered all at once."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

NUMBER = np.float32
"""Of counts and of what is made of them for fits: half the memory, and solvers stop long before its rounding matters."""


class Ngrams(NamedTuple):
    """N-grams where they stand in a row, and one place of each different one."""

    starts: np.ndarray
    numbers: np.ndarray
    """Which one begins at each start; counted from 0, the shorter ones first."""
    firsts: np.ndarray
    """Of each different n-gram the place where it stands first."""
    sizes: np.ndarray


def find_ngrams(row: np.ndarray, smallest: int, largest: int) -> Ngrams:
    """All n-grams of a row of numbers that ends with a 0; none of them holds a 0.

    >>> found = find_ngrams(np.array([5, 7, 5, 7, 0]), 2, 2)
    >>> found.starts.tolist(), found.numbers.tolist(), found.firsts.tolist()
    ([0, 1, 2], [0, 1, 0], [0, 1])
    """
    starts = row.nonzero()[0]
    codes, width = row.take(starts).astype(np.int64), int(row.max()) + 1
    found, count = list[Ngrams](), 0
    for size in range(1, largest + 1):
        if size > 1:
            after = row.take(starts + size - 1)
            longer = after.nonzero()[0]
            starts, codes = starts.take(longer), codes.take(longer) * width + after.take(longer)
        different, firsts, codes = np.unique(codes, return_index=True, return_inverse=True)
        if size >= smallest:
            found.append(Ngrams(starts, codes + count, starts.take(firsts), np.full(len(different), size)))
            count += len(different)
    return Ngrams(*map(np.concatenate, zip(*found, strict=True)))


def number_parts(row: np.ndarray) -> np.ndarray:
    """The part of each place of a row in which a 0 ends each part."""
    ends = row == 0
    return np.cumsum(ends) - ends


def count_pairs(owners: np.ndarray, numbers: np.ndarray, shape: tuple[int, int]) -> csr_matrix:
    """How often each owner stands beside each number."""
    return csr_matrix((np.ones(len(owners), NUMBER), (owners, numbers)), shape=shape)  # Adds up what stands there twice.


def mark_pairs(owners: np.ndarray, numbers: np.ndarray, shape: tuple[int, int]) -> csr_matrix:
    """As `count_pairs`, but 1 however often."""
    matrix = count_pairs(owners, numbers, shape)
    matrix.data.fill(1)
    return matrix
