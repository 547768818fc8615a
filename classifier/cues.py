"""Cues (isyarat): which meanings a sentence bears, alone and together."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations

from classifier.lexicon import load_lexicon
from classifier.stems import stem


@dataclass(frozen=True)
class _Index:
    names: tuple[str, ...]
    stem_bits: dict[str, int]
    phrases: dict[str, tuple[tuple[tuple[str, ...], int], ...]]


@cache
def _index() -> _Index:
    stem_bits: dict[str, int] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    cues = load_lexicon().cues
    for number, cue in enumerate(cues):
        for word in cue.stems:
            stem_bits[word] = stem_bits.get(word, 0) | 1 << number
        for phrase in cue.phrases:
            phrases.setdefault(phrase[0], []).append((phrase, 1 << number))
    return _Index(tuple(cue.name for cue in cues), stem_bits, {word: tuple(found) for word, found in phrases.items()})


def cue_names() -> tuple[str, ...]:
    """Names of the cues, in the order of their bits."""
    return _index().names


@lru_cache(maxsize=50_000)
def find_cues(words: tuple[str, ...]) -> int:
    """The cues of one sentence, as bits.

    >>> [name for bit, name in enumerate(cue_names()) if find_cues(("camat", "pasang", "baliho")) >> bit & 1]
    ['asn', 'atribut']
    """
    index, bits = _index(), 0
    for position, word in enumerate(words):
        bits |= index.stem_bits.get(word, 0) or (index.stem_bits.get(stem(word), 0) if word.islower() else 0)
        for phrase, bit in index.phrases.get(word, ()):
            if words[position : position + len(phrase)] == phrase:
                bits |= bit
    return bits


@lru_cache(maxsize=50_000)
def name_cues(sentences: tuple[int, ...], sentence_order: int, window_order: int) -> tuple[str, ...]:
    """Feature names that a window of sentences switches on.

    `asn+acara` means both in one sentence, `asn~acara` both somewhere in the window.
    """
    together = 0
    names: set[str] = set()
    for bits in sentences:
        together |= bits
        names.update(_combine(bits, sentence_order, "+"))
    names.update(_combine(together, window_order, "~", smallest=2))
    return tuple(sorted(names))


def all_cue_names(sentence_order: int, window_order: int) -> list[str]:
    """Every name that `name_cues` can give."""
    everything = (1 << len(cue_names())) - 1
    return sorted([*_combine(everything, sentence_order, "+"), *_combine(everything, window_order, "~", smallest=2)])


def _combine(bits: int, order: int, sign: str, *, smallest: int = 1) -> Iterable[str]:
    present = [name for number, name in enumerate(cue_names()) if bits >> number & 1]
    for size in range(smallest, order + 1):
        yield from (sign.join(names) for names in combinations(present, size))
