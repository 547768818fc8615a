"""Whether a text is in Indonesian or one of its regional companions, or in a language that nobody trained us to read."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np

from classifier.reading.lexicon import load_lexicon
from classifier.reading.words import MASKS, read_words
from models.stemming.memo import dictionary, stem

READ_CHARACTERS = 1000
LEAST_WORDS = 5
HOME_SHARE = 0.35
"""Only texts with fewer dictionary words than this are asked about: the identifier is slow, and slang confuses it."""
SURE_SHARE = 2 * HOME_SHARE
"""Whole sentences fill more than half of a beginning, so with this share of dictionary words in them the rest does not matter."""
COMPANIONS = ["id", "ms", "jv"]
CANDIDATES = [*COMPANIONS, "en", "nl", "de", "fr", "es", "pt", "it", "tr", "vi", "th", "ar", "zh", "ja", "ko", "ru", "hi"]
SURE = 0.95


class ForeignFinder:
    """Finds texts in foreign languages, many at once."""

    def __init__(self, count_votes: Callable[[Sequence[str]], np.ndarray]):
        self._count_votes = count_votes
        """Sums of `vote` over each of some texts; there must be a text."""

    def find(self, texts: Sequence[str], votes: Iterable[Sequence[float]]) -> list[str]:
        """For each text what `find_foreign` says of it.

        `votes` are sums of `vote` over the sentences of each text that end inside of what is read. Only where they leave a
        doubt is the beginning read as a whole.
        """
        found = [""] * len(texts)
        doubtful = [row for row, (known, told) in enumerate(votes) if known < max(told, 1) * SURE_SHARE]
        if doubtful:
            beginnings = [texts[row][:READ_CHARACTERS] for row in doubtful]
            for row, beginning, is_foreign in zip(doubtful, beginnings, self._seem_foreign(beginnings), strict=True):
                found[row] = _identify(beginning) if is_foreign else ""
        return found

    def _seem_foreign(self, beginnings: list[str]) -> list[bool]:
        """Whether each beginning has so few dictionary words that the identifier is asked."""
        known, told = self._count_votes(beginnings).T
        return ((told >= LEAST_WORDS) & (known / told.clip(1) < HOME_SHARE)).tolist()


def find_foreign(text: str) -> str:
    """ISO 639-1 code of a foreign language, or nothing where the text is Indonesian, mixed, or too short to tell.

    >>> find_foreign("The district head was reported to the election supervisor after he joined the campaign on Sunday.")
    'en'
    """
    votes = [vote(word) for word in read_words(text[:READ_CHARACTERS])]
    known, told = sum(known for known, _ in votes), sum(told for _, told in votes)
    return _identify(text[:READ_CHARACTERS]) if told >= LEAST_WORDS and known / told < HOME_SHARE else ""


def vote(word: str) -> tuple[bool, bool]:
    """Whether a word is Indonesian, and whether that can be told: masks are of no language."""
    if word in MASKS:
        return False, False
    lexicon = load_lexicon()
    return word in lexicon.plain or word in lexicon.known or stem(word) in dictionary(), True


def _identify(beginning: str) -> str:
    language, probability = _identifier().classify(beginning)
    return "" if language in COMPANIONS or probability < SURE else str(language)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # Loading its model takes half a second.

    every = LanguageIdentifier.from_model_file(MODEL_FILE)
    every.set_languages(CANDIDATES)
    tables = every.nb_ptc, every.nb_pc, every.nb_classes, every.tk_nextmove, every.tk_output
    return LanguageIdentifier(*tables, norm_probs=True, tk_row=every.tk_row)  # Forgets all other languages: 28 MB.
