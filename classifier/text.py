"""Sentences of a text, as exact character spans of the stored words."""

import re
from dataclasses import dataclass

ABBREVIATIONS = frozenset(
    [
        *(
            "h",
            "hj",
            "ir",
            "drs",
            "dra",
            "dr",
            "drg",
            "prof",
            "kh",
            "tgk",
            "tgh",
            "ust",
            "r",
            "rr",
            "ra",
            "rm",
            "st",
            "sdr",
            "sdri",
        ),
        *("bpk", "yth", "no", "nr", "nmr", "rp", "jl", "jln", "gg", "kab", "kec", "kel", "ds", "prov", "tgl", "hlm", "ps", "psl"),
        *("pp", "uu", "an", "a.n", "u.p", "up", "d.a", "s.d", "sd", "dkk", "tsb", "cs", "alm", "almh", "pt", "cv", "tbk", "ltk"),
        *("mr", "mrs", "dt", "mgs", "kms", "nn", "ny", "tn", "s.pd", "m.pd", "s.sos", "m.si", "s.h", "m.h", "s.e", "m.m", "s.t"),
        *("m.t", "s.ip", "m.ap", "s.kom", "s.ag", "m.ag", "s.kep"),
    ]
)
FINGERS = "☝✌👆👇👈👉👍👌🤞🤟🤘🤙🖐✋🖖🫰🫶✊👊🤏"
EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d\U0001f3fb-\U0001f3ff"
LONGEST = 450
"""Characters of a sentence, about 60 words; real ones with a long list of names stay whole."""
CLOSERS = "\"'”’»)\\]"
OPENERS = "\"'“‘«(\\["

_BREAK = re.compile(
    rf"(?P<line>[ \t]*(?:\r\n|\r|\n|\u2028|\u2029)\s*)"
    rf"|(?P<stop>(?:[.!?…]+[{CLOSERS}]*|[{EMOJI}]+))[ \t\u00a0]+(?=[{OPENERS}]*[\w#@{EMOJI}])"
)
_PAUSE = re.compile(r"[;:,=–—]\s")
_BLANK = re.compile(r"\s")
_LAST_WORD = re.compile(r"[\w.]*\w$")
_ENDS_SENTENCE = re.compile(rf"(?:[.!?…:;][{CLOSERS}]*|[{EMOJI}])$")


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters."""

    start: int
    end: int

    def overlap(self, other: "Span") -> int:
        """How many characters both share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences of `text`, in order, without the white space around them.

    >>> text = "Drs. H. Salim hadir. Ia bertepuk tangan!"
    >>> [text[span.start : span.end] for span in split_sentences(text)]
    ['Drs. H. Salim hadir.', 'Ia bertepuk tangan!']
    """
    spans, start = [], 0
    for match in _BREAK.finditer(text):
        if not _is_boundary(text, start, match):
            continue
        end = match.end("stop") if match["stop"] else match.start()
        spans.append(Span(start, end))
        start = match.end()
    spans.append(Span(start, len(text)))
    stripped = (own for span in spans if (own := _strip(text, span)))
    return [piece for span in stripped for piece in _cut_long(text, span)]


def _cut_long(text: str, span: Span) -> list[Span]:
    """A "sentence" of hundreds of words is a list or a form without stops: cut at pauses, and anywhere when there are none."""
    pieces, rest = list[Span](), span
    while rest and rest.end - rest.start > LONGEST:
        middle = rest.start + LONGEST // 2
        window = text[middle : rest.start + LONGEST]
        pauses = list(_PAUSE.finditer(window)) or list(_BLANK.finditer(window))
        cut = middle + pauses[-1].end() if pauses else rest.start + LONGEST
        pieces += [piece for piece in [_strip(text, Span(rest.start, cut))] if piece]
        rest = _strip(text, Span(cut, rest.end))
    return [*pieces, rest] if rest else pieces


def _is_boundary(text: str, start: int, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 2].lstrip(OPENERS)[:1]
    if match["line"] is not None:
        return _breaks_line(text, match, following)
    if following.islower():
        return False
    stop = match["stop"]
    return stop.rstrip(CLOSERS) != "." or not _is_abbreviation(text[start : match.start()])


def _breaks_line(text: str, match: re.Match[str], following: str) -> bool:
    """A single line break inside a sentence is only the width of somebody's window."""
    is_paragraph = len(match["line"].splitlines()) > 1
    if is_paragraph or not following.islower():
        return True
    return bool(_ENDS_SENTENCE.search(text[: match.start()][-4:]))


def _is_abbreviation(before: str) -> bool:
    found = _LAST_WORD.search(before[-12:])
    if not found:
        return False
    word = found.group()
    is_initial = len(word.rsplit(".", 1)[-1]) == 1 and word[-1].isupper()
    return is_initial or word.lower() in ABBREVIATIONS


def _strip(text: str, span: Span) -> Span | None:
    inner = text[span.start : span.end]
    start = span.start + len(inner) - len(inner.lstrip())
    end = span.start + len(inner.rstrip())
    return Span(start, end) if start < end else None
