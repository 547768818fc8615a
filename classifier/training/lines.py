"""Lines read once for every fit, by arrays: all that may become a feature, before anybody knows what will be kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from classifier.reading.cues import MOST_MENTIONS, NEAR, cue_names, index_cues
from classifier.reading.lines import find_term
from classifier.scoring.language import vote
from classifier.scoring.mentions import MentionFinder, Mentions
from classifier.scoring.tokens import TokenReader, spread
from classifier.training.ngrams import mark_pairs, number_parts

LINES_AT_ONCE = 2000
"""Enough that the fixed cost of arrays does not count."""


@dataclass(frozen=True)
class ReadLines:
    """Different lines, one row each, as numbers."""

    rows: dict[str, int]
    """The row of each line."""
    words: np.ndarray
    """Numbers of the words of all lines, with a 0 at the end of each line."""
    word_names: list[str]
    terms: np.ndarray
    """The same of terms: stems, with actors made alike."""
    term_names: list[str]
    bits: np.ndarray
    """The cues of each line."""
    cues: csr_matrix
    """Which of `sentence_names()` each line has, as `cues.name_sentence` gives them."""
    votes: np.ndarray
    """What `language.vote` says of the words of each line, in all; (lines, 2)."""

    @cached_property
    def sizes(self) -> np.ndarray:
        """How many words each line has."""
        return np.diff((self.words == 0).nonzero()[0], prepend=-1) - 1

    def find_rows(self, lines: Iterable[str]) -> list[int]:
        """The rows of lines; each of them must have been read."""
        return [self.rows[line] for line in lines]


class _Batch(NamedTuple):
    """A part of the lines; members as in `ReadLines`, but `cues` are pairs of line and name, (2, pairs)."""

    words: np.ndarray
    terms: np.ndarray
    bits: np.ndarray
    votes: np.ndarray
    cues: np.ndarray


class LineReader:
    """Reads lines as scoring does, but gives words and terms numbers for good, whatever the tokens' reader forgets."""

    def __init__(self) -> None:
        self._tokens = TokenReader()
        self._mentions = MentionFinder(self._tokens)
        self._words, self._terms = {"": 0}, {"": 0}
        self._known = self._tokens.add_table(self._describe, "q", 4)
        self._roles = np.array([0, *(_number(self._terms, role) for _, role in index_cues().roles)])

    def read(self, lines: Iterable[str]) -> ReadLines:
        """Every different line once, and an empty one."""
        different = list(dict.fromkeys(("", *lines)))
        starts = range(0, len(different), LINES_AT_ONCE)
        batches = [self._read_batch(different[start : start + LINES_AT_ONCE], start) for start in starts]
        words, terms, bits, votes, cues = (np.concatenate(parts, axis=-1) for parts in zip(*batches, strict=True))
        marked = mark_pairs(cues[0], cues[1], (len(different), len(sentence_names())))
        rows = {line: row for row, line in enumerate(different)}
        return ReadLines(rows, words, list(self._words), terms, list(self._terms), bits, marked, votes.T)

    def _read_batch(self, lines: list[str], before: int) -> _Batch:
        words = self._tokens.read(lines)
        line_of = number_parts(words)
        known = self._known.take(words)
        mentions = self._mentions.find(words)
        places, roles = self._mentions.make_alike(len(words), mentions)
        terms = np.where(roles, self._roles.take(roles), known[:, 1].take(places))
        owners, bits = line_of.take(mentions.starts), np.zeros(len(lines), dtype=np.int64)
        np.bitwise_or.at(bits, owners, mentions.bits)
        votes = np.array([np.bincount(line_of, known[:, column], len(lines)) for column in (2, 3)])
        at, names = _name_cues(mentions, owners)
        return _Batch(known[:, 0], terms, bits, votes, np.array((owners.take(at) + before, names)))

    def _describe(self, words: Sequence[str]) -> np.ndarray:
        """The numbers of each word and of its term, and its votes; (words, 4)."""
        known = [(_number(self._words, word), _number(self._terms, find_term(word)), *vote(word)) for word in words]
        return np.array(known, dtype=np.int64)


def sentence_names() -> list[str]:
    """All that `cues.name_sentence` may name: cues, two in their order, two that stand near."""
    names = cue_names()
    return [*names, *(f"{one}{sign}{other}" for sign in (">", ">>") for one in names for other in names)]


def _name_cues(mentions: Mentions, owners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What `cues.name_sentence` names, as numbers of mentions and of `sentence_names()`. Given the line of each mention."""
    count = len(cue_names())
    early = (np.arange(len(owners)) - owners.searchsorted(owners) < MOST_MENTIONS).nonzero()[0]
    at, cues = (mentions.bits.take(early)[:, None] >> np.arange(count) & 1).nonzero()
    at = early.take(at)
    lines, starts = owners.take(at), mentions.starts.take(at)
    later = lines.searchsorted(lines, side="right") - np.arange(len(at)) - 1
    ones, others = np.arange(len(at)).repeat(later), spread(np.arange(1, len(at) + 1), later)
    gaps = starts.take(others) - starts.take(ones)
    pairs = count + cues.take(ones) * count + cues.take(others)
    after, near = gaps > 0, (gaps > 0) & (gaps <= NEAR)
    found = np.concatenate((at, at.take(ones[after]), at.take(ones[near])))
    return found, np.concatenate((cues, pairs[after], pairs[near] + count * count))


def _number(numbers: dict[str, int], name: str) -> int:
    return numbers.setdefault(name, len(numbers))
