"""When an article was published: the page's stamps for machines against what it prints for people."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser

from crawler.dates.moments import Moment, before_reading, in_zone, parse_date
from crawler.pages.layout import Layout
from crawler.pages.metadata import HeadData
from crawler.pages.selectors import find_all, stamp_of

STAMPS = (
    "time[itemprop=datePublished]",
    "time.published",
    "time.entry-date:not(.updated)",
    "time[pubdate]",
    "article time[datetime]:not(.updated):not([itemprop=dateModified])",
    "[itemprop=datePublished]",
    "abbr.published",
)
PRINTED = re.compile(
    r"\d{1,2}[ /.-]+(?:[A-Za-z]{3,10}|\d{1,2})[ /.,-]+\d{2,4}.{0,16}?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s*WI(?:B|TA|T)\b)?"
    r"|[A-Za-z]{3,10} \d{1,2},? \d{4}.{0,8}?\d{1,2}[:.]\d{2}\s*(?:[AaPp]\.?[Mm]\b)?"
    r"|\b\d{1,2}\s+(?:menit|jam|hari)\s+(?:yang\s+)?lalu\b",
    re.S,
)
DIGIT = re.compile(r"\d")
MONTH_REACH = 11
BEHIND, BEFORE = 500, 300
"""Characters around the headline in which papers print date and time."""
LEAD = 40
"""Characters in front of a printed date: they may say that it is of a change."""
IN_ADDRESS = re.compile(r"/(20[0-3]\d)[/-]?(0[1-9]|1[0-2])[/-]?([0-2]\d|3[01])(?:/(\d{2})(\d{2})\d{2,4}(?=/|$))?")
ZONE_HOURS = {timedelta(hours=hours) for hours in (7, 8, 9)}


def find_moment(
    tree: LexborHTMLParser, head: HeadData, layout: Layout, title: str, url: str, place: str, seen_at: datetime | None = None
) -> Moment | None:
    """The moment of publication as exactly as the page says it; never that of a change."""
    nodes = list(find_all(tree, layout.date))
    own = _read_all(map(stamp_of, nodes), place)
    shown = _read_all((node.text(separator=" ") for node in nodes), place, seen_at)
    claimed = [] if _exact(own) else _read_claimed(tree, head, place)
    if layout.local_stamps:
        own, claimed = ([in_zone(moment, place) for moment in moments] for moments in (own, claimed))
    is_shown = _exact(shown) is not None
    around = [] if is_shown else _read_all(_around_title(tree, title), place, seen_at)
    exact = _agree(_exact(own) or _exact(claimed), _exact([*shown, *around]), is_sure=is_shown and _exact(own) is None)
    moment = exact or next(iter([*own, *shown, *claimed, *around]), None) or _of_address(url, place)
    return before_reading(moment, place, seen_at) if moment and seen_at else moment


def _read_claimed(tree: LexborHTMLParser, head: HeadData, place: str) -> list[Moment]:
    """What the page says to machines: in its head, and where that is not exact, in its body."""
    said = _read_all([head.published], place)
    return said if _exact(said) else said + _read_all(map(stamp_of, find_all(tree, STAMPS)), place)


def _exact(moments: Iterable[Moment]) -> Moment | None:
    return next((moment for moment in moments if moment.precision != "day"), None)


def _read_all(texts: Iterable[str], place: str, seen_at: datetime | None = None) -> list[Moment]:
    return [moment for text in texts if text and (moment := parse_date(text, place, seen_at=seen_at))]


def _agree(stamp: Moment | None, printed: Moment | None, *, is_sure: bool) -> Moment | None:
    """One moment of two: what people read decides the zone, the stamp gives the seconds.

    Outlets write local time with a Z behind it, or UTC with +07:00: where both tell the same clock, or differ by just
    the hours of an Indonesian zone, the printed one is right; so it is where the layout `is_sure` of its place.
    """
    if stamp is None or printed is None:
        return stamp or printed
    if _to_minute(stamp.at) == _to_minute(printed.at):
        return replace(stamp, at=stamp.at.astimezone(printed.at.tzinfo), zone=printed.zone) if printed.is_zone_said else stamp
    same_clock = _to_minute(stamp.at).replace(tzinfo=None) == _to_minute(printed.at).replace(tzinfo=None)
    if same_clock:
        return replace(printed, at=stamp.at.replace(tzinfo=printed.at.tzinfo), precision=stamp.precision)
    is_shifted = abs(_to_minute(stamp.at) - _to_minute(printed.at)) in ZONE_HOURS
    return printed if is_sure or (is_shifted and printed.is_zone_said) else stamp


def _to_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _around_title(tree: LexborHTMLParser, title: str) -> list[str]:
    """Dates right below and above the headline. Only with a time beside them: a bare day there may as well be another
    article's, or today's."""
    if not title or tree.body is None:
        return []
    texts: list[str] = []
    before = ""
    rest = " ".join(tree.body.text(separator=" ").split())
    for _ in range(3):  # The first place may be a trail of links or the title of a menu.
        skipped, found, rest = rest.partition(title)
        if not found:
            break
        before = (before + skipped)[-BEFORE:]
        texts += [_with_lead(rest[:BEHIND], stamp) for stamp in list(_find_printed(rest[:BEHIND]))[:2]]
        texts += [_with_lead(before, stamp) for stamp in list(_find_printed(before))[-1:]]
    return texts


def _find_printed(text: str) -> Iterator[re.Match[str]]:
    """As `PRINTED.finditer`, which would try at every letter: none begins more than a month's name in front of a digit."""
    place = 0
    while (digit := DIGIT.search(text, place)) and (found := PRINTED.search(text, max(place, digit.start() - MONTH_REACH))):
        yield found
        place = found.end()


def _with_lead(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - LEAD) : found.end()]


def _of_address(url: str, place: str) -> Moment | None:
    """The day that an address tells, and the clock where it tells that too, as Kompas' do."""
    found = IN_ADDRESS.search(url)
    if found is None:
        return None
    moment = parse_date(f"{found[1]}-{found[2]}-{found[3]}" + (f" {found[4]}:{found[5]}" if found[4] else ""), place)
    return replace(moment, at=moment.at.replace(tzinfo=ZoneInfo(place)), is_zone_said=False) if moment else None
