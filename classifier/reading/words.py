"""Words of one sentence as features see them: spelled out, lower case, and blind to who is meant.

Parties, ballot numbers, regions and names become masks, so that no side moves the score. What a person reads is
never changed: masks live in features only.
"""

import re
from functools import lru_cache

from classifier.reading.capitals import calm, is_loud
from classifier.reading.lexicon import load_lexicon
from classifier.reading.text import FINGERS
from models.stemming.memo import dictionary, stem

PARTY, NUMBER, BIG_NUMBER, YEAR, NAME, HAND, ACCOUNT = "PARTAI", "ANGKA", "BILANGAN", "TAHUN", "NAMA", "JARI", "AKUN"
MASKS = frozenset({PARTY, NUMBER, BIG_NUMBER, YEAR, NAME, HAND, ACCOUNT})
LONGEST_TOKEN = 40  # Nothing longer is a word of any language here, and stemming it could take minutes.
LARGEST_BALLOT_NUMBER = 24  # Parties on the ballot of 2024.

# Joints of words. What continues a thing has the bit left of what begins it: `before << 1 & after` tells how two words meet.
_BEGINS_PARTY, _CONTINUES_PARTY = 1, 2
_BEGINS_NAME, _CONTINUES_NAME = 4, 8
_BEGINS_NAMED_PARTY, NAMES_PARTY = 16, 32
"""The word "partai", and the words that are a party after it and only there: "Partai Buruh"."""
_BEGINS_ORDINAL, COUNTS = 64, 128
"""Words that a ballot number follows, and ordinals, which are one there and only there: "paslon kedua"."""
_BEGINS_NAMESAKE, IS_NAMESAKE = 256, 512
"""Words behind which the short name of a party is something else, and such names: "bayar PBB"."""
MELTS = _CONTINUES_PARTY | _CONTINUES_NAME
PARTY_JOINT = _BEGINS_PARTY | _CONTINUES_PARTY
NAME_JOINT = _BEGINS_NAME | _CONTINUES_NAME

_TOKEN = re.compile(rf"https?://\S+|www\.\S+|[@#]?\w+(?:[-’']\w+)*(?:[.,]\d+)*|[{FINGERS}]")
_REPEATED = re.compile(r"([^\W\d])\1{2,}")
_DOUBLED = re.compile(r"^([^\W\d]{3,})[2²]$")
_NUMBERED = re.compile(r"([^\W\d]{2,}?)([.,_’'-]?)(\d+(?:[.,]\d+)*)")
_GLUED = re.compile(r"[^\W\d]{3,}(?!2$)\d{1,2}")
_ORDINAL = re.compile(r"ke-?\d{1,2}|[IVX]|i{2,3}|iv|vi{1,3}|ix")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def read_words(sentence: str) -> tuple[str, ...]:
    """Normalised and masked words of a sentence.

    >>> read_words("Camat Sukamulya ajak warga plh paslon no 2 dari Gerindra!")
    ('camat', 'NAMA', 'ajak', 'warga', 'pilih', 'paslon', 'nomor', 'ANGKA', 'dari', 'PARTAI')
    """
    return tuple([word for word, _ in find_words(sentence)])


def find_words(sentence: str) -> list[tuple[str, str]]:
    """Words of a sentence, each with the token that it was read from, as written.

    What only continues a party or a name melts into the mask before it.
    """
    tokens, is_calmed = find_tokens(sentence), is_loud(sentence.split())
    words, before, position = list[tuple[str, str]](), 0, 0
    while position < len(tokens):
        token = tokens[position]
        length = _count_region_words(tokens, position)
        position += length or 1
        for word in (NAME,) if length else read_token(calm(token) if is_calmed else token):
            joint = find_joint(word, token)
            meeting = before << 1 & joint
            if meeting & MELTS:
                continue
            if meeting & NAMES_PARTY:
                word, joint = PARTY, PARTY_JOINT
            elif meeting & IS_NAMESAKE:
                word, joint = NAME, NAME_JOINT
            elif meeting & COUNTS:
                word, joint = NUMBER, 0
            words.append((word, token))
            before = joint
    return words


def find_tokens(text: str) -> list[str]:
    """Tokens of a text as written. None of them holds white space, so that a text may be cut there first."""
    return _TOKEN.findall(text)


@lru_cache(maxsize=200_000)
def find_joint(word: str, token: str) -> int:
    """How a word that was read from a token meets its neighbours, as bits: what it begins, and what it may continue."""
    lexicon = load_lexicon()
    if word == PARTY:
        return PARTY_JOINT | (IS_NAMESAKE if token.lower() in lexicon.namesakes else 0)
    joint = COUNTS if _is_ordinal(token) else 0
    if word == NAME:
        return NAME_JOINT | joint
    joint |= _BEGINS_NAMED_PARTY if word == "partai" else 0
    joint |= _BEGINS_NAMESAKE if word in lexicon.before_namesake else 0
    joint |= _BEGINS_ORDINAL if word in lexicon.ballot else 0
    joint |= _CONTINUES_PARTY if word in lexicon.party_tail else 0
    joint |= _CONTINUES_NAME if word in lexicon.compass and token[0].isupper() else 0
    return joint | (NAMES_PARTY if word in lexicon.after_partai else 0)


