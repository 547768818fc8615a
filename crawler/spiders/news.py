"""The half of a source's spider that asks its feeds for news."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.addresses import is_on_hosts
from crawler.errors import FeedUnreadable
from crawler.finding.asking import CATCH_UP_DAYS, days_to_ask, first_lists, further_lists, today_at
from crawler.finding.indexes import days_between, fill_pattern
from crawler.finding.listing import Listing, ListLink
from crawler.finding.steps import is_settled
from crawler.middlewares.reasons import explain
from crawler.spiders.answers import asked_url, fetched_of, header_of
from crawler.spiders.lists import NO_SUCH_LIST, ListReader, read_listing, request_of, why_unstored
from models import Feed, FeedKind, FetchCause, ListUrl, now
from models.base import CLOCK_SLACK

MAX_LISTS = 500
"""Lists that one run for news reads, however many more they name."""


@dataclass
class NewsReader(ListReader):
    """Asks feeds, and the lists that they name as far as they may be new."""

    asked: set[str] = field(default_factory=set[str])
    """Addresses of lists: one that names itself, or a list above it, is read once."""
    _began_at: datetime = field(default_factory=now)

    def ask_for_news(self, *, only_due: bool) -> Iterator[Request]:
        """The first lists of every feed, or of those whose time has come."""
        moment = self._began_at = now()
        for feed in self.feeds:
            if (only_due and _is_early(feed, moment)) or not self.file_of(feed).is_polled:
                continue
            is_kept = feed.kind in (FeedKind.RSS, FeedKind.SITEMAP)
            known = (feed.etag, feed.last_modified) if is_kept else (None, None)
            for url, day in self._first(feed):
                yield self._request(url, feed, known=known, day=day)

    def read_news(
        self, response: Response, feed: Feed, depth: int, day: date | None, below: ListLink | None
    ) -> Iterator[Request]:
        """Take in one list, then the lists that it names."""
        self.patience.answered()
        if response.status == 304:
            self.run.list_unchanged(feed, response.url, below)
            return
        try:
            listing = read_listing(self.file_of(feed), response, self.place, day)
        except FeedUnreadable as error:
            self.run.list_failed(feed, response.url, error.reason, error.cause, status=response.status, is_below=depth > 0)
            return
        # A list of lists is never remembered as read: a kill before its children would hide them behind a 304.
        etag, modified = (
            (header_of(response, "ETag"), header_of(response, "Last-Modified")) if listing.is_complete else (None, None)
        )
        fetched = fetched_of(response)
        store = partial(self.run.list_pages, feed, listing.pages, fetched, etag=etag, last_modified=modified, below=below)
        if reason := why_unstored(store, response.url):
            self.run.list_failed(feed, response.url, reason, FetchCause.STORE, status=response.status, is_below=depth > 0)
            return
        further = [] if self.repeats(feed.id, day, listing) else list(self._ask_further(feed, listing, depth, day))
        if day and not further and self._may_go_on():
            self._end_day(feed, day)
        yield from further

    def news_failed(self, failure: Failure) -> None:
        trouble, request = explain(failure.value), request_of(failure)
        feed, is_blocked, day = request.cb_kwargs["feed"], trouble.is_blocked, request.cb_kwargs["day"]
        if day and trouble.status in NO_SUCH_LIST:
            self._end_day(feed, day)
        self.run.list_failed(
            feed,
            asked_url(request),
            trouble.reason,
            trouble.cause,
            status=trouble.status,
            is_blocked=is_blocked,
            is_below=request.cb_kwargs["depth"] > 0,
        )
        self.patience.failed(failure.value)

    def _first(self, feed: Feed) -> list[tuple[str, date | None]]:
        """The first lists with the days of an archive's, so that their further pages are known."""
        days = self._days_of(feed) if feed.kind is FeedKind.ARCHIVE else []
        urls = first_lists(self.file_of(feed), days)
        return list(zip(urls, days or [None] * len(urls), strict=True))

    def _days_of(self, feed: Feed) -> list[date]:
        """The days of an archive that are asked: a failed poll, a cut or a killed run leaves them to the next."""
        today = today_at(self.place, self._began_at)
        since = self.run.followed_since(feed) or feed.last_polled_at or self._began_at
        days = {fill_pattern(feed.url, day): day for day in days_between(today - timedelta(CATCH_UP_DAYS), today)}
        known = self.run.lists_below(feed, [ListLink(url) for url in days])
        read_on = {days[url]: today_at(self.place, row.read_at) for url, row in known.items() if row.read_at}
        return days_to_ask(today, today_at(self.place, since), read_on)

    def _end_day(self, feed: Feed, day: date) -> None:
        """By the clock at which the run began, for the day may have ended since."""
        self.run.day_read(feed, fill_pattern(feed.url, day), self._began_at)

    def _may_go_on(self) -> bool:
        return self.patience.has_time_for_lists() and len(self.asked) < MAX_LISTS

    def _ask_further(self, feed: Feed, listing: Listing, depth: int, day: date | None) -> Iterator[Request]:
        if not self._may_go_on():
            return
        links = [
            link
            for link in further_lists(self.file_of(feed), listing, depth=depth)
            if is_on_hosts(link.url, self.file.hosts) and link.url not in self.asked
        ][: MAX_LISTS - len(self.asked)]
        known = self.run.lists_below(feed, links) if feed.kind is FeedKind.SITEMAP else dict[str, ListUrl]()
        for link in links:
            if not is_settled(link, before := known.get(link.url)):
                tags = (before.etag, before.last_modified) if before else (None, None)
                yield self._request(link.url, feed, known=tags, depth=depth + 1, day=day, below=link)

    def _request(
        self,
        url: str,
        feed: Feed,
        *,
        known: tuple[str | None, str | None] = (None, None),
        depth: int = 0,
        day: date | None = None,
        below: ListLink | None = None,
    ) -> Request:
        self.asked.add(url)
        names = ("If-None-Match", "If-Modified-Since")
        return Request(
            url,
            callback=self.read_news,
            errback=self.news_failed,
            headers={name: value for name, value in zip(names, known, strict=True) if value},
            cb_kwargs={"feed": feed, "depth": depth, "day": day, "below": below},
            meta={"handle_httpstatus_list": [304]},
            priority=100,
            dont_filter=True,
        )


def _is_early(feed: Feed, moment: datetime) -> bool:
    """Whether its time is still to come; what a clock wrote that has been put back since says nothing."""
    was_put_back = feed.last_polled_at is not None and feed.last_polled_at > moment + CLOCK_SLACK
    return not was_put_back and feed.next_poll_at is not None and feed.next_poll_at > moment
