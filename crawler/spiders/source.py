"""The spider of a source: polls its feeds, then fetches what waits in the frontier, also what a killed run left."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from twisted.python.failure import Failure

from crawler.catalogue import SourceFile
from crawler.errors import NotAnArticle
from crawler.finding.ranges import Days
from crawler.frontier import WaitingUrl
from crawler.items import ReadPage
from crawler.middlewares.reasons import OF_THE_OUTLET, Trouble, explain
from crawler.runs.listing_run import ListingRun
from crawler.runs.page_run import GONE
from crawler.runs.run import Run
from crawler.spiders.answers import asked_url, fetched_of
from crawler.spiders.history import HistoryReader
from crawler.spiders.news import NewsReader
from crawler.spiders.patience import Patience
from crawler.spiders.reading import Part, join_parts, next_part, read_answer
from models import FetchCause, Rights, RunState
from models.database import make_engine
from models.evidence.store import Fetched
from models.settings import Settings

logger = logging.getLogger(__name__)

__all__ = ["SourceSpider", "fetched_of"]


class SourceSpider(Spider):
    """One class a source file is made of this by the loader; `file` says what to read.

    `-a since=2024-08-01 -a until=2024-10-31` fills those days instead of looking for news; `-a due=1` polls only the
    feeds whose time has come.
    """

    file: ClassVar[SourceFile]
    storing_failed: bool = False
    outcome: RunState | None = None
    """How the run ended; None until it did."""
    history: Days | None = None
    only_due: bool = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, since: str = "", until: str = "", due: str = "", **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings: Settings = crawler.settings["NETRA"]
        spider.engine = make_engine(settings.database_address)
        spider.run = spider.pages = ListingRun(spider.engine, settings, cls.file)
        spider.patience = Patience(spider.give_up)
        spider.news = NewsReader(cls.file, spider.pages, spider.patience)
        spider.past = HistoryReader(cls.file, spider.pages, spider.patience)
        spider.history = Days(date.fromisoformat(since), date.fromisoformat(until or since)) if since else None
        spider.only_due = bool(due)
        crawler.signals.connect(spider.take_more, signal=signals.spider_idle)
        crawler.signals.connect(spider.check_error, signal=signals.spider_error)
        return spider

    engine: Engine
    run: Run
    pages: ListingRun
    """The run, with what outlets need of it."""
    news: NewsReader
    past: HistoryReader
    patience: Patience
    before_id: int | None = None
    _flushing: asyncio.TimerHandle | None = None
    _closing: asyncio.Future[None] | None = None

    async def start(self) -> AsyncIterator[Request]:
        if self.history:
            self.past.feeds = self.run.start(sejak=str(self.history.since), sampai=str(self.history.until))
            self.past.begin_history(self.history)
            return
        self.news.feeds = self.run.start()
        for request in self.news.ask_for_news(only_due=self.only_due):
            yield request

    def take_more(self) -> None:
        """When nothing is under way: ask the next lists of a back-fill, then the next pages, or let the spider end."""
        if self.patience.is_over:
            return
        try:
            requests = self._next_requests()
        except (OSError, SQLAlchemyError) as error:  # Scrapy would log it and end the run as if nothing waited.
            self.stop_storing(error)
            return
        for request in requests:
            self.crawler.engine.crawl(request)  # pyright: ignore[reportOptionalMemberAccess]
        if requests:
            raise DontCloseSpider

    def read_page(self, response: Response, frontier_id: int, parts: tuple[Part, ...] = ()) -> Iterator[ReadPage | Request]:
        """Hand an article on to the store, ask for its next page, or say why there is none."""
        self._flush_soon()
        if response.status == 304:
            self.patience.answered()
            self.pages.unchanged(frontier_id, response.url)
            return
        fetched = fetched_of(response)
        self.pages.begin_reading(frontier_id, fetched)
        lack = ""
        try:
            parts = (*parts, (read_answer(self.file, fetched), fetched))
            following = next_part(self.file, fetched, [part[1].url for part in parts])
        except NotAnArticle as refusal:
            if not parts or (refusal.cause in OF_THE_OUTLET and not self.pages.is_last_try(frontier_id)):
                self._note_refusal(refusal, frontier_id, fetched, is_part=bool(parts))
                return
            following, lack = None, f"halaman lanjutan: {refusal.reason}"
        except Exception:  # A page that breaks a parser may cost itself, never the rest of the run.
            logger.exception("cannot read %s", fetched.url)
            self.patience.answered()
            reason, cause = "halaman tidak terbaca (kesalahan pembaca)", FetchCause.READER
            self.pages.fail(frontier_id, fetched.url, reason, cause=cause, status=fetched.status, fetched=fetched)
            return
        finally:
            self.pages.end_reading()
        self.patience.answered()
        yield self._part_request(following, frontier_id, parts) if following else _joined(frontier_id, parts, lack)

    def part_failed(self, failure: Failure) -> Iterator[ReadPage]:
        """A further page of an article is missing: it is tried again with its first, and at last what was read is kept."""
        request: Request = failure.request  # pyright: ignore[reportAttributeAccessIssue]
        frontier_id, trouble = request.cb_kwargs["frontier_id"], explain(failure.value)
        is_final = trouble.kind in (Trouble.REFUSED, Trouble.BLOCKED) or trouble.status in GONE
        if not is_final and (trouble.kind is Trouble.POSTPONED or not self.pages.is_last_try(frontier_id)):
            self.page_failed(failure, is_part=True)
            return
        self._flush_soon()
        yield _joined(frontier_id, request.cb_kwargs["parts"], f"halaman lanjutan: {trouble.reason}")
        self.patience.failed(failure.value)

    def page_failed(self, failure: Failure, *, is_part: bool = False) -> None:
        self._flush_soon()
        request: Request = failure.request  # pyright: ignore[reportAttributeAccessIssue]
        frontier_id, trouble = request.cb_kwargs["frontier_id"], explain(failure.value)
        url, reason, cause = asked_url(request), trouble.reason, trouble.cause
        match trouble.kind:
            case Trouble.REFUSED:
                self.pages.refuse(frontier_id, url, reason, cause=cause)
            case Trouble.BLOCKED | Trouble.POSTPONED:
                self.pages.block(frontier_id, url, reason, cause=cause, is_final=trouble.kind is Trouble.BLOCKED)
            case Trouble.FAILED:
                self.pages.fail(frontier_id, url, reason, cause=cause, status=trouble.status, is_part=is_part)
        self.patience.failed(failure.value)

    def give_up(self, reason: str) -> None:
        """End the run; what was not asked goes on waiting."""
        engine = self.crawler.engine
        assert engine is not None, "Scrapy sets it before a spider asks anything"
        self._closing = asyncio.ensure_future(engine.close_spider_async(reason=reason))

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
        self.give_up(f"penyimpanan gagal: {cause}"[:300])

    def closed(self, reason: str) -> None:
        """Scrapy calls this at the end, whatever ended it but a kill."""
        if self._flushing is not None:
            self._flushing.cancel()
        self.outcome = RunState.FAILED  # True as well when the end itself cannot be written.
        if hasattr(self.run, "id"):
            outcome, words = self._ending(reason)
            if self.patience.come_back_at is not None:
                self.pages.leave_alone(self.patience.come_back_at)
            self.run.finish(outcome, words)
            self.outcome = outcome
        self.engine.dispose()

    def _next_requests(self) -> list[Request]:
        requests = self.past.ask_for_history() if self.history else []
        if requests or self.file.rights is Rights.METADATA_ONLY:
            return requests
        batch = self.pages.take(self.before_id)
        if batch:
            self.before_id = batch[-1].id
        return [self._page_request(waiting) for waiting in batch]

    def _note_refusal(self, refusal: NotAnArticle, frontier_id: int, fetched: Fetched, *, is_part: bool) -> None:
        """A robot check that is answered with 200 is a ban of us as much as one with 403: its page goes on waiting."""
        url, reason, cause = fetched.url, refusal.reason, refusal.cause
        if cause in OF_THE_OUTLET:
            self.pages.fail(frontier_id, url, reason, cause=cause, status=fetched.status, fetched=fetched, is_part=is_part)
        else:
            self.pages.refuse(frontier_id, url, reason, cause=cause, fetched=fetched)
        self.patience.failed(refusal)

    def _page_request(self, waiting: WaitingUrl) -> Request:
        known = {"If-None-Match": waiting.etag, "If-Modified-Since": waiting.last_modified}
        return Request(
            waiting.url,
            callback=self.read_page,
            errback=self.page_failed,
            headers={name: value for name, value in known.items() if value},
            cb_kwargs={"frontier_id": waiting.id},
            meta={"handle_httpstatus_list": [304]},
            dont_filter=True,
        )

    def _part_request(self, url: str, frontier_id: int, parts: tuple[Part, ...]) -> Request:
        kept = {"frontier_id": frontier_id, "parts": parts}
        return Request(url, callback=self.read_page, errback=self.part_failed, cb_kwargs=kept, priority=10, dont_filter=True)

    def _flush_soon(self) -> None:
        """Pages that come slowly are written without waiting for more of them."""
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(self.pages.batch_seconds, self._flush)

    def _flush(self) -> None:
        self._flushing = None
        try:
            self.pages.flush()
        except (OSError, SQLAlchemyError) as error:
            self.stop_storing(error)

    def _ending(self, reason: str) -> tuple[RunState, str]:
        if reason == "shutdown":
            return RunState.INTERRUPTED, "dihentikan; sisanya diambil pada perayapan berikut"
        if reason != "finished":
            return RunState.FAILED, reason
        if self.run.failed_feeds and not self.run.listed_feeds:
            return RunState.FAILED, "tidak satu pun kanal terbaca"
        return RunState.FINISHED, "selesai"


def _joined(frontier_id: int, parts: tuple[Part, ...], lack: str) -> ReadPage:
    article = replace(join_parts(parts), cut_after=len(parts) if lack else 0)
    return ReadPage(frontier_id, article, parts[0][1], tuple(fetched for _, fetched in parts[1:]), lack)
