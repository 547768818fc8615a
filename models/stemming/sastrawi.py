"""Stems as PySastrawi's `Stemmer.stem_word` gives them, letter for letter, at a small part of its cost.

The algorithm is that of Nazief and Adriani with its later repairs (confix stripping, "pengembalian akhiran"). PySastrawi
runs some fifty patterns over every word and compiles a new one for each affix; here a word's first letters choose the
few rules that can apply, and each rule is a slice. Numbers of rules are those of the literature and of PySastrawi.

What looks odd is kept on purpose, because trained classifiers know these stems and no others.
"""

import re
from collections.abc import Callable, Iterable

Readings = tuple[str, ...]
"""What may be left of a word without its prefix: the first one that is a root counts, or else the last one."""

LONGEST_SHORT_WORD = 3
MOST_PREFIXES = 3

_VOWELS = frozenset("aiueo")
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxyz")
_LETTERS = _VOWELS | _CONSONANTS
_LIQUIDS = frozenset("lrwy")
_OBSTRUENTS = _CONSONANTS - _LIQUIDS - frozenset("mn")

_ENCLITICS = frozenset({"ku", "mu", "nya", "lah", "kah", "tah", "pun"})
_PARTICLES = frozenset({"lah", "kah", "tah", "pun"})
_DERIVATIONS = ("isasi", "isme", "kan", "an", "is", "i")  # Longest first.
_PLAIN_PREFIXES = frozenset({"di", "ke", "se"})
_PREFIX_FIRST: dict[str, str | tuple[str, ...]] = {"be": ("lah", "an"), "me": "i", "di": "i", "pe": "i", "ter": "i"}
"""Circumfixes of which the prefix is tried first."""

_PATTERN_MARKS = frozenset("\\.^$*+?{}[]|()")


