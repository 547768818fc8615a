"""Dates as Indonesian papers write them: `Senin, 16 Oktober 2024 14:05 WIB`, `Rabu (7/10/2020)`, ISO, RFC 2822."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo

ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
ZONE_NAMES = {place: name for name, place in ZONES.items()}

MONTHS = {
    **dict.fromkeys(("januari", "january", "jan"), 1),
    **dict.fromkeys(("februari", "pebruari", "february", "feb", "peb"), 2),
    **dict.fromkeys(("maret", "march", "mar"), 3),
    **dict.fromkeys(("april", "apr"), 4),
    **dict.fromkeys(("mei", "may"), 5),
    **dict.fromkeys(("juni", "june", "jun"), 6),
    **dict.fromkeys(("juli", "july", "jul"), 7),
    **dict.fromkeys(("agustus", "august", "agu", "ags", "agt", "aug"), 8),
    **dict.fromkeys(("september", "sept", "sep"), 9),
    **dict.fromkeys(("oktober", "october", "okt", "oct"), 10),
    **dict.fromkeys(("november", "nopember", "nov", "nop"), 11),
    **dict.fromkeys(("desember", "december", "des", "dec"), 12),
}

ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]+(\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?")
WORDED = re.compile(r"(\d{1,2})[ .\-]+([A-Za-z]{3,9})[ .,\-]+(\d{4})")
WORDED_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
NUMBERED = re.compile(r"(?<!\d)(\d{1,2})[/\-.](\d{1,2})[/\-.](\d{4})(?!\d)")
CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-3])[:.]([0-5]\d)(?:[:.]([0-5]\d))?(?!\d)\s*([AaPp][Mm])?")
ZONE = re.compile(r"\b(WIB|WITA|WIT)\b", re.I)
OFFSET = re.compile(r"(?:GMT|UTC)?\s*([+-])(\d{2}):?(\d{2})\b")
RFC_2822 = re.compile(r"[A-Za-z]{3}, +\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}")

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FAST_CLOCK = timedelta(days=2)
"""How far ahead of us an outlet's clock, or its idea of its own time zone, may be."""
LONGEST = 2_000
"""Characters in which a date is looked for."""

Precision = Literal["day", "minute", "second"]


@dataclass(frozen=True)
class Moment:
    """When something was published, as exactly as the page said it."""

    at: datetime
    zone: str
    """WIB, WITA, WIT or an offset such as `+07:00`."""
    precision: Precision


def parse_date(text: str, place: str = "Asia/Jakarta") -> Moment | None:
    """Read the first date in `text`; `place` is the outlet's zone, for dates that name none.

    >>> parse_date("Senin, 16 Oktober 2024 14:05 WITA").at.isoformat()
    '2024-10-16T14:05:00+08:00'
    """
    text = " ".join(text[:LONGEST].split())
    try:
        found = _read_iso(text, place) or _read_rfc_2822(text) or _read_words(text, place)
    except (ValueError, OverflowError):  # The 31st of February, or an hour that no clock shows.
        return None
    return found if found and is_believable(found.at) else None


def is_believable(at: datetime) -> bool:
    """Whether a text can be of that moment. No database keeps the year 1 in every zone, and tomorrow's news is a mistake."""
    return EARLIEST <= at <= datetime.now(UTC) + FAST_CLOCK


def _read_iso(text: str, place: str) -> Moment | None:
    found = ISO.search(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, offset = found.groups()
    zone, name = _offset_zone(offset) if offset else _zone_of(text[found.end() :], place)
    at = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone)
    return Moment(at, name, "second" if second else "minute" if hour else "day")


def _read_rfc_2822(text: str) -> Moment | None:
    if RFC_2822.match(text) is None:
        return None
    at = parsedate_to_datetime(text)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Moment(at, _offset_name(at.utcoffset()), "second")


def _read_words(text: str, place: str) -> Moment | None:
    found = _find_day(text)
    if found is None:
        return None
    (year, month, day), end = found
    rest = text[end : end + 40]
    zone, name = _zone_of(rest, place)
    clock = CLOCK.search(rest)
    if clock is None:
        return Moment(datetime(year, month, day, tzinfo=zone), name, "day")
    hour, minute, second, half = clock.groups()
    at = datetime(year, month, day, _hour_of(int(hour), half), int(minute), int(second or 0), tzinfo=zone)
    return Moment(at, name, "second" if second else "minute")


def _find_day(text: str) -> tuple[tuple[int, int, int], int] | None:
    """Year, month and day of the first date, and where it ends. Days come before months, as everywhere in Indonesia."""
    for found in WORDED.finditer(text):
        if month := MONTHS.get(found[2].lower()):
            return (int(found[3]), month, int(found[1])), found.end()
    for found in WORDED_MONTH_FIRST.finditer(text):
        if month := MONTHS.get(found[1].lower()):
            return (int(found[3]), month, int(found[2])), found.end()
    if found := NUMBERED.search(text):
        return (int(found[3]), int(found[2]), int(found[1])), found.end()
    return None


def _hour_of(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    return hour % 12 + (12 if half.lower() == "pm" else 0)


def _zone_of(text: str, place: str) -> tuple[tzinfo, str]:
    if found := ZONE.search(text):
        name = found[1].upper()
        return ZoneInfo(ZONES[name]), name
    if found := OFFSET.search(text):
        return _offset_zone("".join(found.groups()))
    zone = ZoneInfo(place)
    return zone, ZONE_NAMES.get(place, place)


def _offset_zone(offset: str) -> tuple[tzinfo, str]:
    if offset.upper() == "Z":
        return UTC, "+00:00"
    sign = -1 if offset[0] == "-" else 1
    delta = sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return timezone(delta), _offset_name(delta)


def _offset_name(delta: timedelta | None) -> str:
    minutes = int((delta or timedelta()).total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
