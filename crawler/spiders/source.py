"""The spider of a source: polls its feeds, then fetches what waits in the frontier, also what a killed run left."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from twisted.python.failure import Failure

from crawler.addresses import is_on_hosts
from crawler.catalogue import FeedFile, SourceFile
from crawler.errors import FeedUnreadable, NotAnArticle
from crawler.feeds import Listing, read_index, read_rss, read_sitemap
from crawler.items import ReadPage
from crawler.middlewares.reasons import Trouble, explain
from crawler.pages import read_page
from crawler.run import Run
from models import Feed, FeedKind, Rights, RunState, now
from models.database import make_engine
from models.evidence import Fetched
from models.reference import timezone_of
from models.settings import Settings

logger = logging.getLogger(__name__)

MAX_LISTS = 500
"""Lists that one run reads, however many more they name."""
NEAR_LANGUAGES = {"id", "ms", "jv"}
"""The model takes one for another; all of them are what Indonesian outlets write."""


class SourceSpider(Spider):
    """One class a source file is made of this by the loader; `file` says what to read."""

    file: ClassVar[SourceFile]
    storing_failed: bool = False
    outcome: RunState | None = None
    """How the run ended; None until it did."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings: Settings = crawler.settings["NETRA"]
        spider.engine = make_engine(settings.database_address)
        spider.run = Run(spider.engine, settings, cls.file)
        spider.lists_asked = set()
        crawler.signals.connect(spider.take_more, signal=signals.spider_idle)
        crawler.signals.connect(spider.check_error, signal=signals.spider_error)
        return spider

    engine: Engine
    run: Run
    lists_asked: set[str]
    """Addresses of lists: one that names itself, or a list above it, is read once."""
    before_id: int | None = None

    async def start(self) -> AsyncIterator[Request]:
        for feed in self.run.start():
            yield self._feed_request(feed, feed.url, conditional=feed.kind is not FeedKind.INDEX)

    def read_feed(self, response: Response, feed: Feed, depth: int) -> Iterator[Request]:
        """Take in one list, then the lists that it names."""
        if response.status == 304:
            self.run.list_unchanged(feed, response.url)
            return
        try:
            listing = self._read_listing(response, feed)
        except FeedUnreadable as error:
            self.run.list_failed(feed, response.url, error.reason, status=response.status)
            return
        # A list of lists is never remembered as read: a kill before its children would hide them behind a 304.
        whole = listing.is_complete and depth == 0
        etag, modified = (_header(response, "ETag"), _header(response, "Last-Modified")) if whole else (None, None)
        self.run.list_pages(feed, listing.pages, fetched_of(response), etag=etag, last_modified=modified)
        if depth + 1 < self._feed_file(feed).max_pages:
            for url in listing.more[: MAX_LISTS - len(self.lists_asked)]:
                if is_on_hosts(url, self.file.hosts) and url not in self.lists_asked:
                    yield self._feed_request(feed, url, depth=depth + 1)

    def feed_failed(self, failure: Failure) -> None:
        trouble = explain(failure.value)
        feed = failure.request.cb_kwargs["feed"]  # pyright: ignore[reportAttributeAccessIssue]
        self.run.list_failed(feed, failure.request.url, trouble.reason, status=trouble.status)  # pyright: ignore[reportAttributeAccessIssue]

    def take_more(self) -> None:
        """When nothing is under way: fetch the next pages of the frontier, or let the spider end."""
        if self.file.rights is Rights.METADATA_ONLY:
            return
        try:
            batch = self.run.take(self.before_id)
        except SQLAlchemyError as error:  # Scrapy would log it and end the run as if nothing waited.
            self.stop_storing(error)
            return
        if not batch:
            return
        self.before_id = batch[-1].id
        for waiting in batch:
            request = Request(
                waiting.url,
                callback=self.read_page,
                errback=self.page_failed,
                cb_kwargs={"frontier_id": waiting.id},
                dont_filter=True,
            )
            self.crawler.engine.crawl(request)  # pyright: ignore[reportOptionalMemberAccess]
        raise DontCloseSpider

    def read_page(self, response: Response, frontier_id: int) -> Iterator[ReadPage]:
        """Hand an article on to the store, or say why there is none."""
        fetched = fetched_of(response)
        place = timezone_of(self.file.region)
        try:
            self._check_is_html(fetched)
            article = read_page(
                self.file.reader, fetched.body, fetched.url, fetched.content_type, place=place, hosts=self.file.hosts
            )
            if article.language and article.language not in NEAR_LANGUAGES | {self.file.language}:
                raise NotAnArticle(f"bahasa lain ({article.language})")
        except NotAnArticle as refusal:
            self.run.refuse(frontier_id, fetched.url, refusal.reason, fetched=fetched)
        except Exception:  # A page that breaks a parser may cost itself, never the rest of the run.
            logger.exception("cannot read %s", fetched.url)
            self.run.fail(frontier_id, fetched.url, "halaman tidak terbaca (kesalahan pembaca)", status=fetched.status)
        else:
            yield ReadPage(frontier_id, article, fetched)

    def page_failed(self, failure: Failure) -> None:
        request: Request = failure.request  # pyright: ignore[reportAttributeAccessIssue]
        frontier_id, trouble = request.cb_kwargs["frontier_id"], explain(failure.value)
        match trouble.kind:
            case Trouble.REFUSED:
                self.run.refuse(frontier_id, request.url, trouble.reason)
            case Trouble.BLOCKED | Trouble.POSTPONED:
                self.run.block(frontier_id, request.url, trouble.reason, is_final=trouble.kind is Trouble.BLOCKED)
            case Trouble.FAILED:
                self.run.fail(frontier_id, request.url, trouble.reason, status=trouble.status)

    def check_error(self, failure: Failure) -> None:
        """An error that left a callback: where the disk or the database is the reason, no other page would do better."""
        if isinstance(failure.value, (OSError, SQLAlchemyError)):
            self.stop_storing(failure.value)

    def stop_storing(self, error: Exception) -> None:
        """A full disk or a lost database: what is under way goes on waiting, and the run ends instead of failing page by page."""
        logger.error("cannot store: %s", error)
        if self.storing_failed:
            return
        self.storing_failed = True
        cause = getattr(error, "orig", None) or error
        self.crawler.engine.close_spider(self, f"penyimpanan gagal: {cause}"[:300])  # pyright: ignore

    def closed(self, reason: str) -> None:
        """Scrapy calls this at the end, whatever ended it but a kill."""
        if not hasattr(self.run, "id"):
            self.outcome = RunState.FAILED
        else:
            self.outcome = RunState.FAILED  # True as well when the end itself cannot be written.
            outcome, words = self._ending(reason)
            self.run.finish(outcome, words)
            self.outcome = outcome
        self.engine.dispose()

    def _ending(self, reason: str) -> tuple[RunState, str]:
        if reason == "shutdown":
            return RunState.INTERRUPTED, "dihentikan; sisanya diambil pada perayapan berikut"
        if reason != "finished":
            return RunState.FAILED, reason
        if self.run.failed_feeds and not self.run.listed_feeds:
            return RunState.FAILED, "tidak satu pun kanal terbaca"
        return RunState.FINISHED, "selesai"

    def _feed_request(self, feed: Feed, url: str, *, depth: int = 0, conditional: bool = False) -> Request:
        self.lists_asked.add(url)
        headers = {}
        if conditional and feed.etag:
            headers["If-None-Match"] = feed.etag
        if conditional and feed.last_modified:
            headers["If-Modified-Since"] = feed.last_modified
        return Request(
            url,
            callback=self.read_feed,
            errback=self.feed_failed,
            headers=headers,
            cb_kwargs={"feed": feed, "depth": depth},
            meta={"handle_httpstatus_list": [304]},
            priority=100,
            dont_filter=True,
        )

    def _read_listing(self, response: Response, feed: Feed) -> Listing:
        content_type, place = _header(response, "Content-Type") or "", timezone_of(self.file.region)
        match feed.kind:
            case FeedKind.RSS:
                return read_rss(response.body, response.url, content_type, place=place)
            case FeedKind.SITEMAP:
                return read_sitemap(response.body, response.url, place=place)
            case FeedKind.INDEX:
                file = self._feed_file(feed)
                return read_index(response.body, response.url, content_type, link=file.link, next_page=file.next)

    def _feed_file(self, feed: Feed) -> FeedFile:
        return next(entry for entry in self.file.feeds if entry.url == feed.url)

    @staticmethod
    def _check_is_html(fetched: Fetched) -> None:
        kind = fetched.content_type.split(";")[0].strip().lower()
        if kind and "html" not in kind and not kind.startswith("text/"):
            raise NotAnArticle(f"bukan halaman HTML ({kind})")


def fetched_of(response: Response) -> Fetched:
    """The bytes of a response with what HTTP said of them."""
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, values in response.headers.items() for value in values]
    return Fetched(response.url, response.body, _header(response, "Content-Type") or "", response.status, headers, now())


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