class Stemmer:
    """Finds stems among given roots; it never changes after it is made, so threads may share it.

    >>> Stemmer(["tari", "tiru"]).stem("menari-narikan")
    'tari'
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._roots = frozenset(word for word in words if word.strip())

    def stem(self, word: str) -> str:
        """The stem of one lower-case word without line breaks, or the word itself where no root is found.

        Like the original, it raises `re.error` where what is left of a word would be a bad pattern, as in `di(`.
        """
        return self._stem_pair(word) if _is_pair(word) else self._stem_single(word)

    def _stem_pair(self, word: str) -> str:
        """The stem that both halves of a reduplicated word share, such as `balas` of `berbalas-balasan`."""
        first, _, second = word.rpartition("-")
        if second in _ENCLITICS:
            first, _, middle = first.rpartition("-")
            second = f"{middle}-{second}"
        stem, other = self._stem_single(first), self._stem_single(second)
        if other == second and second not in self._roots:
            other = self._stem_single("me" + second)  # The second half of `meniru-nirukan` lost its me-.
        return stem if stem == other else word

    def _stem_single(self, word: str) -> str:
        if word in self._roots:
            return word
        if len(word) <= LONGEST_SHORT_WORD:
            return self._stem_short(word)
        if _takes_prefix_first(word):
            stem, _ = self._strip_suffixes(self._strip_prefixes(word))
            if stem in self._roots:
                return stem
        rest, retries = self._strip_suffixes(word)
        stem = rest if rest in self._roots else self._strip_prefixes(rest)
        return stem if stem in self._roots else self._put_suffixes_back(word, retries)

    def _stem_short(self, word: str) -> str:
        """Short words are not left alone, as meant: they lose a plain prefix, and nothing else that leads to a root."""
        if word[:2] not in _PLAIN_PREFIXES:
            return word
        _removed_part(word, word[2:])
        return word[2:] if word[2:] in self._roots else word

    def _strip_suffixes(self, word: str) -> tuple[str, list[str]]:
        """The word without its suffixes up to the first root, and the words to try again should that fail.

        The words to try are in the order of removal, so the last one comes first. Where -kan was cut, its k may belong
        to the root.
        """
        retries = list[str]()
        for strip in (_strip_particle, _strip_possessive, _strip_derivation):
            if word in self._roots:
                break
            rest = strip(word)
            if rest != word:
                retries += [rest + "kan", rest + "k"] if _removed_part(word, rest) == "kan" else [word]
                word = rest
        return word, retries

    def _strip_prefixes(self, word: str) -> str:
        """The word without three prefixes, or fewer where a root comes to light.

        A plain prefix falls even from a root: `didikan`, tried again as `didik`, becomes `dik`.
        """
        for _ in range(MOST_PREFIXES):
            rest = self._strip_prefix(word)
            if rest == word or rest in self._roots:
                return rest
            word = rest
        return word

    def _strip_prefix(self, word: str) -> str:
        if word[:2] in _PLAIN_PREFIXES:
            rest = word[2:]
        elif word in self._roots:
            return word
        elif readings := _read_prefix(word):
            rest = next((reading for reading in readings if reading in self._roots), readings[-1])
        else:
            return word
        _removed_part(word, rest)
        return rest

    def _put_suffixes_back(self, word: str, retries: list[str]) -> str:
        """The stem with ever more suffixes left on; `retries` come in the order of removal."""
        for retry in reversed(retries):
            stem = self._strip_prefixes(retry)
            if stem in self._roots:
                return stem
        return word


def _is_pair(word: str) -> bool:
    """Whether a hyphen parts two halves, rather than only a clitic as in `nikmat-ku`."""
    first, hyphen, second = word.rpartition("-")
    return "-" in first if second in _ENCLITICS else bool(hyphen)


def _takes_prefix_first(word: str) -> bool:
    return word.endswith(_PREFIX_FIRST.get(word[:2]) or _PREFIX_FIRST.get(word[:3], ()))


def _removed_part(word: str, rest: str) -> str:
    """The affix as the original sees it: it reads the rest as a pattern, which may raise `re.error`."""
    if rest.isalnum() or _PATTERN_MARKS.isdisjoint(rest):
        return word.replace(rest, "", 1)
    return re.sub(rest, "", word, count=1)


def _strip_particle(word: str) -> str:
    return word[:-3].rstrip("-") if word[-3:] in _PARTICLES else word


def _strip_possessive(word: str) -> str:
    if word.endswith(("ku", "mu")):
        return word[:-2].rstrip("-")
    return word[:-3].rstrip("-") if word.endswith("nya") else word


def _strip_derivation(word: str) -> str:
    for suffix in _DERIVATIONS:
        if word.endswith(suffix):
            return word[: -len(suffix)]
    return word


def _read_prefix(word: str) -> Readings:
    """What each prefix that is not plain may leave; none where no rule knows the word."""
    rule = _PREFIX_RULES.get(word[:2])
    return (rule(word) if rule else ()) or _read_infix(word)


def _read_be(word: str) -> Readings:
    """Rules 1 to 5.

    >>> _read_be("berapi"), _read_be("bersama"), _read_be("belajar"), _read_be("bekerja")
    (('api', 'rapi'), ('sama',), ('ajar',), ('kerja',))
    """
    if word[2:3] == "r":
        return _read_r(word)
    if word == "belajar":
        return ("ajar",)
    return (word[2:],) if _opens_with_closed_er(word[2:]) else ()


def _read_r(word: str) -> Readings:
    """Rules 1 to 3 of ber- and 21 to 24 of per-: before a vowel, the r may be the root's own."""
    first, second, after = word[3:4], word[4:5], word[5:]
    if first in _VOWELS:
        return word[3:], word[2:]
    if first not in _CONSONANTS or second not in _LETTERS:
        return ()
    is_open = not after.startswith("er") or (first != "r" and after[2:3] in _VOWELS)
    return (word[3:],) if is_open else ()


def _read_te(word: str) -> Readings:
    """Rules 6 to 9 and 35.

    >>> _read_te("terasa"), _read_te("terbang"), _read_te("teperdaya")
    (('asa', 'rasa'), ('bang',), ('perdaya',))
    """
    if word[2:3] != "r":
        return (word[2:],) if _opens_with_closed_er(word[2:]) else ()
    first, after = word[3:4], word[4:]
    if first in _VOWELS:
        return word[3:], word[2:]
    if first not in _CONSONANTS or first == "r":
        return ()
    is_closed = after[2:3] in _CONSONANTS and first in _OBSTRUENTS
    return (word[3:],) if not after.startswith("er") or after[2:3] in _VOWELS or is_closed else ()


