"""Cues in a row of words' numbers: what `cues` finds sentence by sentence, for thousands of sentences at once."""

from functools import cache
from typing import NamedTuple

import numpy as np

from classifier.errors import ConfigError
from classifier.reading.cues import bits_of, index_cues
from classifier.scoring.sequences import Sequences
from classifier.scoring.tokens import TokenReader

MOST_CUES = 63
"""As many bits as a number of an array has."""


class Mentions(NamedTuple):
    """Words and phrases of a row that bear cues, in order: arrays of one length, places half open."""

    starts: np.ndarray
    ends: np.ndarray
    bits: np.ndarray

    def take(self, places: np.ndarray) -> "Mentions":
        return Mentions(self.starts.take(places), self.ends.take(places), self.bits.take(places))


class MentionFinder:
    """Finds the mentions of cues in the rows of one reader."""

    def __init__(self, reader: TokenReader):
        index = index_cues()
        if len(index.names) > MOST_CUES:
            raise ConfigError(f"lexicon.yml: has {len(index.names)} cues, at most {MOST_CUES} can be read; join some")
        self._phrases = _index_phrases()
        self._words = reader.add_table(self._describe, "q", 2)
        self._covers = index.covers
        self._role_bits = np.array([bit for bit, _ in index.roles], dtype=np.int64)
        self._is_role = int(self._role_bits.sum())

    def find(self, words: np.ndarray) -> Mentions:
        """Mentions by their starts, the shorter ones of one start first; those that lie inside of a topic are left out."""
        bits, phrase_words = self._words.take(words).T
        single = bits.nonzero()[0]
        found = self._phrases.find(phrase_words)
        starts = np.concatenate((single, found.starts))
        ends = np.concatenate((single + 1, found.starts + found.sizes))
        mentions = Mentions(starts, ends, np.concatenate((bits.take(single), found.values)))
        return self._drop_covered(mentions.take(starts.argsort(kind="stable")))  # Phrases are found by their length.

    def make_alike(self, size: int, mentions: Mentions) -> tuple[np.ndarray, np.ndarray]:
        """The places of a row of `size` words that stay when every actor becomes its role, and the roles there.

        Roles are counted from 1, in the order of the cues' index; 0 is a word that plays none.
        """
        acting = mentions.take((mentions.bits & self._is_role).nonzero()[0])
        own = acting.bits & self._is_role
        numbers = self._role_bits.searchsorted(own & -own) + 1
        ranges = zip(acting.starts.tolist(), acting.ends.tolist(), numbers.tolist(), strict=True)
        longest = {start: (end, role) for start, end, role in ranges}
        roles, stays = np.zeros(size, dtype=np.int64), np.ones(size, dtype=bool)
        last = (0, 0)
        for start, (end, role) in longest.items():  # Few, so that Python is as fast as arrays.
            if start < last[0]:
                continue
            stays[start] = (start, role) != last
            stays[start + 1 : end] = False
            roles[start] = role
            last = end, role
        places = stays.nonzero()[0]
        return places, roles.take(places)

    def _describe(self, words: list[str]) -> np.ndarray:
        """The cues that words bear by themselves, and their numbers as words of phrases."""
        return np.array([(bits_of.__wrapped__(word), self._phrases.number_of(word)) for word in words], dtype=np.int64)

    def _drop_covered(self, mentions: Mentions) -> Mentions:
        """Without those that lie inside of a topic, as in `cues.find_mentions`."""
        is_topic = mentions.bits & self._covers != 0
        if not is_topic.any():
            return mentions
        topics = mentions.take(is_topic.nonzero()[0])
        reach = np.concatenate(([0], np.maximum.accumulate(topics.ends)))
        """How far the topics go that begin at or before a place: none, the first, the first two."""
        before = topics.starts.searchsorted(mentions.starts, side="right")
        return mentions.take((is_topic | (reach.take(before) < mentions.ends)).nonzero()[0])


@cache
def _index_phrases() -> Sequences:
    return Sequences.from_names(index_cues().phrases)