def _count_region_words(tokens: list[str], position: int) -> int:
    """How many tokens from here are the name of one region of several words ("Tanah Laut"); 0 where none begins."""
    first = tokens[position]
    if not first[0].isupper():
        return 0
    for name in load_lexicon().long_regions.get(first.lower(), ()):
        if len(tokens) - position >= len(name) and all(tokens[position + at].lower() == part for at, part in enumerate(name)):
            return len(name)
    return 0


@lru_cache(maxsize=200_000)
def read_token(token: str) -> tuple[str, ...]:
    """What one written token counts as: nothing, one word or several."""
    if token.startswith(("http://", "https://", "www.")) or len(token) > LONGEST_TOKEN:
        return ()
    if token[0] == "@":
        return (ACCOUNT,)
    if token[0] == "#":
        return tuple(word for part in _CAMEL.findall(token) for word in read_token(part))
    if token in FINGERS:
        return (HAND,)
    if token[0].isdigit():
        return (_mask_number(token),)
    return _read_letters(token)


def _mask_number(token: str) -> str:
    digits = re.sub(r"\D", "", token)
    if not digits.isascii():
        return BIG_NUMBER
    if len(digits) == 4 and digits[:2] in {"19", "20"}:
        return YEAR
    return NUMBER if int(digits or 0) <= LARGEST_BALLOT_NUMBER else BIG_NUMBER


def _read_letters(token: str) -> tuple[str, ...]:
    lexicon = load_lexicon()
    if all(map(_is_party, token.split("-"))):
        return (PARTY,)
    if numbered := _split_number(token):
        return (*read_token(numbered[0]), _mask_number(numbered[1]))
    word = token.lower().replace("’", "'")
    if word not in lexicon.known and word not in lexicon.parties:
        word = _REPEATED.sub(r"\1", word)  # "gasss" is gas, but PPPK stays PPPK.
    if word[-1].isdigit():
        word = _DOUBLED.sub(r"\1", word)
    if word in lexicon.parties:
        return (PARTY,)
    if word in lexicon.numbers:
        return (NUMBER,)
    if _is_region(token, word):
        return (NAME,)
    if word in lexicon.slang:
        return lexicon.slang[word]
    return (NAME,) if _is_name(token, word) else (word,)


def _split_number(token: str) -> tuple[str, str] | None:
    """Word and number of a token that holds both ("no.2", "paslon02"); behind most words a 2 only doubles them ("teman2")."""
    found = _NUMBERED.fullmatch(token)
    if not found:
        return None
    word, sign, number = found.groups()
    if sign in {".", ",", "_"}:  # A hyphen belongs to the word, as in "covid-19".
        return word, number
    lexicon = load_lexicon()
    is_ballot = word.lower() in lexicon.ballot or (not sign and word.lower() in lexicon.glued)
    return (word, number) if is_ballot or _GLUED.fullmatch(token) else None


def _is_ordinal(token: str) -> bool:
    """Small letters do for Roman numbers of several: "I" alone counts, and "i" is anything."""
    return bool(token.lower() in load_lexicon().ordinals or _ORDINAL.fullmatch(token) or _ORDINAL.fullmatch(token.lower()))


def _is_party(part: str) -> bool:
    lexicon = load_lexicon()
    return part in lexicon.upper_parties or part.lower() in lexicon.parties


def _is_region(token: str, word: str) -> bool:
    """Small letters do for names that are no words ("kebumen"); "Bone" needs its capital, and "Toli-Toli" both parts."""
    regions = load_lexicon().regions
    if word in regions or (token[0].isupper() and word.capitalize() in regions):
        return True
    parts = token.split("-")
    return len(parts) > 1 and all(part and _is_region(part, part.lower()) for part in parts)


def _is_name(token: str, word: str) -> bool:
    """A capitalised word that no dictionary knows; abbreviations in capitals are offices more often than people."""
    if not token[0].isupper() or (token.isupper() and len(token) > 1):
        return False
    lexicon = load_lexicon()
    if word in lexicon.known or word in lexicon.names:
        return word not in lexicon.known
    parts = word.split("-")
    if len(parts) > 1 and all(part[0].isupper() for part in token.split("-")):
        return lexicon.known.isdisjoint(parts) and any(map(_may_be_name, parts))  # "Setia-Wirdana": candidates side by side.
    return not _is_dictionary_word(word)


def _may_be_name(part: str) -> bool:
    return part in load_lexicon().names or (len(part) > 2 and not _is_dictionary_word(part))


def _is_dictionary_word(word: str) -> bool:
    return word in dictionary() or any(stem(part) in dictionary() for part in word.split("-"))
