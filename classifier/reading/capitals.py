"""Sentences in capitals, as heads and posts shout them: there a name looks like an abbreviation."""

import re
from collections.abc import Sequence

from classifier.reading.lexicon import load_lexicon

_LOUD = re.compile(r"[A-Z]+(?:[-’'][A-Z]+)*")
_PRONOUNCED = re.compile(r"(?=.*[AEIOU]).{4,}")
"""Shorter words, and those without a vowel, are abbreviations more often than names."""


def is_loud(pieces: Sequence[str]) -> bool:
    """Whether most of a sentence is in capitals, given what stands between its blanks; pieces without a letter do not count.

    >>> is_loud("BUPATI WIRDANA HADIR!".split()), is_loud("Bupati hadiri HUT RI".split())
    (True, False)
    """
    loud = sum(map(str.isupper, pieces))
    return loud > 0 and (2 * loud > len(pieces) or 2 * loud > sum(map(_has_letter, pieces)))


def calm(token: str) -> str:
    """A token of a loud sentence, with one capital a word where it may be a name; parties keep theirs.

    >>> calm("WIRDANA"), calm("BUDI-ANI"), calm("KPU"), calm("NASDEM-PAN")
    ('Wirdana', 'Budi-Ani', 'KPU', 'NASDEM-PAN')
    """
    found = _LOUD.match(token)
    return _calm_word(found.group()) + token[found.end() :] if found else token


def _has_letter(piece: str) -> bool:
    return any(map(str.isalpha, piece))


def _calm_word(word: str) -> str:
    lexicon = load_lexicon()
    if word in lexicon.quiet_parties:
        return word.lower()
    if word.lower().removesuffix("nya") in lexicon.everyday:
        return word
    if any(part in lexicon.upper_parties or part.lower() in lexicon.parties for part in word.split("-")):
        return word
    return word.title() if word.lower() in lexicon.names or _PRONOUNCED.fullmatch(word) else word
