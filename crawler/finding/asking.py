"""Which lists of a feed to ask, and what its answers say: the one place that knows all kinds of feeds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from crawler.catalogue import FeedFile
from crawler.catalogue.files import REACHING_BACK
from crawler.finding.indexes import days_between, fill_pattern, next_of_pattern, read_index
from crawler.finding.listing import Listing, ListLink
from crawler.finding.ranges import Days, lists_within, pages_within, span_in
from crawler.finding.rss import read_rss
from crawler.finding.sitemaps import read_sitemap
from crawler.finding.wordpress import posts_url, read_wordpress
from models import FeedKind

NEWEST_CHILDREN = 20
"""Of a sitemap index, in a run that looks for news."""
CATCH_UP_DAYS = 7
"""What of an archive was not read for longer needs a back-fill."""
MOST_PAGES_OF_HISTORY = 1_000
"""Of one WordPress list."""
HISTORY = set(REACHING_BACK)
"""Kinds of feeds that back-fills ask."""


@dataclass(frozen=True)
class Answer:
    """One list as it came."""

    body: bytes
    url: str
    asked_url: str
    """Before redirects: what the pattern of an archive made."""
    content_type: str = ""
    total_pages: int | None = None
    """X-WP-TotalPages."""


def first_lists(feed: FeedFile, days: Iterable[date]) -> list[str]:
    """The lists that a run asks first, for news; of an archive those of the days."""
    match feed.kind:
        case FeedKind.RSS | FeedKind.SITEMAP:
            return [feed.url]
        case FeedKind.INDEX:
            return [fill_pattern(feed.url)]
        case FeedKind.ARCHIVE:
            return [fill_pattern(feed.url, day) for day in days]
        case FeedKind.WORDPRESS:
            return [posts_url(feed.url)]
        case _:
            assert_never(feed.kind)


def days_to_ask(today: date, followed_since: date, read_on: Mapping[date, date]) -> list[date]:
    """Today, and the days of an archive that were not read to their end since they were over; the newest first.

    `read_on` are the days on which days were read.
    """
    first = max(min(followed_since, today, *read_on), today - timedelta(CATCH_UP_DAYS))
    return [day for day in days_between(first, today) if day == today or read_on.get(day, day) <= day]


def lists_of_history(feed: FeedFile, days: Days) -> list[tuple[str, Days]]:
    """The lists with which a back-fill begins, each with the days that it is asked for."""
    match feed.kind:
        case FeedKind.SITEMAP:
            return [(feed.url, days)]
        case FeedKind.ARCHIVE:
            return [(fill_pattern(feed.url, day), Days(day, day)) for day in days_between(days.since, days.until)]
        case FeedKind.WORDPRESS:
            return [(posts_url(feed.url, since=days.since, until=days.until), days)]
        case _:
            return []


def read_list(feed: FeedFile, answer: Answer, *, place: str, day: date | None = None) -> Listing:
    """What a list says; raises FeedUnreadable. `day` is that of an archive's page, where it is known."""
    match feed.kind:
        case FeedKind.RSS:
            return read_rss(answer.body, answer.url, answer.content_type, place=place)
        case FeedKind.SITEMAP:
            return read_sitemap(answer.body, answer.url, place=place)
        case FeedKind.INDEX | FeedKind.ARCHIVE:
            may_be_empty = feed.kind is FeedKind.ARCHIVE or answer.asked_url != fill_pattern(feed.url)
            found = read_index(
                answer.body, answer.url, answer.content_type, link=feed.link, next_page=feed.next, may_be_empty=may_be_empty
            )
            following = next_of_pattern(feed.url, day, answer.asked_url, max_pages=feed.max_pages)
            return Listing(found.pages, (ListLink(following),)) if following and found.pages else found
        case FeedKind.WORDPRESS:
            return read_wordpress(answer.body, answer.url, place=place, total_pages=answer.total_pages)
        case _:
            assert_never(feed.kind)


def further_lists(feed: FeedFile, listing: Listing, *, depth: int) -> list[ListLink]:
    """The lists below one that a run for news goes on with."""
    return _newest(listing.more) if depth + 1 < feed.max_pages else []


def within(feed: FeedFile, listing: Listing, days: Days, place: str) -> Listing:
    """What of a list belongs to the days of a back-fill."""
    zone = ZoneInfo(place)
    more: Iterable[ListLink] = listing.more
    if feed.kind is FeedKind.SITEMAP:
        more = lists_within(more, days, zone)
    elif feed.kind is FeedKind.WORDPRESS:
        more = [link for link in more if f"&page={MOST_PAGES_OF_HISTORY}&" not in f"{link.url}&"]
    # An archive's page says by itself of which day its links are; its addresses may say the day before.
    pages = listing.pages if feed.kind is FeedKind.ARCHIVE else tuple(pages_within(listing.pages, days, zone))
    return Listing(pages, tuple(more), listing.is_complete)


def _newest(links: Sequence[ListLink]) -> list[ListLink]:
    """The lists that changed last; those without `lastmod` have up to half of the places, for nobody knows when they did."""
    if len(links) <= NEWEST_CHILDREN:
        return list(links)
    others = [link for link in links if link.changed_at is None]
    newest = _leave_places([link for link in links if link.changed_at], len(others), NEWEST_CHILDREN)
    return newest + _newest_by_address(others, NEWEST_CHILDREN - len(newest))


def _newest_by_address(links: list[ListLink], most: int) -> list[ListLink]:
    """An index that gives no `lastmod` may name its newest list last, or by a day, month or year in the address."""
    if len(links) <= most:
        return links
    ends_on = {link: span[1] for link in links if (span := span_in(link.url))}
    dated = sorted(ends_on, key=lambda link: ends_on[link], reverse=True)
    others = [link for link in links if link not in ends_on]
    newest = _leave_places(dated, len(others), most)
    return newest + _both_ends(others, most - len(newest))


def _leave_places(links: list[ListLink], others: int, most: int) -> list[ListLink]:
    return links[: most - min(others, most // 2)]


def _both_ends(links: list[ListLink], most: int) -> list[ListLink]:
    first = most // 2
    return links if len(links) <= most else links[:first] + links[first - most :]


def today_at(place: str, moment: datetime) -> date:
    """The outlet's own day."""
    return moment.astimezone(ZoneInfo(place)).date()
