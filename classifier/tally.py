"""What a corpus holds, counted on both sides: by file, class, kind, phase, region, party, ballot number and year."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

import yaml
from scipy.stats import binom

import models
from classifier.corpus import CorpusText
from classifier.reading.document import Kind
from classifier.reading.lexicon import CONFIGS

PROVINCES = Path(models.__file__).parent / "data" / "provinces.csv"
NUMBERS = ("1", "2", "3", "4", "5")
ANY = "any"
CONFIDENCE = 0.99
SHORT_NEWS, LONG_NEWS = 80, 250
CAPITALS_ONLY = 3
"""Letters of an abbreviation that counts in capitals only: "pan" is a word of Sundanese."""

_WORDS: dict[str, str] = dict(zip(("satu", "dua", "tiga", "empat", "lima"), NUMBERS, strict=True))
_HANDS: dict[str, str] = dict(zip("☝✌🤟🖖🖐", NUMBERS, strict=True))
_ANY_WORD = "|".join(_WORDS)
_BALLOT = re.compile(
    r"(?i)(?<!\w)(?:nomor urut|no\.? ?urut|urut|nomor|nomer|nmr|no\.?|paslon|pasangan|salam|paket|kosong)"
    rf"\s*(?:0?([1-5])|({_ANY_WORD}))(?!\w|[./,]\d| tahun)"
    rf"|(?<!\w)({_ANY_WORD}) jari"
    r"|(?<!RT )(?<!RW )(?<!TPS )(?<![\w.:/,-])0([1-5])(?![\w.:/,-])"
    r"|#\w*0([1-5])\b"
    rf"|([{''.join(_HANDS)}])"
    r"|([1-5])\ufe0f?\u20e3"
)
_TAX = re.compile(r"(?i)\b(?:bayar|urus|lunas\w*|pendataan|tagihan|pajak|sppt) PBB\b")
_SERIES = re.compile(r"-[^-]*$")
_YEAR = re.compile(r"(?<![\w.,])20(?:1[5-9]|2\d)(?!\w)")


@dataclass(frozen=True)
class Count:
    """How many texts of each side have something."""

    name: str
    partisan: int
    look_alike: int

    @property
    def total(self) -> int:
        return self.partisan + self.look_alike

    @property
    def share(self) -> float:
        """Share of partisan texts; 0 where there is no text."""
        return self.partisan / self.total if self.total else 0.0


@dataclass(frozen=True)
class Band:
    """How many partisan texts may have something before it tells the side."""

    lowest: int
    highest: int

    def holds(self, count: Count) -> bool:
        return self.lowest <= count.partisan <= self.highest


@dataclass(frozen=True)
class Length:
    """Median of words, without title and author."""

    kind: str
    partisan: float
    look_alike: float


def count_by(texts: Iterable[CorpusText], list_names: Callable[[CorpusText], Iterable[str]]) -> list[Count]:
    """Texts by each name that they have, the most common name first; a text with two names counts twice."""
    sides = Counter((name, text.is_partisan) for text in texts for name in set(list_names(text)))
    counts = [Count(name, sides[name, True], sides[name, False]) for name in {name for name, _ in sides}]
    return sorted(counts, key=lambda count: (-count.total, count.name))


def count_all(texts: Iterable[CorpusText]) -> Count:
    """Both sides of the whole."""
    sides = Counter(text.is_partisan for text in texts)
    return Count("all", sides[True], sides[False])


def choose_band(count: Count, whole: Count) -> Band:
    """The middle 99 % of a binomial: as many texts as `count` has, each partisan with the share of `whole`."""
    lowest, highest = binom.interval(CONFIDENCE, count.total, whole.share)
    return Band(int(lowest), int(highest))


def measure_lengths(texts: Sequence[CorpusText]) -> list[Length]:
    """Median lengths by kind and side; 0 where a side has none."""
    return [Length(kind.value, _median(texts, kind, True), _median(texts, kind, False)) for kind in Kind]


def read_all(text: CorpusText) -> str:
    """Everything of a text that is written in words."""
    document = text.document
    return "\n".join((document.title, document.text, document.author_name, document.author_bio))


def find_parties(text: CorpusText) -> list[str]:
    """Short names of the parties that a text names. PBB may be a tax too."""
    pattern, names = _party_forms()
    found = (match.group() for match in pattern.finditer(_TAX.sub("", read_all(text))))
    return sorted({names[form.lower()] for form in found})


def find_numbers(text: CorpusText) -> list[str]:
    """Ballot numbers, 1 to 5, that a text names in digits, words, fingers or emoji."""
    found = (match[match.lastindex or 0].lower() for match in _BALLOT.finditer(read_all(text)))
    return sorted({_WORDS.get(own) or _HANDS.get(own) or own for own in found})


def find_years(text: CorpusText) -> list[str]:
    """Years from 2015 on that a text names, those of laws among them."""
    return _YEAR.findall(read_all(text))


def name_series(text: CorpusText) -> str:
    """The id without its running number; each file of the corpus has one."""
    return _SERIES.sub("", text.id)


@cache
def read_provinces() -> dict[str, str]:
    """Names of the provinces by their code."""
    with PROVINCES.open(encoding="utf-8", newline="") as rows:
        return {row["code"]: row["name"] for row in csv.DictReader(rows)}


def name_region(text: CorpusText) -> str:
    """Code and name of its province; - where it names none."""
    return f"{text.region} {read_provinces().get(text.region, '?')}" if text.region else "-"


def list_regions() -> list[str]:
    """Every province as `name_region` writes it."""
    return [f"{code} {name}" for code, name in read_provinces().items()]


def list_parties() -> list[str]:
    """Short names of the parties that are counted."""
    return sorted(set(_party_forms()[1].values()))


def _with_any(names: list[str]) -> list[str]:
    return [ANY, *names] if names else []


TABLES: dict[str, Callable[[CorpusText], Iterable[str]]] = {
    "file": lambda text: [name_series(text)],
    "label": lambda text: [text.label],
    "kind": lambda text: [text.document.kind.value],
    "phase": lambda text: [text.phase],
    "region": lambda text: [name_region(text)],
    "party": lambda text: _with_any(find_parties(text)),
    "ballot number": lambda text: _with_any(find_numbers(text)),
    "year": find_years,
    "words of news": lambda text: _size_news(text),
}
"""What is counted, by the name that people read."""
BANDED = ("party", "ballot number")
"""Tables whose names must not tell the side: each has a row `ANY`, which `choose_band` takes as the whole."""


def tally(texts: Sequence[CorpusText]) -> dict[str, list[Count]]:
    """Every table of counts."""
    return {title: count_by(texts, list_names) for title, list_names in TABLES.items()}


def _size_news(text: CorpusText) -> list[str]:
    if text.document.kind is not Kind.NEWS:
        return []
    words = len(text.document.text.split())
    return ["under 80" if words < SHORT_NEWS else "80 to 249" if words < LONG_NEWS else "250 and more"]


def _median(texts: Iterable[CorpusText], kind: Kind, is_partisan: bool) -> float:
    own = [text for text in texts if text.document.kind is kind and text.is_partisan is is_partisan]
    return median(len(text.document.text.split()) for text in own) if own else 0.0


@cache
def _party_forms() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern for every form of every party, and the short name that each form stands for."""
    parties: list[list[str]] = yaml.safe_load((CONFIGS / "swap.yml").read_text(encoding="utf-8"))["parties"]
    names = {form.lower(): own[0] for own in parties for form in own}
    longest_first = sorted((form for own in parties for form in own), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_match_form, longest_first))})(?!\w)"), names


def _match_form(form: str) -> str:
    return re.escape(form) if len(form) == CAPITALS_ONLY else f"(?i:{re.escape(form)})"
