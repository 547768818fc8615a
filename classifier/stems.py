"""Stems by Sastrawi behind a bounded exact memo."""

from functools import cache, lru_cache
from importlib import metadata

from classifier.errors import StemmerError

MEMO_SIZE = 200_000
SLOW_NAMESAKE = "sastrawi"  # Same import package, a thousand times slower.


@lru_cache(maxsize=MEMO_SIZE)
def stem(word: str) -> str:
    """The stem of one lower-case word, exactly as Sastrawi gives it.

    >>> stem("mendukung")
    'dukung'
    """
    return _stemmer().stem_word(word)


@cache
def dictionary() -> frozenset[str]:
    """Sastrawi's root words: a capitalised word outside of it is likely a name."""
    return frozenset(_factory().get_words())


@cache
def _factory():
    refuse_slow_namesake({distribution.name.lower() for distribution in metadata.distributions() if distribution.name})
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory  # Only after the check: both share this package.

    return StemmerFactory()


@cache
def _stemmer():
    from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary
    from Sastrawi.Stemmer.Stemmer import Stemmer

    # The bare stemmer: the factory's own one remembers without bound.
    return Stemmer(ArrayDictionary(_factory().get_words()))


def refuse_slow_namesake(installed: set[str]) -> None:
    """Raise where the slow `Sastrawi` distribution would be imported instead of PySastrawi."""
    if SLOW_NAMESAKE in installed or "pysastrawi" not in installed:
        raise StemmerError("the stemmer must be PySastrawi>=1.2.1: pip uninstall Sastrawi; pip install 'PySastrawi>=1.2.1'")
