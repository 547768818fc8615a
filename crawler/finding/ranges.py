"""Which pages and lists belong to a range of days, as far as one can tell before reading them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from crawler.finding.listing import ListLink
from crawler.items import ListedPage

DAY = re.compile(r"(?<!\d)(20\d\d)([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
MONTH = re.compile(r"(?<!\d)(20\d\d)[/-]?(0[1-9]|1[0-2])(?![\d])")
YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


@dataclass(frozen=True)
class Days:
    """Both ends belong to it."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.since > self.until:
            raise ValueError(f"{self.since} is after {self.until}")

    def touches(self, first: date, last: date) -> bool:
        return first <= self.until and last >= self.since


def pages_within(pages: Iterable[ListedPage], days: Days, zone: ZoneInfo) -> list[ListedPage]:
    """Pages that may have been published in these days; a page of which nothing is known may."""
    return [page for page in pages if _may_be_of(page, days, zone)]


def lists_within(links: Iterable[ListLink], days: Days, zone: ZoneInfo) -> list[ListLink]:
    """Lists that may hold pages of these days. One that was changed last before them holds none."""
    kept = list[ListLink]()
    for link in links:
        span = span_in(link.url)
        is_too_old = link.changed_at is not None and link.changed_at.astimezone(zone).date() < days.since
        if not is_too_old and (span is None or days.touches(*span)):
            kept.append(link)
    return kept


def span_in(url: str) -> tuple[date, date] | None:
    """The day, month or year that an address names, as its first and last day."""
    try:
        if found := DAY.search(url):
            day = date(int(found[1]), int(found[3]), int(found[4]))
            return day, day
        if found := MONTH.search(url):
            first = date(int(found[1]), int(found[2]), 1)
            return first, (first + timedelta(31)).replace(day=1) - timedelta(1)
    except ValueError:  # The 31st of February.
        return None
    if found := YEAR.search(url):
        return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
    return None


def _may_be_of(page: ListedPage, days: Days, zone: ZoneInfo) -> bool:
    if page.published_at is not None:
        day = page.published_at.astimezone(zone).date()
        return days.touches(day, day)
    if (found := DAY.search(page.url)) and (span := span_in(found[0])):
        return days.touches(*span)
    return page.changed_at is None or page.changed_at.astimezone(zone).date() >= days.since
