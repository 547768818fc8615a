"""What counts once a line: its n-grams, its cues and two cues in their order, and its words; all as numbers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from classifier.cues import MOST_MENTIONS, NEAR, index_cues
from classifier.features import find_term
from classifier.language import vote
from classifier.mentions import MentionFinder, Mentions
from classifier.parameters import Vocabulary
from classifier.sequences import Sequences
from classifier.tokens import TokenReader, spread


class LineUnits(NamedTuple):
    """The different units of some lines."""

    words: np.ndarray
    """How many words each line has."""
    votes: np.ndarray
    """How many of them are Indonesian, and how many can be told; (lines, 2)."""
    bears: np.ndarray
    """Whether each line bears each cue, as 1 or 0; (lines, cues)."""
    units: np.ndarray
    """The different units of each line, line by line. There is one at least: the break at the end is a word too."""
    ends: np.ndarray
    """How many units the first `n` lines have; (lines + 1)."""


class UnitReader:
    """Reads lines into units. They are numbered: what nobody learned is 0, then n-grams and cues as learned, then words."""

    def __init__(self, vocabulary: Vocabulary):
        self.tokens = TokenReader()
        self.first_cue = len(vocabulary.words) + 1
        self.first_word = self.first_cue + len(vocabulary.cues)
        self._mentions = MentionFinder(self.tokens)
        self._ngrams = Sequences({tuple(name.split(" ")): unit for unit, name in enumerate(vocabulary.words, start=1)})
        self._words = self.tokens.add_table(lambda word: (self._ngrams.number_of(find_term(word)), *vote(word)), "q", 3)
        self._roles = np.array([0, *(self._ngrams.number_of(role) for _, role in index_cues().roles)])
        self.cues = {name: unit for unit, name in enumerate(vocabulary.cues, start=self.first_cue)}
        names, units = index_cues().names, self.cues
        self._alone = np.array([units.get(name, 0) for name in names])
        self._ordered = np.array([[units.get(f"{one}>{other}", 0) for other in names] for one in names])
        self._near = np.array([[units.get(f"{one}>>{other}", 0) for other in names] for one in names])

    def read(self, lines: Sequence[str]) -> LineUnits:
        """The units of each line. There must be a line, empty or not."""
        words = self.tokens.read(lines)
        ends = (words == 0).nonzero()[0]
        sizes = np.concatenate((ends[:1] + 1, ends[1:] - ends[:-1]))
        own = np.arange(len(ends)).repeat(sizes)
        """The line of each word."""
        mentions = self._mentions.find(words)
        bears, *cues = self._read_cues(mentions, own.take(mentions.starts), len(ends))
        known = self._words.take(words)
        votes = np.add.reduceat(known[:, 1:], ends + 1 - sizes, axis=0)
        found = (own, words + self.first_word), self._read_terms(known[:, 0], own, mentions), cues
        lines_of, units = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return LineUnits(sizes - 1, votes, bears, *_keep_distinct(lines_of, units, len(ends)))

    def find_ngrams(self, terms: Sequence[str]) -> list[tuple[int, int, int]]:
        """Learned n-grams among the terms of one sentence: where each begins, how long it is, its unit."""
        found = self._ngrams.find(np.array([*(self._ngrams.number_of(term) for term in terms), 0]))
        return sorted(zip(*(part.tolist() for part in found), strict=True))

    def _read_terms(self, terms: np.ndarray, own: np.ndarray, mentions: Mentions) -> tuple[np.ndarray, np.ndarray]:
        """Lines and units of n-grams of terms: stems, with actors made alike."""
        places, roles = self._mentions.make_alike(len(terms), mentions)
        found = self._ngrams.find(np.where(roles, self._roles.take(roles), terms.take(places)))
        return own.take(places.take(found.starts)), found.values

    def _read_cues(self, mentions: Mentions, own: np.ndarray, lines: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which cues each line bears, and lines and units of what `cues.name_sentence` names; given each mention's line."""
        at, cues = (mentions.bits[:, None] >> np.arange(len(self._alone)) & 1).nonzero()
        bears = np.zeros((lines, len(self._alone)))
        bears[own.take(at), cues] = 1
        ranks = np.arange(len(own)) - own.searchsorted(own)
        early = (ranks.take(at) < MOST_MENTIONS).nonzero()[0]
        at = at.take(early)
        return bears, *self._pair_cues(cues.take(early), own.take(at), mentions.starts.take(at))

    def _pair_cues(self, cues: np.ndarray, own: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lines and units of cues, alone and each with every later one of its line; given the line and place of each."""
        numbers = np.arange(len(cues))
        later = own.searchsorted(own, side="right") - numbers - 1
        ones, others = numbers.repeat(later), spread(numbers + 1, later)
        gaps = starts.take(others) - starts.take(ones)
        pairs, own_pairs = cues.take(ones) * len(self._alone) + cues.take(others), own.take(ones)
        after, near = gaps.nonzero()[0], ((gaps > 0) & (gaps <= NEAR)).nonzero()[0]
        units = self._alone.take(cues), self._ordered.take(pairs.take(after)), self._near.take(pairs.take(near))
        return np.concatenate((own, own_pairs.take(after), own_pairs.take(near))), np.concatenate(units)


def _keep_distinct(own: np.ndarray, units: np.ndarray, lines: int) -> tuple[np.ndarray, np.ndarray]:
    """The different units of each line, line by line, and how many the first lines have; given the line of each unit."""
    width = int(units.max()).bit_length()
    pairs = own << width | units
    pairs.sort(kind="stable")  # Faster here than the default, because most lines are in order already.
    is_first = np.ones(len(pairs), dtype=bool)
    is_first[1:] = pairs[1:] != pairs[:-1]
    pairs = pairs[is_first]
    return pairs & (1 << width) - 1, pairs.searchsorted(np.arange(lines + 1) << width)
