"""Sentences of a text, as exact character spans of the stored words."""

import re
from collections.abc import Iterator
from typing import NamedTuple

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
        *("pj", "pjs", "plt", "plh", "ka", "kol"),
        *("jend", "letjen", "mayjen", "brigjen", "letkol", "kapt", "lettu", "letda", "serma", "serka", "sertu", "serda", "kopka"),
        *("inf", "komjen", "irjen", "kombes", "pol", "akbp", "kompol", "akp", "iptu", "ipda", "aiptu", "aipda"),
        *("bripka", "briptu", "bripda"),
    ]
)
NUMBERED = frozenset({"SD", "UU", "PP"})
"""Those of them that are short only before their number: "guru SD." ends a sentence."""
FINGERS = "☝✌👆👇👈👉👍👌🤞🤟🤘🤙🖐✋🖖🫰🫶✊👊🤏"
EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d\U0001f3fb-\U0001f3ff"
LONGEST = 450
"""Characters of a sentence, about 60 words; real ones with a long list of names stay whole."""
CLOSERS = "\"'”’»)\\]"
OPENERS = "\"'“‘«(\\["

_LINE_ENDS = "\r\n\u2028\u2029"
_STOPS = ".!?…"
_LONG = max(map(len, ABBREVIATIONS)) + 1
"""Letters of a word that is no abbreviation."""
_BREAK = re.compile(  # One set of characters comes first: `re` then runs over all other text at the speed of C.
    rf"[{_LINE_ENDS}{_STOPS}{EMOJI}]"
    rf"(?:(?P<plain>(?<=[a-z]{{{_LONG}}}\.) (?=[A-Z]))"  # So most sentences end, and nothing is left to ask.
    rf"|(?P<line>(?<=[{_LINE_ENDS}])\s*)"
    rf"|(?:(?<=[{_STOPS}])[{_STOPS}]*[{CLOSERS}]*|(?<=[{EMOJI}])[{EMOJI}]*)[ \t\u00a0]+(?=[{OPENERS}]*[\w#@{EMOJI}]))"
)
_PAUSE = re.compile(r"[;:,=–—]\s")
_BLANK = re.compile(r"\s")
_LAST_WORD = re.compile(r"[\w.]*\w\Z")
_NUMBER_FOLLOWS = re.compile(r"\d|(?i:no|nomor|negeri)\b")
_AFTER_STOP = f"{CLOSERS} \t\u00a0"
_ENDS_SENTENCE = re.compile(rf"(?:[.!?…:;][{CLOSERS}]*|[{EMOJI}])$")


class Span(NamedTuple):
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
    ends = [match.end() for match in _BREAK.finditer(text) if match.lastgroup == "plain" or _is_boundary(text, match)]
    starts = [len(text) - len(text.lstrip()), *ends]
    spans = list[Span]()
    for start, end in zip(starts, [*ends, len(text)], strict=True):
        last = start + len(text[start:end].rstrip())
        if last - start > LONGEST:
            spans += _cut_long(text, start, last)
        elif last > start:
            spans.append(Span(start, last))
    return spans


def _cut_long(text: str, start: int, end: int) -> Iterator[Span]:
    """A "sentence" of hundreds of words is a list or a form without stops: cut at pauses, and anywhere when there are none."""
    while end - start > LONGEST:
        middle = start + LONGEST // 2
        window = text[middle : start + LONGEST]
        pauses = list(_PAUSE.finditer(window)) or list(_BLANK.finditer(window))
        cut = middle + pauses[-1].end() if pauses else start + LONGEST
        yield Span(start, start + len(text[start:cut].rstrip()))
        start = end - len(text[cut:end].lstrip())
    yield Span(start, end)


def _is_boundary(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends at a stop or line break."""
    first, end = match.span()
    following = text[end : end + 2].lstrip(OPENERS)[:1]
    if match.lastgroup == "line":
        return not following.islower() or _breaks_line(text, match)
    if following.islower():
        return False
    if text[first:end].rstrip(_AFTER_STOP) != ".":
        return True
    return not _is_abbreviation(text[max(first - 12, 0) : first], bool(_NUMBER_FOLLOWS.match(text, end)))


def _breaks_line(text: str, match: re.Match[str]) -> bool:
    """A single line break inside a sentence is only the width of somebody's window."""
    if len(match[0].splitlines()) > 1:
        return True
    end = match.start()
    while end and text[end - 1] in " \t":
        end -= 1
    return bool(_ENDS_SENTENCE.search(text, max(end - 4, 0), end))


def _is_abbreviation(before: str, is_numbered: bool) -> bool:
    found = _LAST_WORD.search(before)
    if not found:
        return False
    word = found.group()
    is_initial = len(word.rsplit(".", 1)[-1]) == 1 and word[-1].isupper()
    return is_initial or (word.lower() in ABBREVIATIONS and (is_numbered or word not in NUMBERED))