def _read_me(word: str) -> Readings:
    """Rules 10 to 19.

    >>> _read_me("melihat"), _read_me("memproses"), _read_me("mengkritik"), _read_me("mengecat")
    (('lihat',), ('proses',), ('kritik',), ('ecat', 'kecat', 'cat', 'ngecat'))
    """
    if word[2:3] in _LIQUIDS:
        return (word[2:],) if word[3:4] in _VOWELS else ()
    if word[2:4] == "mp":
        return (word[3:],) if word[4:5] in _LETTERS and word[4] != "n" else ()
    if word[2:4] == "ng" and word[4:5] in _VOWELS:
        return word[4:], "k" + word[4:], *([word[5:]] if word[4] == "e" else []), word[2:]
    if word[2:4] == "ng":
        return (word[4:],) if word[4:5] in {"g", "h", "q", "k"} else ()
    return _read_nasal(word)


def _read_pe(word: str) -> Readings:
    """Rules 20 to 36.

    >>> _read_pe("pelajar"), _read_pe("perusak"), _read_pe("penghijauan"), _read_pe("pekerja")
    (('ajar',), ('usak', 'rusak'), ('hijauan',), ('kerja',))
    """
    first = word[2:3]
    if first not in _CONSONANTS:
        return ()
    if word == "pelajar":
        return ("ajar",)
    if first in _OBSTRUENTS and word[3:5] == "er" and word[5:6] not in _CONSONANTS:
        return ()
    return _read_long_pe(word) or (word[2:],)


def _read_long_pe(word: str) -> Readings:
    """Rules of per-, pem-, pen-, peng- and peny-."""
    if word[2] == "r":
        return _read_r(word)
    if word[2:4] == "ng" and word[4:5] in _VOWELS:
        return word[4:], "k" + word[4:], word[5:] if word[4] == "e" else word[2:]
    if word[2:4] == "ng":
        return (word[4:],) if word[4:5] in _CONSONANTS else ()
    return _read_nasal(word)


def _read_nasal(word: str) -> Readings:
    """Rules of me- and pe- before m, n and ny: before a vowel, the nasal may have swallowed p, t or s.

    >>> _read_nasal("membantu"), _read_nasal("menari"), _read_nasal("penyanyi")
    (('bantu',), ('nari', 'tari'), ('nyanyi', 'sanyi'))
    """
    first, second = word[2:3], word[3:4]
    if first == "m":
        return (word[3:],) if second in {"b", "f", "v"} else _restore_swallowed(word, 3, "p")
    if first != "n":
        return ()
    if second == "y":
        return _restore_swallowed(word, 4, "s")
    return (word[3:],) if second in {"c", "d", "j", "s", "t", "z"} else _restore_swallowed(word, 3, "t")


def _restore_swallowed(word: str, start: int, letter: str) -> Readings:
    return (word[2:], letter + word[start:]) if word[start : start + 1] in _VOWELS else ()


def _read_ku(word: str) -> Readings:
    """Rule 41."""
    return (word[2:],)


def _read_kau(word: str) -> Readings:
    """Rule 42."""
    return (word[3:],) if word.startswith("kau") else ()


def _read_infix(word: str) -> Readings:
    """Rules 37 to 40: -er-, -el-, -em- or -in- behind the first letter.

    >>> _read_infix("gemetar")
    ('getar',)
    """
    is_infix = word[1:3] in {"er", "el", "em", "in"} and word[3:4] in _VOWELS
    return (word[0] + word[3:],) if is_infix and word[0] in _CONSONANTS else ()


def _opens_with_closed_er(rest: str) -> bool:
    """Whether a root such as `kerja` stands here: a consonant, -er- and another consonant."""
    return rest[:1] in _CONSONANTS and rest[1:3] == "er" and rest[3:4] in _CONSONANTS


_PREFIX_RULES: dict[str, Callable[[str], Readings]] = {
    "be": _read_be,
    "me": _read_me,
    "pe": _read_pe,
    "te": _read_te,
    "ku": _read_ku,
    "ka": _read_kau,
}
