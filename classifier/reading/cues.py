"""Cues (isyarat): which meanings a sentence bears, in which order, and the sentence with its actors made alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from typing import NamedTuple

from classifier.errors import ConfigError
from classifier.reading.lexicon import load_lexicon
from classifier.reading.words import MASKS, NUMBER, read_token
from models.stemming.memo import stem

NEAR = 6
"""Words between the beginnings of two cues that stand near each other, at most."""
MOST_MENTIONS = 40
"""A sentence with more is a list, and pairs grow with the square."""


class Mention(NamedTuple):
    """A word or phrase that bears cues: the words `start` to `end` (half open), and the cues as bits."""

    start: int
    end: int
    bits: int


@dataclass(frozen=True)
class CueIndex:
    """The lexicon's cues as bits."""

    names: tuple[str, ...]
    word_bits: dict[str, int]
    stem_bits: dict[str, int]
    unshown: dict[str, int]
    """Cues that a word weighs as, and that are not told for it."""
    phrases: dict[tuple[str, ...], int]
    """Of several words; their beginnings too, with no bits."""
    roles: tuple[tuple[int, str], ...]
    """Bits of cues that stand in for their words, and the word in their place; in the order of the bits."""
    covers: int
    absent: tuple[tuple[int, str], ...]


@cache
def index_cues() -> CueIndex:
    """The cues of the lexicon, indexed once."""
    word_bits: dict[str, int] = {}
    stem_bits: dict[str, int] = {}
    unshown: dict[str, int] = {}
    phrases: dict[tuple[str, ...], int] = {}
    cues = load_lexicon().cues
    for number, cue in enumerate(cues):
        for word in cue.stems:
            stem_bits[word] = stem_bits.get(word, 0) | 1 << number
        for word in cue.unshown:
            unshown[word] = unshown.get(word, 0) | 1 << number
        for phrase in map(read_phrase, cue.phrases):
            if len(phrase) == 1:
                word_bits[phrase[0]] = word_bits.get(phrase[0], 0) | 1 << number
            else:
                phrases[phrase] = phrases.get(phrase, 0) | 1 << number
                for size in range(1, len(phrase)):
                    phrases.setdefault(phrase[:size], 0)
    bits = {cue.name: 1 << number for number, cue in enumerate(cues)}
    return CueIndex(
        names=tuple(bits),
        word_bits=word_bits,
        stem_bits=stem_bits,
        unshown=unshown,
        phrases=phrases,
        roles=tuple((bits[cue.name], f"<{cue.name}>") for cue in cues if cue.is_role or cue.covers),
        covers=sum(bits[cue.name] for cue in cues if cue.covers),
        absent=tuple((sum(bits[name] for name in own), absent) for absent, own in load_lexicon().absent.items()),
    )


def read_phrase(phrase: Sequence[str]) -> tuple[str, ...]:
    """The words of a cue as reading gives them: spelled out, and with numbers masked, as those of texts are.

    >>> read_phrase(("salah", "satu", "calon")), read_phrase(("ANGKA", "asn"))
    (('salah', 'ANGKA', 'calon'), ('ANGKA', 'asn'))
    """
    return tuple(read for word in phrase for read in ((word,) if word in MASKS else _read_cue_word(word)))


def _read_cue_word(word: str) -> tuple[str, ...]:
    read = read_token(word)
    if not read or MASKS.intersection(read) - {NUMBER}:
        raise ConfigError(f"lexicon.yml: texts never show the cue word {word!r}, which is read as {read}; take it out")
    return read


def cue_names() -> tuple[str, ...]:
    """Names of the cues, in the order of their bits."""
    return index_cues().names


@lru_cache(maxsize=200_000)
def bits_of(word: str) -> int:
    """The cues that a word bears by itself."""
    index = index_cues()
    bits = index.word_bits.get(word, 0)
    return (
        bits | index.stem_bits.get(word, 0) if word in MASKS or not word.islower() else bits | index.stem_bits.get(stem(word), 0)
    )


def find_mentions(words: Sequence[str]) -> list[Mention]:
    """The cues of one sentence where they stand, in order.

    >>> [(found.start, name) for found in find_mentions(("camat", "pasang", "baliho"))
    ...     for bit, name in enumerate(cue_names()) if found.bits >> bit & 1]
    [(0, 'asn'), (1, 'atribut'), (2, 'atribut')]
    """
    mentions, phrases = list[Mention](), index_cues().phrases
    for position, word in enumerate(words):
        bits = bits_of(word)
        if bits:
            mentions.append(Mention(position, position + 1, bits))
        if (word,) in phrases:
            mentions += _find_phrases(words, position)
    return _drop_covered(mentions)


