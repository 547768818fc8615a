"""Dates as Indonesian papers write them: `Senin, 16 Oktober 2024 14:05 WIB`, `Rabu (7/10/2020)`, `2 jam lalu`, ISO, RFC 2822."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

from crawler.dates.days import find_days

ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
ZONE_NAMES = {place: name for name, place in ZONES.items()}

HOURS = r"[+-](?:0\d|1[0-4])"
MINUTES = r"[0-5]\d"
"""With HOURS, an offset that clocks have somewhere: none is more than 14 hours."""
ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{2})-(\d{2})"
    r"(?:(?:\s*T\s*|\s+)(\d{2})[:.-](\d{2})(?:[:.-](\d{2})(?:[.,]\d{1,9})?)?\s*"
    rf"(Z\b|{HOURS}:?{MINUTES}(?!\d)|{HOURS}(?![\d:.]))?)?"
)
HALF = re.compile(r"[AaPp]\.?[Mm]\b")
CLOCK = re.compile(rf"(?<![\d:/])([01]?\d|2[0-3])[:.]([0-5]\d)(?:[:.]([0-5]\d))?(?![\d/])\s*(?P<half>{HALF.pattern})?")
CLOCK_REACH = 40
"""Characters behind a date in which its clock and zone stand."""
CLOCK_BEFORE = re.compile(
    r"([01]?\d|2[0-3])[:.]([0-5]\d)(?:[:.]([0-5]\d))?\s*(?P<zone>WIB|WITA|WIT)?\s*(?:[|,•·-]\s*)?(?:[A-Za-z']{4,7},?\s*)?$", re.I
)
ZONE = re.compile(r"\b(WIB|WITA|WIT)\b", re.I)
OFFSET = re.compile(
    rf"(?:GMT|UTC)\s*([+-](?:0?\d|1[0-4])(?::?{MINUTES})?)\b|(?<!\d{{3}})({HOURS}:?{MINUTES})\b"
    rf"|(?<=[:.]\d{{2}})\s?({HOURS})(?![\d:.])|\b(GMT|UTC)\b(?!\s*[+-]\d)"
)
"""Never behind three digits: those are two years (`2025-2029`) or a telephone (`0812-1234`)."""
OFFSET_PARTS = re.compile(r"([+-])(\d{1,2}):?(\d{2})?")
RFC_2822 = re.compile(
    r"[A-Za-z]{3}, +\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? +"
    r"(?:[+-]\d{4}|Z|UTC?|GMT|[AECMP][SD]T)\b(?!\s*[+-])"
)
"""Only with a zone that the standard knows: email's reader takes any other word, and none, for UTC."""
UNIX = re.compile(r"([1-3]\d{9})(\d{3})?")
CHANGED = re.compile(
    r"(?:di)?per(?:baharui|barui)|\bupdated?\b|pembaruan|\bterakhir\b|\bdiubah\b|\brevisi\b|\blast\b|\bmodified\b|\bdiedit\b",
    re.I,
)
"""Said in front of the date of a change, which is no date of publication."""
CHANGED_REACH = 28

AGO = re.compile(r"(?<!\d)(\d{1,3}|se)\s*(detik|menit|jam|hari|minggu|pekan)\s*(?:yang\s+)?lalu\b", re.I)
AGO_UNITS = {"detik": "seconds", "menit": "minutes", "jam": "hours", "hari": "days", "minggu": "weeks", "pekan": "weeks"}
NAMED_DAY = re.compile(r"\b(hari ini|kemarin|baru saja)\b", re.I)

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FAST_CLOCK = timedelta(days=2)
"""How far ahead of us an outlet's clock, or its idea of its own time zone, may be."""
OUR_DOUBT = timedelta(hours=1)
"""A moment that lies further ahead than this when its text is read is told by no clock, however fast: its zone is wrong."""
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
    is_zone_said: bool = True
    """False where the zone is the outlet's and not the text's."""


def parse_date(text: str, place: str = "Asia/Jakarta", *, seen_at: datetime | None = None) -> Moment | None:
    """Read the first date in `text` that is not said to be of a change.

    `place` is the outlet's zone, for dates that name none. Dates that count from today (`2 jam lalu`, `kemarin 14:05`)
    are read only with `seen_at`, the time at which the page was fetched.

    >>> parse_date("Senin, 16 Oktober 2024 14:05 WITA").at.isoformat()
    '2024-10-16T14:05:00+08:00'
    """
    text = " ".join(text[:LONGEST].split())
    for reading in _readings(text, place, seen_at):
        if is_believable(reading.at):
            return reading
    return None


def is_believable(at: datetime) -> bool:
    """Whether a text can be of that moment. No database keeps the year 1 in every zone, and tomorrow's news is a mistake."""
    return EARLIEST <= at <= datetime.now(UTC) + FAST_CLOCK


def in_zone(moment: Moment, place: str) -> Moment:
    """The same clock on the wall, in the zone of `place`: for stamps whose offset is known to be wrong."""
    zone = ZoneInfo(place)
    return replace(moment, at=moment.at.replace(tzinfo=zone), zone=ZONE_NAMES.get(place, place), is_zone_said=False)


def before_reading(moment: Moment, place: str, seen_at: datetime) -> Moment:
    """The moment; where it was still to come when its text was read, the outlet's own clock under the offset of another zone.

    Outlets write `20:00 GMT` for 20:00 WIB, which would be the next day. `place` is the outlet's zone.
    """
    latest = seen_at + OUR_DOUBT
    if moment.at <= latest or (local := in_zone(moment, place)).at > latest:
        return moment
    return local


