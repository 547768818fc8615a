"""How often texts and windows hold what may become a feature: counted once, so that each fit only chooses columns."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations

import numpy as np
from scipy.sparse import csr_matrix, hstack

from classifier.config import Config
from classifier.reading.cues import cue_names, index_cues, name_window
from classifier.reading.lines import CHAR_SCALE
from classifier.reading.words import MASKS
from classifier.training.lines import ReadLines, sentence_names
from classifier.training.ngrams import NUMBER, count_pairs, find_ngrams, mark_pairs, number_parts


@dataclass(frozen=True)
class Groups:
    """Lines that stand together, as documents or as windows; one row a group."""

    lines: csr_matrix
    """How often each line stands in each group."""
    roots: np.ndarray
    """Of the number of words."""
    bits: np.ndarray
    """The cues of all lines."""


@dataclass(frozen=True)
class Family:
    """Features of one kind, in the order of their names."""

    names: list[str]
    counts: csr_matrix
    """How often each feature stands in each line; characters: in each word."""


@dataclass(frozen=True)
class Counts:
    """All that may become a feature. What a group of lines holds is a sum over its lines."""

    words: Family
    chars: Family
    cues: Family
    spelled: csr_matrix
    """Which words each line has."""
    is_across: bool

    @property
    def sizes(self) -> list[int]:
        """How many columns each family has."""
        return [len(family.names) for family in (self.words, self.chars, self.cues)]

    @cached_property
    def names(self) -> np.ndarray:
        """Of all columns."""
        return np.array([*self.words.names, *self.chars.names, *self.cues.names], dtype=object)

    def count(self, groups: Groups) -> csr_matrix:
        """One row a group: words, characters, cues. What has an idf is divided by the root of the words."""
        words, chars = groups.lines @ self.words.counts, (groups.lines @ self.spelled) @ self.chars.counts
        _scale_rows(words, 1 / groups.roots)
        _scale_rows(chars, CHAR_SCALE / groups.roots)
        cues = groups.lines @ self.cues.counts
        if self.is_across:
            cues = cues + _count_across(self.cues.names, groups.bits)
        return csr_matrix(hstack([words, chars, cues], format="csr"))


def group_lines(read: ReadLines, rows: Sequence[Sequence[int]]) -> Groups:
    """Groups of lines by their rows; a group without lines has the empty one, which is row 0."""
    lines = _stack_rows([group or (0,) for group in rows], len(read.rows))
    bits = np.bitwise_or.reduceat(read.bits.take(lines.indices), lines.indptr[:-1])
    return Groups(lines, np.sqrt(np.maximum(lines @ read.sizes, 1)), bits)


def count_features(config: Config, read: ReadLines, documents: Groups, pool: Executor) -> Counts:
    """What stands in enough of the documents to be a feature of some fit; fewer documents never have more of it."""
    spelled = _mark_line_parts(read.words, read.words.nonzero()[0], read.words[read.words > 0], len(read.word_names))
    words = pool.submit(_count_words, config, read, documents)
    chars = pool.submit(_count_chars, config, read.word_names, documents.lines @ spelled)
    cues = pool.submit(_count_cues, config, read, documents)
    return Counts(words.result(), chars.result(), cues.result(), spelled, config.cues.across)


def _count_words(config: Config, read: ReadLines, documents: Groups) -> Family:
    found = find_ngrams(read.terms, *config.words.ngrams)
    counts = _mark_line_parts(read.terms, found.starts, found.numbers, len(found.firsts))

    def spell(number: int) -> str:
        first = found.firsts[number]
        return " ".join([read.term_names[term] for term in read.terms[first : first + found.sizes[number]]])

    return _choose(counts, documents.lines @ counts, config.words.min_df, spell)


def _count_chars(config: Config, words: Sequence[str], in_documents: csr_matrix) -> Family:
    text = "".join(["\0" if word in MASKS or not word else f" {word} \0" for word in words])
    letters = np.unique(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32), return_inverse=True)[1]
    found = find_ngrams(letters, *config.chars.ngrams)
    counts = count_pairs(number_parts(letters).take(found.starts), found.numbers, (len(words), len(found.firsts)))

    def spell(number: int) -> str:
        first = found.firsts[number]
        return text[first : first + found.sizes[number]]

    return _choose(counts, in_documents @ counts, config.chars.min_df, spell)


def _count_cues(config: Config, read: ReadLines, documents: Groups) -> Family:
    names = [*sentence_names(), *(_window_names() if config.cues.across else ())]
    counts = read.cues.copy()
    counts.resize(counts.shape[0], len(names))
    in_documents = documents.lines @ counts
    if config.cues.across:
        in_documents = in_documents + _count_across(names, documents.bits)
    return _choose(counts, in_documents, config.cues.min_df, names.__getitem__)


def _window_names() -> list[str]:
    """All that `cues.name_window` may name."""
    absent = [name for _, name in index_cues().absent]
    return [*absent, *(f"{one}~{other}" for one, other in combinations((*cue_names(), *absent), 2))]


def _count_across(names: Sequence[str], bits: np.ndarray) -> csr_matrix:
    """Which of the names groups of lines with these cues bear as a whole; every different set of cues is named once."""
    different, kinds = np.unique(bits, return_inverse=True)
    columns = {name: column for column, name in enumerate(names)}
    named = [[columns[name] for name in name_window(own) if name in columns] for own in different.tolist()]
    return _stack_rows(named, len(columns))[kinds]


def _choose(counts: csr_matrix, in_documents: csr_matrix, least: int, spell: Callable[[int], str]) -> Family:
    """What stands in at least so many documents, in the order of the names."""
    enough = np.flatnonzero(np.bincount(in_documents.indices) >= least)
    named = sorted((spell(number), number) for number in enough.tolist())
    return Family([name for name, _ in named], counts[:, np.array([number for _, number in named], dtype=np.intp)])


def _stack_rows(rows: Sequence[Sequence[int]], width: int) -> csr_matrix:
    """A matrix with a 1 in the given columns of each row."""
    ends, columns = np.cumsum([0, *map(len, rows)]), np.array(list(chain.from_iterable(rows)), dtype=np.intp)
    return csr_matrix((np.ones(len(columns), NUMBER), columns, ends), shape=(len(rows), width))


def _mark_line_parts(row: np.ndarray, starts: np.ndarray, numbers: np.ndarray, count: int) -> csr_matrix:
    """Which of `count` things stand in each line, given where they start in a row of all lines."""
    line_of = number_parts(row)
    return mark_pairs(line_of.take(starts), numbers, (int(line_of[-1]) + 1, count))


def _scale_rows(matrix: csr_matrix, factors: np.ndarray) -> None:
    matrix.data *= factors.astype(NUMBER).repeat(np.diff(matrix.indptr))
