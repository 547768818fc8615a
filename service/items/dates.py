"""Whether the days of a text fit: when it says something happened, when it was published, when we first saw it.

Old speeches and pictures come back in campaign time; nothing here judges, it only names the days that are far apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models import Item, ItemVersion
from models.legal.deadline import local_day

FAR = 180
"""Days apart from which on two days do not belong together."""
AHEAD = 1
"""Days by which a page may be ahead of us: zones, and clocks that are wrong."""
LONGEST = 40_000
BEFORE = 70
"""Characters before a date, in its own sentence, in which a law named there makes it that law's date."""
MONTHS = (
    "januari",
    "februari",
    "maret",
    "april",
    "mei",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
)
SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "agu": 8, "agt": 8, "ags": 8, "sep": 9, "sept": 9, "okt": 10}
NUMBER_OF = {name: number for number, name in enumerate(MONTHS, 1)} | SHORT | {"nov": 11, "nop": 11, "des": 12}

_WRITTEN = re.compile(rf"\b(\d{{1,2}})\s+({'|'.join(sorted(NUMBER_OF, key=len, reverse=True))})\.?\s+((?:19|20)\d\d)\b", re.I)
_NUMBERS = re.compile(r"\b(\d{1,2})[/-](\d{1,2})[/-]((?:19|20)\d\d)\b")
_ELECTION = re.compile(
    r"\b(?:pemilu(?:kada)?|pilkada|pilpres|pileg|pilgub|pilbup|pilwalkot|pilwako)(?:\s+serentak)?\s+((?:19|20)\d\d)\b", re.I
)
_SENTENCE = re.compile(r"[!?;\n]|\.\s+(?=\D)")
_LAW = re.compile(
    r"\b(?:nomor|no\.|undang-undang|uu|pp|peraturan|perpres|permen\w*|perbawaslu|pkpu|skb|keputusan|surat edaran|lahir)\b", re.I
)


class Doubt(StrEnum):
    OLD_WHEN_SEEN = "lama_saat_terlihat"
    """Published long before we first saw it."""
    AHEAD_OF_US = "mendahului"
    """Published after we saw it: the page's date is wrong."""
    OLD_EVENT = "kejadian_lama"
    """The newest day that the text names is long before its own."""
    OLD_ELECTION = "pemilihan_lama"
    """It speaks only of an election that was over by then."""


@dataclass(frozen=True)
class DateWarning:
    doubt: Doubt
    earlier_on: date | None
    later_on: date
    year: int | None = None


def list_warnings(item: Item, version: ItemVersion, region_code: str | None) -> list[DateWarning]:
    """What does not fit, by the days of the region's own zone."""
    seen_on = local_day(item.first_seen_at, region_code)
    published_on = local_day(version.published_at, region_code) if version.published_at else None
    own = published_on or seen_on
    return [*_of_publication(published_on, seen_on), *_of_text(f"{version.title}\n{version.text}", own)]


def find_days(text: str) -> list[date]:
    """Days that a text names, but those of laws and of births.

    >>> find_days("Rapat pada 12 Oktober 2023, sesuai PP Nomor 94 tanggal 31 Agustus 2021.")
    [datetime.date(2023, 10, 12)]
    """
    return sorted({day for start, day in _read_days(text[:LONGEST]) if not _LAW.search(_before(text, start))})


def find_elections(text: str) -> list[int]:
    """Years of the elections that a text names."""
    return sorted({int(match[1]) for match in _ELECTION.finditer(text[:LONGEST])})


def _of_publication(published_on: date | None, seen_on: date) -> Iterator[DateWarning]:
    if published_on is None:
        return
    if (seen_on - published_on).days >= FAR:
        yield DateWarning(Doubt.OLD_WHEN_SEEN, published_on, seen_on)
    if (published_on - seen_on).days > AHEAD:
        yield DateWarning(Doubt.AHEAD_OF_US, seen_on, published_on)


def _of_text(text: str, own: date) -> Iterator[DateWarning]:
    days = find_days(text)
    if days and (own - days[-1]).days >= FAR:
        yield DateWarning(Doubt.OLD_EVENT, days[-1], own)
    years = find_elections(text)
    if years and years[-1] <= own.year - 2:
        yield DateWarning(Doubt.OLD_ELECTION, None, own, years[-1])


def _read_days(text: str) -> Iterator[tuple[int, date]]:
    """Where each day stands, and which it is; what is no day of any calendar is left out."""
    for match in _WRITTEN.finditer(text):
        yield from _day(match.start(), match[1], NUMBER_OF[match[2].lower()], match[3])
    for match in _NUMBERS.finditer(text):
        yield from _day(match.start(), match[1], int(match[2]), match[3])


def _before(text: str, start: int) -> str:
    return _SENTENCE.split(text[max(0, start - BEFORE) : start])[-1]


def _day(start: int, day: str, month: int, year: str) -> Iterator[tuple[int, date]]:
    try:
        yield start, date(int(year), month, int(day))
    except ValueError:
        return
