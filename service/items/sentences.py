"""Sentences of a stored text, as exact spans that a monitor can mark."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from service.items.highlight import Span
from service.review.schemas import MOST_MARKS

MOST_SENTENCES = 400
"""Enough for the longest article; a hostile text of a hundred thousand full stops must not become as many boxes."""
ABBREVIATIONS = frozenset(
    {"alm", "bpk", "cv", "dkk", "dr", "dra", "drg", "drs", "hj", "ir", "jl", "kab", "kec", "kel", "kh", "no", "prof", "pt"}
    | {"rp", "s.pd", "m.pd", "m.si", "s.ip", "s.sos", "sdr", "tgl", "yth"}
)

_BREAK = re.compile(r"""\n|[.!?…]+["'”’»)\]]*""")
_LAST_WORD = re.compile(r"[\w.]*$")


@dataclass(frozen=True)
class Sentence:
    start: int
    end: int
    text: str
    is_reason: bool
    """The machine gave it as a reason, so its box is checked until the person says otherwise."""

    @property
    def mark(self) -> str:
        """What the form sends when it is marked."""
        return f"{self.start}-{self.end}"


def list_sentences(text: str, reasons: list[Span]) -> list[Sentence]:
    """The sentences to choose from. No more are checked beforehand than a judgement may carry."""
    found, checked = list[Sentence](), 0
    for start, end in islice(split_sentences(text), MOST_SENTENCES):
        is_reason = checked < MOST_MARKS and any(_shares_most(start, end, span) for span in reasons)
        checked += is_reason
        found.append(Sentence(start, end, text[start:end], is_reason))
    return found


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Half-open spans in order, without the white space around them; every other character lies in one.

    >>> text = "Drs. H. Salim hadir. Ia bertepuk tangan!"
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['Drs. H. Salim hadir.', 'Ia bertepuk tangan!']
    """
    start = 0
    for match in _BREAK.finditer(text):
        if _ends_sentence(text, start, match):
            yield from _strip(text, start, match.end())
            start = match.end()
    yield from _strip(text, start, len(text))


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    if match[0] == "\n":
        return True
    following = text[match.end() : match.end() + 2]
    if not following[:1].isspace() or following[1:].islower():
        return False
    return match[0] != "." or not _is_abbreviation(text[max(start, match.start() - 12) : match.start()])


def _is_abbreviation(before: str) -> bool:
    """A title such as "Drs", or an initial such as the H of "S.H"."""
    word = _LAST_WORD.search(before)[0]  # pyright: ignore[reportOptionalSubscript]  # It matches nothing at all, at worst.
    last = word.rsplit(".", 1)[-1]
    return (len(last) == 1 and last.isupper()) or word.lower() in ABBREVIATIONS


def _strip(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    inner = text[start:end]
    first = start + len(inner) - len(inner.lstrip())
    last = start + len(inner.rstrip())
    if first < last:
        yield first, last


def _shares_most(start: int, end: int, span: Span) -> bool:
    """The classifier cuts texts by rules of its own: half of the shorter one is near enough."""
    shared = min(end, span.end) - max(start, span.start)
    return shared > 0 and 2 * shared >= min(end - start, span.end - span.start)
