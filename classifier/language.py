"""Whether a text is in Indonesian or one of its regional companions, or in a language that nobody trained us to read."""

from functools import cache
from typing import Any

from classifier.lexicon import load_lexicon
from classifier.stems import dictionary, stem
from classifier.words import MASKS, read_words

READ_CHARACTERS = 1000
LEAST_WORDS = 5
HOME_SHARE = 0.35
"""Only texts with fewer dictionary words than this are asked about: the identifier is slow, and slang confuses it."""
COMPANIONS = ["id", "ms", "jv"]
CANDIDATES = [*COMPANIONS, "en", "nl", "de", "fr", "es", "pt", "it", "tr", "vi", "th", "ar", "zh", "ja", "ko", "ru", "hi"]
SURE = 0.95


def find_foreign(text: str) -> str:
    """ISO 639-1 code of a foreign language, or nothing where the text is Indonesian, mixed, or too short to tell.

    >>> find_foreign("The district head was reported to the election supervisor after he joined the campaign on Sunday.")
    'en'
    """
    beginning = text[:READ_CHARACTERS]
    share = _share_known(beginning)
    if share is None or share >= HOME_SHARE:
        return ""
    language, probability = _identifier().classify(beginning)
    return "" if language in COMPANIONS or probability < SURE else str(language)


def _share_known(text: str) -> float | None:
    words = [word for word in read_words(text) if word not in MASKS]
    if len(words) < LEAST_WORDS:
        return None
    lexicon = load_lexicon()
    known = sum(word in lexicon.plain or word in lexicon.known or stem(word) in dictionary() for word in words)
    return known / len(words)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # Loading its model takes half a second.

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(CANDIDATES)
    return identifier
