"""A text as a set of numbers: MinHash by the smallest hashes of its word triples.

Of two texts under one limit the smallest hashes are the same random sample, so what two sketches share estimates what
the texts share: as a part of both (similarity) and as a part of the shorter one (containment). MinHash with one hash a
permutation, as libraries make it, knows only the first.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from crawler.duplicates.formulas import FUNCTION_WORDS, read_formulas

Hashes = NDArray[np.uint64]
Values = NDArray[np.uint32]

SHORT = 8
"""Below so many words a text is compared as a whole only."""
TRIPLE = 3
SEAM = 5
"""So few triples between two pieces of fixed texts belong to neither story."""
SPACE = 1 << 48
"""Hashes have 48 bits: numbers that both engines keep in few bytes, and with room for 10 million items."""
KEY_SHARE, ASKED_SHARE = 12, 8
"""One triple in twelve is a key under which the text is found; one in eight of a new text's is looked up."""
KEYS, ASKED = (12, 48), (24, 96)
"""At least and at most so many, however short or long the text."""
MOST_VALUES = 512
MOST_CHARACTERS = 200_000
WORD = re.compile(r"\w+")
MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


@dataclass(frozen=True)
class Sketch:
    """What is kept of a text to compare it by."""

    values: Values
    """The smallest hashes, ascending, their upper 32 bits."""
    keys: list[int]
    """Hashes under which others find it."""
    asked: list[int]
    """Hashes under which it looks for others: `keys` and some more, for others may be much shorter or longer."""
    word_count: int
    text_hash: int
    """Equal where the words are equal, whatever their case, their punctuation and the spaces between them."""

    @property
    def is_short(self) -> bool:
        return self.word_count < SHORT


def draw_sketch(text: str) -> Sketch | None:
    """The sketch of a text; None for one that holds nothing but space and fixed formulas."""
    text = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).casefold()
    words = WORD.findall(text)
    if len(words) < SHORT:
        return _draw_whole(text, len(words))
    hashes = _sort_once(_drop_formulas(hash_triples(words)))
    if not len(hashes):
        return None
    return Sketch(
        values=(hashes[:MOST_VALUES] >> np.uint64(16)).astype(np.uint32),
        keys=_take(hashes, KEY_SHARE, KEYS),
        asked=_take(hashes, ASKED_SHARE, ASKED),
        word_count=len(words),
        text_hash=_hash(" ".join(words)),
    )


def hash_triples(words: list[str]) -> Hashes:
    """The hashes of three words in a row, in the order of the text. Function words are passed over: editors change them."""
    singles = np.fromiter(map(_word_hashes.__getitem__, words), np.uint64, len(words))
    content = singles[singles != 0]
    if len(content) < TRIPLE:
        content = singles
    first, second, third = (content[place : len(content) - TRIPLE + 1 + place] for place in range(TRIPLE))
    mixed = first * np.uint64(MULTIPLIERS[0]) + second * np.uint64(MULTIPLIERS[1]) + third * np.uint64(MULTIPLIERS[2])
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(MULTIPLIERS[1])
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(MULTIPLIERS[0])
    return mixed >> np.uint64(16)


@cache
def formula_hashes() -> Hashes:
    """The triples of pledges, oaths, rules and footers that many different texts quote."""
    parts = [hash_triples(WORD.findall(wording.casefold())) for formula in read_formulas() for wording in formula.wordings]
    return _sort_once(np.concatenate(parts))


def _sort_once(hashes: Hashes) -> Hashes:
    """As numpy.unique, which takes a longer way with numbers in these amounts."""
    hashes.sort()
    is_new = np.empty(len(hashes), bool)
    is_new[:1] = True
    np.not_equal(hashes[1:], hashes[:-1], out=is_new[1:])
    return hashes[is_new]


def _drop_formulas(hashes: Hashes) -> Hashes:
    """Without the triples of fixed texts, and without those few that stand between two of them: "kedua", a dash, a seam."""
    known = formula_hashes()
    is_fixed = known[np.minimum(np.searchsorted(known, hashes), len(known) - 1)] == hashes
    places = np.flatnonzero(is_fixed)
    for gap in np.flatnonzero(np.diff(places) <= SEAM).tolist():
        is_fixed[places[gap] : places[gap + 1]] = True
    return hashes[~is_fixed]


def _draw_whole(text: str, word_count: int) -> Sketch | None:
    """A short text has one value: itself, with its emoji and marks, without its spaces."""
    whole = "".join(text.split())
    if not whole:
        return None
    value = _hash(f"short:{whole}")
    return Sketch(np.array([value >> 16], np.uint32), [value], [value], word_count, value)


def _take(hashes: Hashes, share: int, bounds: tuple[int, int]) -> list[int]:
    least, most = bounds
    below = int(np.searchsorted(hashes, np.uint64(SPACE // share)))
    return hashes[: min(max(below, least), most)].tolist()


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=6).digest())


class _WordHashes(dict[str, int]):
    """The hashes of words met before, 0 for function words; emptied when it is full, for the web never runs out of words."""

    MOST = 200_000

    def __missing__(self, word: str) -> int:
        if len(self) >= self.MOST:
            self.clear()
        digest = blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
        value = 0 if word in FUNCTION_WORDS else int.from_bytes(digest) | 1
        self[word] = value
        return value


_word_hashes = _WordHashes()