def _readings(text: str, place: str, seen_at: datetime | None) -> Iterator[Moment]:
    relative = [] if seen_at is None else [partial(_read_relative, seen_at=seen_at)]
    for read in (_read_iso, _read_rfc_2822, _read_unix, _read_words, *relative):
        try:
            if found := read(text, place):
                yield found
        except (ValueError, OverflowError, OSError):  # The 31st of February, or an hour or an offset that no clock shows.
            continue


def _read_iso(text: str, place: str) -> Moment | None:
    found = next((found for found in ISO.finditer(text) if not _is_of_change(text, found.start())), None)
    if found is None:
        return None
    year, month, day, hour, minute, second, offset = found.groups()
    if hour is None and (clock := CLOCK.search(text[found.end() : found.end() + CLOCK_REACH])):
        return _on_day((int(year), int(month), int(day)), clock, text[found.end() :], place)
    zone, name, is_said = (*_offset_zone(offset), True) if offset else _zone_of(text[found.end() :][:CLOCK_REACH], place)
    half = HALF.match(text, found.end())
    hours = _hour_of(int(hour or 0), half[0] if hour and half else None)
    at = datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), tzinfo=zone)
    return Moment(at, name, "second" if second else "minute" if hour else "day", is_said)


def _read_rfc_2822(text: str, _: str) -> Moment | None:
    if RFC_2822.match(text) is None:
        return None
    at = parsedate_to_datetime(text)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)  # It says -0000.
    return Moment(at, _offset_name(at.utcoffset()), "second")


def _read_unix(text: str, place: str) -> Moment | None:
    """Seconds or milliseconds since 1970, as they stand in attributes: the whole text, never a number within words."""
    found = UNIX.fullmatch(text)
    if found is None:
        return None
    return Moment(datetime.fromtimestamp(int(found[1]), ZoneInfo(place)), ZONE_NAMES.get(place, place), "second", False)


def _read_words(text: str, place: str) -> Moment | None:
    for day, start, end in find_days(text):
        if _is_of_change(text, start):
            continue
        rest = text[end : end + CLOCK_REACH]
        rest = rest[: found.start()] if (found := CHANGED.search(rest)) else rest
        clock = CLOCK.search(rest)
        if clock is None and (before := CLOCK_BEFORE.search(text[max(0, start - CLOCK_REACH) : start])):
            clock, rest = before, f"{before['zone'] or ''} {rest}"
        return _on_day(day, clock, rest, place)
    return None


def _on_day(day: tuple[int, int, int], clock: re.Match[str] | None, rest: str, place: str) -> Moment:
    zone, name, is_said = _zone_of(rest[:CLOCK_REACH], place)
    if clock is None:
        return Moment(datetime(*day, tzinfo=zone), name, "day", is_said)
    hour, minute, second = clock[1], clock[2], clock[3]
    at = datetime(*day, _hour_of(int(hour), clock.groupdict().get("half")), int(minute), int(second or 0), tzinfo=zone)
    return Moment(at, name, "second" if second else "minute", is_said)


def _read_relative(text: str, place: str, seen_at: datetime) -> Moment | None:
    zone, name, is_said = _zone_of(text, place)
    local = seen_at.astimezone(zone)
    if found := AGO.search(text):
        unit, count = found[2].lower(), 1 if found[1].lower() == "se" else int(found[1])
        at = local - timedelta(**{AGO_UNITS[unit]: count})
        return Moment(at, name, "minute" if unit in ("detik", "menit") else "day", is_said)
    if found := NAMED_DAY.search(text):
        word = found[1].lower()
        day = (local - timedelta(days=1)).date() if word == "kemarin" else local.date()
        clock = CLOCK.search(text[found.end() : found.end() + CLOCK_REACH])
        if word == "baru saja":
            return Moment(local, name, "minute", is_said)
        return _on_day((day.year, day.month, day.day), clock, text[found.end() :], place)
    return None


def _is_of_change(text: str, start: int) -> bool:
    """Whether the words right before a date say that it is of a change; another date between them takes them away."""
    before = text[max(0, start - CHANGED_REACH) : start]
    said = list(CHANGED.finditer(before))
    return bool(said) and not re.search(r"\d", before[said[-1].end() :])


def _hour_of(hour: int, half: str | None) -> int:
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half[0].lower() == "p" else 0)


def _zone_of(text: str, place: str) -> tuple[tzinfo, str, bool]:
    if found := ZONE.search(text):
        name = found[1].upper()
        return ZoneInfo(ZONES[name]), name, True
    if found := OFFSET.search(text):
        return *_offset_zone(found[1] or found[2] or found[3] or "Z"), True
    zone = ZoneInfo(place)
    return zone, ZONE_NAMES.get(place, place), False


def _offset_zone(offset: str) -> tuple[tzinfo, str]:
    parts = OFFSET_PARTS.fullmatch(offset)
    if parts is None:  # Z.
        return UTC, "+00:00"
    delta = (-1 if parts[1] == "-" else 1) * timedelta(hours=int(parts[2]), minutes=int(parts[3] or 0))
    return timezone(delta), _offset_name(delta)


def _offset_name(delta: timedelta | None) -> str:
    minutes = int((delta or timedelta()).total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