def _find_phrases(words: Sequence[str], position: int) -> list[Mention]:
    """Phrases of several words that begin at a position, the shortest first."""
    phrases, found, end = index_cues().phrases, list[Mention](), position + 2
    while end <= len(words) and (bits := phrases.get(tuple(words[position:end]))) is not None:
        if bits:
            found.append(Mention(position, end, bits))
        end += 1
    return found


def _drop_covered(mentions: list[Mention]) -> list[Mention]:
    """Without the mentions that lie inside of a topic: in "pelanggaran netralitas ASN" nobody acts yet."""
    topics = [mention for mention in mentions if mention.bits & index_cues().covers]
    if not topics:
        return mentions
    return [
        mention
        for mention in mentions
        if mention in topics or not any(topic.start <= mention.start and mention.end <= topic.end for topic in topics)
    ]


def drop_unshown(words: Sequence[str], mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions of one sentence, without cues that their words only weigh as. Phrases mean what they say.

    >>> bits = [mention.bits for mention in drop_unshown(("bagian", "unggahan"), find_mentions(("bagian", "unggahan")))]
    >>> [[name for bit, name in enumerate(cue_names()) if own >> bit & 1] for own in bits]
    [[], ['medsos']]
    """
    return [
        mention._replace(bits=mention.bits & ~_unshown_of(words[mention.start])) if mention.end - mention.start == 1 else mention
        for mention in mentions
    ]


def _unshown_of(word: str) -> int:
    unshown = index_cues().unshown
    return unshown.get(word, 0) | unshown.get(word.removesuffix("nya"), 0)


def find_cues(words: Sequence[str]) -> int:
    """All cues of one sentence, as bits."""
    return _join(find_mentions(words))


def make_alike(words: Sequence[str], mentions: Iterable[Mention]) -> list[tuple[int, str]]:
    """The words, with every actor replaced by the role that it plays, so that all offices count as one; each with its place.

    Actors of one role that stand side by side ("guru PNS") are one.

    >>> words = ("kepala", "dinas", "sosial", "dukung", "paslon")
    >>> make_alike(words, find_mentions(words))
    [(0, '<asn>'), (2, 'sosial'), (3, 'dukung'), (4, '<peserta>')]
    """
    roles: dict[int, tuple[int, str]] = {}
    for mention in mentions:
        for bit, role in index_cues().roles:
            if mention.bits & bit and mention.end > roles.get(mention.start, (0, ""))[0]:
                roles[mention.start] = (mention.end, role)
    if not roles:
        return list(enumerate(words))
    alike, position = list[tuple[int, str]](), 0
    while position < len(words):
        end, word = roles.get(position, (position + 1, words[position]))
        if word[0] != "<" or not alike or alike[-1][1] != word:
            alike.append((position, word))
        position = end
    return alike


def name_sentence(mentions: Sequence[Mention]) -> set[str]:
    """Features of one sentence: each cue, and each two in their order; `>>` where the second follows near.

    >>> sorted(name_sentence(find_mentions(("camat", "pasang", "baliho"))))
    ['asn', 'asn>>atribut', 'asn>atribut', 'atribut', 'atribut>>atribut', 'atribut>atribut']
    """
    split = [(mention.start, _names_of(mention.bits)) for mention in mentions[:MOST_MENTIONS]]
    names = {name for _, own in split for name in own}
    for (start, own), (later, others) in combinations(split, 2):
        if later > start:
            names.update(f"{one}>{other}" for one in own for other in others)
            if later - start <= NEAR:
                names.update(f"{one}>>{other}" for one in own for other in others)
    return names


@lru_cache(maxsize=50_000)
def name_window(bits: int) -> tuple[str, ...]:
    """Features of a window with these cues: each two of them and of what it lacks, wherever they stand in it.

    What it lacks counts alone too: a village head beside no civil servant is `bukan_asn~tanpa_asn`.
    """
    lacking = tuple(name for group, name in index_cues().absent if not bits & group)
    return (*lacking, *(f"{one}~{other}" for one, other in combinations((*_names_of(bits), *lacking), 2)))


@lru_cache(maxsize=10_000)
def _names_of(bits: int) -> tuple[str, ...]:
    return tuple(name for number, name in enumerate(cue_names()) if bits >> number & 1)


def _join(mentions: Iterable[Mention]) -> int:
    bits = 0
    for mention in mentions:
        bits |= mention.bits
    return bits
