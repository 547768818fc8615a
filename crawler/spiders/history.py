"""The half of a source's spider that asks the lists of a back-fill, step by step."""

from dataclasses import dataclass
from functools import partial

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.addresses import is_on_hosts
from crawler.errors import FeedUnreadable
from crawler.finding.asking import HISTORY, lists_of_history, within
from crawler.finding.ranges import Days
from crawler.finding.steps import Step
from crawler.middlewares.reasons import explain
from crawler.spiders.answers import fetched_of
from crawler.spiders.lists import NO_SUCH_LIST, ListReader, read_listing, request_of, why_unstored
from models import FeedKind, FetchCause


@dataclass
class HistoryReader(ListReader):
    """Asks the steps that wait, whichever run planned them; each is asked once in a run."""

    _last_step: int = 0

    def begin_history(self, days: Days) -> None:
        """Plan a back-fill; its lists are asked when nothing else is under way."""
        wanted = [(feed, lists_of_history(self.file_of(feed), days)) for feed in self.feeds if feed.kind in HISTORY]
        self.run.begin_history(wanted)

    def ask_for_history(self) -> list[Request]:
        """The next lists of back-fills that wait; none when all were asked in this run."""
        steps = self.run.take_steps(self._last_step)
        if steps:
            self._last_step = steps[-1].id
        return [self._step_request(step) for step in steps]

    def read_history(self, response: Response, step: Step) -> None:
        """Take in one list of a back-fill, and let those that it names wait."""
        self.patience.answered()
        feed = self.file_of_id(step.feed_id)
        day = step.days.since if feed.kind is FeedKind.ARCHIVE else None
        try:
            listing = within(feed, read_listing(feed, response, self.place, day), step.days, self.place)
        except FeedUnreadable as error:
            self.run.history_failed(step, error.reason, error.cause, status=response.status)
            return
        is_over = self.repeats(step.feed_id, day, listing)
        more = [] if is_over else [link.url for link in listing.more if is_on_hosts(link.url, self.file.hosts)]
        store = partial(self.run.list_history, step, listing.pages, more, fetched_of(response))
        if reason := why_unstored(store, response.url):
            self.run.history_failed(step, reason, FetchCause.STORE, status=response.status)

    def history_failed(self, failure: Failure) -> None:
        trouble, request = explain(failure.value), request_of(failure)
        self.run.history_failed(
            request.cb_kwargs["step"],
            trouble.reason,
            trouble.cause,
            status=trouble.status,
            is_gone=trouble.status in NO_SUCH_LIST,
            is_blocked=trouble.is_blocked,
        )
        self.patience.failed(failure.value)

    def _step_request(self, step: Step) -> Request:
        return Request(
            step.url,
            callback=self.read_history,
            errback=self.history_failed,
            cb_kwargs={"step": step},
            priority=50,
            dont_filter=True,
        )
