"""What counts once a line: its n-grams, its cues and two cues in their order, and its words; all as numbers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from classifier.reading.cues import MOST_MENTIONS, NEAR, index_cues
from classifier.reading.lines import find_term
from classifier.scoring.language import vote
from classifier.scoring.mentions import MentionFinder, Mentions
from classifier.scoring.parameters import Vocabulary
from classifier.scoring.tokens import TokenReader, spread

Pairs = tuple[np.ndarray, np.ndarray]
"""Two arrays of one length: numbers of lines, and of units that stand in them."""


class LineUnits(NamedTuple):
    """Lines as units."""

    words: np.ndarray
    """How many words each line has."""
    votes: np.ndarray
    """How many of them are Indonesian, and of how many that can be told; (lines, 2)."""
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
        self.cues = {name: unit for unit, name in enumerate(vocabulary.cues, start=self.first_cue)}
        self._mentions = MentionFinder(self.tokens)
        self._ngrams = vocabulary.word_ngrams
        self._words = self.tokens.add_table(self._describe, "q", 3)
        self._roles = np.array([0, *(self._ngrams.number_of(role) for _, role in index_cues().roles)])
        names = index_cues().names
        self._alone = np.array([self.cues.get(name, 0) for name in names])
        self._ordered = np.array([[self.cues.get(f"{one}>{other}", 0) for other in names] for one in names])
        self._near = np.array([[self.cues.get(f"{one}>>{other}", 0) for other in names] for one in names])

    def read(self, lines: Sequence[str]) -> LineUnits:
        """The units of each line. There must be a line, empty or not."""
        words = self.tokens.read(lines)
        breaks = (words == 0).nonzero()[0]
        sizes = np.concatenate((breaks[:1] + 1, breaks[1:] - breaks[:-1]))
        line_of = np.arange(len(breaks)).repeat(sizes)
        """The line of each word."""
        mentions = self._mentions.find(words)
        bears, cues = self._read_cues(mentions, line_of.take(mentions.starts), len(breaks))
        known = self._words.take(words)
        votes = np.add.reduceat(known[:, 1:], breaks + 1 - sizes, axis=0)
        found = (line_of, words + self.first_word), self._read_terms(known[:, 0], line_of, mentions), cues
        return LineUnits(sizes - 1, votes, bears, *_keep_distinct(_join(found), len(breaks)))

    def count_votes(self, texts: Sequence[str]) -> np.ndarray:
        """How many words of each text are Indonesian, and of how many that can be told; (texts, 2)."""
        words = self.tokens.read(texts)
        starts = np.append(0, (words == 0).nonzero()[0][:-1] + 1)
        return np.add.reduceat(self._words.take(words)[:, 1:], starts, axis=0)

    def find_ngrams(self, terms: Sequence[str]) -> list[tuple[int, int, int]]:
        """Learned n-grams among the terms of one sentence: where each begins, how long it is, its unit."""
        found = self._ngrams.find(np.array([*(self._ngrams.number_of(term) for term in terms), 0]))
        return sorted(zip(*(part.tolist() for part in found), strict=True))

    def _describe(self, words: list[str]) -> np.ndarray:
        """The number of each word as a term of n-grams, and its votes."""
        return np.array([(self._ngrams.number_of(find_term(word)), *vote(word)) for word in words], dtype=np.int64)

    def _read_terms(self, terms: np.ndarray, line_of: np.ndarray, mentions: Mentions) -> Pairs:
        """N-grams of terms: stems, with actors made alike. Given the term and the line of each word."""
        places, roles = self._mentions.make_alike(len(terms), mentions)
        found = self._ngrams.find(np.where(roles, self._roles.take(roles), terms.take(places)))
        return line_of.take(places.take(found.starts)), found.values

    def _read_cues(self, mentions: Mentions, line_of: np.ndarray, count: int) -> tuple[np.ndarray, Pairs]:
        """Which cues each of `count` lines bears, and what `cues.name_sentence` names. Given the line of each mention."""
        at, cues = (mentions.bits[:, None] >> np.arange(len(self._alone)) & 1).nonzero()
        bears = np.zeros((count, len(self._alone)))
        bears[line_of.take(at), cues] = 1
        ranks = np.arange(len(line_of)) - line_of.searchsorted(line_of)
        early = (ranks.take(at) < MOST_MENTIONS).nonzero()[0]
        at = at.take(early)
        return bears, self._pair_cues(cues.take(early), mentions.starts.take(at), line_of.take(at))

    def _pair_cues(self, cues: np.ndarray, starts: np.ndarray, line_of: np.ndarray) -> Pairs:
        """Cues alone, and each with every later one of its line. Given the place and the line of each."""
        numbers = np.arange(len(cues))
        later = line_of.searchsorted(line_of, side="right") - numbers - 1
        ones, others = numbers.repeat(later), spread(numbers + 1, later)
        gaps = starts.take(others) - starts.take(ones)
        after, near = gaps.nonzero()[0], ((gaps > 0) & (gaps <= NEAR)).nonzero()[0]
        lines, pairs = line_of.take(ones), cues.take(ones) * len(self._alone) + cues.take(others)
        return _join(
            (
                (line_of, self._alone.take(cues)),
                (lines.take(after), self._ordered.take(pairs.take(after))),
                (lines.take(near), self._near.take(pairs.take(near))),
            )
        )


def _join(parts: Sequence[Pairs]) -> Pairs:
    lines, units = map(np.concatenate, zip(*parts, strict=True))
    return lines, units


def _keep_distinct(pairs: Pairs, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The different units of each line, line by line, and how many the first of `count` lines have."""
    lines, units = pairs
    width = int(units.max()).bit_length()
    keys = lines << width | units
    keys.sort(kind="stable")  # Faster here than the default, because most lines are in order already.
    is_first = np.ones(len(keys), dtype=bool)
    is_first[1:] = keys[1:] != keys[:-1]
    keys = keys[is_first]
    return keys & (1 << width) - 1, keys.searchsorted(np.arange(count + 1) << width)
