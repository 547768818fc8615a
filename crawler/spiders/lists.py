"""The half of a source's spider that asks lists: feeds for news, and the steps of a back-fill."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.addresses import is_on_hosts
from crawler.catalogue import FeedFile, SourceFile
from crawler.errors import FeedUnreadable
from crawler.finding.asking import (
    CATCH_UP_DAYS,
    HISTORY,
    Answer,
    days_to_ask,
    first_lists,
    further_lists,
    lists_of_history,
    read_list,
    today_at,
    within,
)
from crawler.finding.indexes import days_between, fill_pattern
from crawler.finding.listing import Listing, ListLink
from crawler.finding.ranges import Days
from crawler.finding.steps import Step, is_settled
from crawler.middlewares.reasons import explain
from crawler.pages.refusals import Refusal, is_robot_check
from crawler.runs.listing_run import ListingRun
from crawler.runs.page_run import NO_PAGE_CAN_BE_STORED
from crawler.spiders.answers import asked_url, fetched_of, header_of
from crawler.spiders.patience import Patience
from models import Feed, FeedKind, FetchCause, ListUrl, now
from models.base import CLOCK_SLACK
from models.reference import timezone_of

logger = logging.getLogger(__name__)

MAX_LISTS = 500
"""Lists that one run for news reads, however many more they name."""
NO_SUCH_LIST = {400, 404, 410}
"""WordPress answers 400 for a page behind the last."""


@dataclass
class ListReader:
    """Makes the requests of lists and takes in what they answer; the spider owns the network and the pages."""

    file: SourceFile
    run: ListingRun
    patience: Patience
    feeds: list[Feed] = field(default_factory=list[Feed])
    asked: set[str] = field(default_factory=set[str])
    """Addresses of lists: one that names itself, or a list above it, is read once."""
    _links_before: dict[tuple[int, date], frozenset[str]] = field(default_factory=dict[tuple[int, date], frozenset[str]])
    """Of the page before, by feed and day: many outlets answer a page behind the last with the last."""
    _last_step: int = 0
    _began_at: datetime = field(default_factory=now)

    @property
    def place(self) -> str:
        return timezone_of(self.file.region)

    def ask_for_news(self, *, only_due: bool) -> Iterator[Request]:
        """The first lists of every feed, or of those whose time has come."""
        moment = self._began_at = now()
        for feed in self.feeds:
            if (only_due and _is_early(feed, moment)) or not self._file_of(feed).is_polled:
                continue
            is_kept = feed.kind in (FeedKind.RSS, FeedKind.SITEMAP)
            known = (feed.etag, feed.last_modified) if is_kept else (None, None)
            for url, day in self._first(feed):
                yield self._request(url, feed, known=known, day=day)

    def begin_history(self, days: Days) -> None:
        """Plan a back-fill; its lists are asked when nothing else is under way."""
        wanted = [(feed, lists_of_history(self._file_of(feed), days)) for feed in self.feeds if feed.kind in HISTORY]
        self.run.begin_history(wanted)

    def ask_for_history(self) -> list[Request]:
        """The next lists of back-fills that wait; none when all were asked in this run."""
        steps = self.run.take_steps(self._last_step)
        if steps:
            self._last_step = steps[-1].id
        return [self._step_request(step) for step in steps]

    def read_news(
        self, response: Response, feed: Feed, depth: int, day: date | None, below: ListLink | None
    ) -> Iterator[Request]:
        """Take in one list, then the lists that it names."""
        self.patience.answered()
        if response.status == 304:
            self.run.list_unchanged(feed, response.url)
            return
        try:
            listing = _read(self._file_of(feed), response, self.place, day)
        except FeedUnreadable as error:
            self.run.list_failed(feed, response.url, error.reason, error.cause, status=response.status, is_below=depth > 0)
            return
        # A list of lists is never remembered as read: a kill before its children would hide them behind a 304.
        etag, modified = (
            (header_of(response, "ETag"), header_of(response, "Last-Modified")) if listing.is_complete else (None, None)
        )
        fetched = fetched_of(response)
        store = partial(self.run.list_pages, feed, listing.pages, fetched, etag=etag, last_modified=modified, below=below)
        if reason := _why_unstored(store, response.url):
            self.run.list_failed(feed, response.url, reason, FetchCause.STORE, status=response.status, is_below=depth > 0)
            return
        further = [] if self._repeats(feed.id, day, listing) else list(self._ask_further(feed, listing, depth, day))
        if day and not further and self._may_go_on():
            self._end_day(feed, day)
        yield from further

    def news_failed(self, failure: Failure) -> None:
        trouble, request = explain(failure.value), _request_of(failure)
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

    def read_history(self, response: Response, step: Step) -> None:
        """Take in one list of a back-fill, and let those that it names wait."""
        self.patience.answered()
        feed = self._file_of_id(step.feed_id)
        day = step.days.since if feed.kind is FeedKind.ARCHIVE else None
        try:
            listing = within(feed, _read(feed, response, self.place, day), step.days, self.place)
        except FeedUnreadable as error:
            self.run.history_failed(step, error.reason, error.cause, status=response.status)
            return
        is_over = self._repeats(step.feed_id, day, listing)
        more = [] if is_over else [(link.url, step.days) for link in listing.more if is_on_hosts(link.url, self.file.hosts)]
        store = partial(self.run.list_history, step, listing.pages, more, fetched_of(response))
        if reason := _why_unstored(store, response.url):
            self.run.history_failed(step, reason, FetchCause.STORE, status=response.status)

    def history_failed(self, failure: Failure) -> None:
        trouble, request = explain(failure.value), _request_of(failure)
        self.run.history_failed(
            request.cb_kwargs["step"],
            trouble.reason,
            trouble.cause,
            status=trouble.status,
            is_gone=trouble.status in NO_SUCH_LIST,
            is_blocked=trouble.is_blocked,
        )
        self.patience.failed(failure.value)

    def _first(self, feed: Feed) -> list[tuple[str, date | None]]:
        """The first lists with the days of an archive's, so that their further pages are known."""
        days = self._days_of(feed) if feed.kind is FeedKind.ARCHIVE else []
        urls = first_lists(self._file_of(feed), days)
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
            for link in further_lists(self._file_of(feed), listing, depth=depth)
            if is_on_hosts(link.url, self.file.hosts) and link.url not in self.asked
        ][: MAX_LISTS - len(self.asked)]
        known = self.run.lists_below(feed, links) if feed.kind is FeedKind.SITEMAP else dict[str, ListUrl]()
        for link in links:
            if not is_settled(link, before := known.get(link.url)):
                tags = (before.etag, before.last_modified) if before else (None, None)
                yield self._request(link.url, feed, known=tags, depth=depth + 1, day=day, below=link)

    def _repeats(self, feed_id: int, day: date | None, listing: Listing) -> bool:
        links = frozenset(page.url for page in listing.pages)
        key = (feed_id, day or date.min)
        before, self._links_before[key] = self._links_before.get(key), links
        return bool(links) and links == before

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

    def _step_request(self, step: Step) -> Request:
        return Request(
            step.url,
            callback=self.read_history,
            errback=self.history_failed,
            cb_kwargs={"step": step},
            priority=50,
            dont_filter=True,
        )

    def _file_of(self, feed: Feed) -> FeedFile:
        return next(entry for entry in self.file.feeds if entry.url == feed.url)

    def _file_of_id(self, feed_id: int) -> FeedFile:
        return self._file_of(next(feed for feed in self.feeds if feed.id == feed_id))


