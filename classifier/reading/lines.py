"""One sentence as words, terms, cues and n-grams: what training counts, and what the compact scorer must equal."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from classifier.reading.cues import Mention, find_mentions, make_alike
from classifier.reading.words import MASKS, read_words
from models.stemming.memo import stem

LINE_MEMO = 200_000
"""As many different sentences as a large training set repeats."""

CHAR_SCALE = 0.2
"""A word has about five times as many character n-grams as word n-grams; this brings both to one size."""


class Line(NamedTuple):
    """One sentence as features see it."""

    words: tuple[str, ...]
    terms: tuple[str, ...]
    """Stems, with actors made alike: what word n-grams are made of."""
    starts: tuple[int, ...]
    """The word at which each term begins."""
    mentions: tuple[Mention, ...]
    bits: int


@lru_cache(maxsize=LINE_MEMO)
def read_line(line: str) -> Line:
    """Words, terms and cues of one sentence.

    >>> read_line("Camat Sukamulya mendukung paslon 2").terms
    ('<asn>', 'NAMA', 'dukung', '<peserta>', 'ANGKA')
    """
    words = read_words(line)
    mentions = find_mentions(words)
    bits = 0
    for mention in mentions:
        bits |= mention.bits
    alike = make_alike(words, mentions)
    terms = tuple(find_term(word) for _, word in alike)
    return Line(words, terms, tuple(start for start, _ in alike), tuple(mentions), bits)


def find_term(word: str) -> str:
    """The stem of a word; masks and roles stay as they are."""
    return word if word in MASKS or word[0] == "<" else stem(word)


def list_word_ngrams(terms: Sequence[str], smallest: int, largest: int) -> list[str]:
    """The different n-grams of the terms of one sentence: a list that says "puskesmas" seven times says it once."""
    return list(
        dict.fromkeys(
            " ".join(terms[at : at + size]) for size in range(smallest, largest + 1) for at in range(len(terms) - size + 1)
        )
    )


def list_char_ngrams(word: str, smallest: int, largest: int) -> list[str]:
    """N-grams of characters inside one word, with a blank at each end; none of a mask."""
    if word in MASKS:
        return []
    padded = f" {word} "
    return [padded[at : at + size] for size in range(smallest, largest + 1) for at in range(len(padded) - size + 1)]
