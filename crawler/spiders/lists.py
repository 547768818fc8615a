"""What news and back-fills share of asking lists: what an answer says, and what keeps it from being stored."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.catalogue import FeedFile, SourceFile
from crawler.errors import FeedUnreadable
from crawler.finding.asking import Answer, read_list
from crawler.finding.listing import Listing
from crawler.pages.refusals import Refusal, is_robot_check
from crawler.runs.listing_run import ListingRun
from crawler.runs.page_run import NO_PAGE_CAN_BE_STORED
from crawler.spiders.answers import asked_url, header_of
from crawler.spiders.patience import Patience
from models import Feed, FetchCause
from models.reference import timezone_of

logger = logging.getLogger(__name__)

NO_SUCH_LIST = {400, 404, 410}
"""WordPress answers 400 for a page behind the last."""


@dataclass
class ListReader:
    """Makes requests of lists and takes in what they answer; the spider owns the network and the pages."""

    file: SourceFile
    run: ListingRun
    patience: Patience
    feeds: list[Feed] = field(default_factory=list[Feed])
    _links_before: dict[tuple[int, date], frozenset[str]] = field(default_factory=dict[tuple[int, date], frozenset[str]])
    """Of the page before, by feed and day: many outlets answer a page behind the last with the last."""

    @property
    def place(self) -> str:
        return timezone_of(self.file.region)

    def repeats(self, feed_id: int, day: date | None, listing: Listing) -> bool:
        """Whether a list has the pages of the one before it, so that nothing comes behind it."""
        links = frozenset(page.url for page in listing.pages)
        key = (feed_id, day or date.min)
        before, self._links_before[key] = self._links_before.get(key), links
        return bool(links) and links == before

    def file_of(self, feed: Feed) -> FeedFile:
        return next(entry for entry in self.file.feeds if entry.url == feed.url)

    def file_of_id(self, feed_id: int) -> FeedFile:
        return self.file_of(next(feed for feed in self.feeds if feed.id == feed_id))


def read_listing(feed: FeedFile, response: Response, place: str, day: date | None) -> Listing:
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


def why_unstored(store: Callable[[], None], url: str) -> str:
    """Store a list; in words what of it cannot be stored, empty where it was."""
    try:
        store()
    except NO_PAGE_CAN_BE_STORED:
        raise
    except Exception as error:  # What one list holds that code or database cannot take may cost itself, never the run.
        logger.exception("cannot store %s", url)
        return f"daftar tidak dapat disimpan ({type(getattr(error, 'orig', None) or error).__name__})"
    return ""


def request_of(failure: Failure) -> Request:
    return failure.request  # pyright: ignore[reportAttributeAccessIssue]


def _answer_of(response: Response) -> Answer:
    request = response.request
    asked = asked_url(request) if request is not None else response.url
    total = header_of(response, "X-WP-TotalPages") or ""
    total_pages = int(total) if total.isdecimal() and len(total) < 7 else None
    return Answer(response.body, response.url, asked, header_of(response, "Content-Type") or "", total_pages)