def _is_early(feed: Feed, moment: datetime) -> bool:
    """Whether its time is still to come; what a clock wrote that has been put back since says nothing."""
    was_put_back = feed.last_polled_at is not None and feed.last_polled_at > moment + CLOCK_SLACK
    return not was_put_back and feed.next_poll_at is not None and feed.next_poll_at > moment


def _read(feed: FeedFile, response: Response, place: str, day: date | None) -> Listing:
    """What a list says; raises FeedUnreadable, whatever it was that kept us from reading it."""
    try:
        return read_list(feed, _answer_of(response), place=place, day=day)
    except FeedUnreadable as error:
        if is_robot_check(response.body):
            raise FeedUnreadable(Refusal.CAPTCHA, FetchCause.CAPTCHA) from error
        raise
    except Exception as error:  # A list that breaks a parser may cost itself, never the rest of the run.
        logger.exception("cannot read %s", response.url)
        raise FeedUnreadable("daftar tidak terbaca (kesalahan pembaca)", FetchCause.READER) from error


def _why_unstored(store: Callable[[], None], url: str) -> str:
    """Store a list; in words what of it cannot be stored, empty where it was."""
    try:
        store()
    except NO_PAGE_CAN_BE_STORED:
        raise
    except Exception as error:  # What one list holds that code or database cannot take may cost itself, never the run.
        logger.exception("cannot store %s", url)
        return f"daftar tidak dapat disimpan ({type(getattr(error, 'orig', None) or error).__name__})"
    return ""


def _answer_of(response: Response) -> Answer:
    request = response.request
    asked = asked_url(request) if request is not None else response.url
    total = header_of(response, "X-WP-TotalPages") or ""
    total_pages = int(total) if total.isdecimal() and len(total) < 7 else None
    return Answer(response.body, response.url, asked, header_of(response, "Content-Type") or "", total_pages)


def _request_of(failure: Failure) -> Request:
    return failure.request  # pyright: ignore[reportAttributeAccessIssue]
