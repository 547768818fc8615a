"""What the spiders of all platforms share: the walk from the newest post back to what was read before.

A platform's own spider says which address to ask and how to read the answer.
"""

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta

from scrapy import Request
from sqlalchemy.exc import SQLAlchemyError

from crawler.connectors.cursors import Walk
from crawler.connectors.platforms import read_platforms
from crawler.connectors.posts import Page, add_bios, keep_willing
from crawler.connectors.problems import ApiProblem, ProblemKind
from crawler.connectors.queries import Query, read_queries
from crawler.spiders.asking import AskingSpider, Postponed
from models import FetchCause, RunState, now
from models.evidence.store import Fetched

logger = logging.getLogger(__name__)

FOUND_FOR = timedelta(days=14)
"""How long a query that a page gave is followed."""


UrlOf = Callable[[str, Sequence[str]], str]


class ConnectorSpider(AskingSpider):
    """The base of the platforms' spiders: it walks through the pages of each query, and ends with a word."""

    postponed: Postponed | None = None
    ended_by: ApiProblem | None = None
    """A problem before the first query: credentials that are missing or refused."""
    last_problem: ApiProblem | None = None

    async def start(self) -> AsyncIterator[Request]:
        self.run.start()
        try:
            await self._read_all()
        except Postponed as pause:
            self.postponed = pause
            self.reading.postpone(pause.until, str(pause), self.base)
        except ApiProblem as problem:
            self.ended_by = problem
            self.reading.note_problem(problem, self.base)
        except (OSError, SQLAlchemyError) as error:
            self.stop_storing(error)
        return
        yield  # Scrapy wants an asynchronous generator; nothing goes through its queue.

    def take_more(self) -> None:
        """No frontier: when `start` is done, the spider is."""

    # What a platform says of itself.

    async def prepare(self) -> None:
        """Before the first query: a session, or whether a key is there. Raises ApiProblem."""
        missing = read_platforms()[self.file.connector or ""].missing_settings(self.settings_of_netra)
        if missing:
            raise ApiProblem(ProblemKind.CREDENTIALS, f"belum diisi: {', '.join(missing)}")

    async def read_page(self, query: Query, walk: Walk) -> tuple[Page, Fetched]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One page of posts, where the walk stands, with the answer that it came in."""
        raise NotImplementedError

    def query_of(self, key: str) -> Query | None:
        """The query behind the key of a cursor that a page gave reason to follow."""
        return None

    def next_mark(self, walk: Walk, page: Page) -> str:
        """What the mark becomes when the walk that this page belongs to has come to its end."""
        raise NotImplementedError

    async def check_stored(self) -> None:
        """Ask again for posts that are stored, to see edits and deletions."""

    # The walk.

    async def _read_all(self) -> None:
        if (until := self.reading.asked_to_wait()) is not None:
            raise Postponed(until, "platform meminta jeda pada perayapan sebelumnya")
        await self.prepare()
        queries = {query.key: query for query in read_queries(self.file.connector or "", self.file.queries)}
        for walk in self.reading.open_walks(list(queries)):
            query = queries.get(walk.query) or self.query_of(walk.query)
            if query is not None:
                await self._read_query(query, walk)
        await self.check_stored()

    async def _read_query(self, query: Query, walk: Walk) -> None:
        try:
            await self.walk_pages(query, walk)
        except ApiProblem as problem:
            self._query_failed(walk, problem)
        except (Postponed, OSError, SQLAlchemyError):
            raise
        except Exception:  # An answer that breaks a reader may cost its query, never the others.
            logger.exception("cannot read %s", walk.query)
            reason, cause = "jawaban tidak terbaca (kesalahan pembaca)", FetchCause.READER
            self._query_failed(walk, ApiProblem(ProblemKind.UNREADABLE, reason, cause=cause))

    async def walk_pages(self, query: Query, walk: Walk) -> None:
        """From the newest page, or where the last run was cut, to the mark; at most `max_pages` in one run."""
        is_first_reading = not walk.mark
        for number in range(1, query.max_pages + 1):
            page, received = await self.read_page(query, walk)
            # The first reading goes back as far as its pages reach; later ones leave the rest to the next run.
            is_last = not page.next_page or (is_first_reading and number == query.max_pages)
            mark = walk.pending_mark or self.next_mark(walk, page)
            until = now() + FOUND_FOR
            walk = self.reading.store_page(walk, page, received, pending_mark=mark, is_last=is_last, found_until=until)
            if is_last:
                return

    def _query_failed(self, walk: Walk, problem: ApiProblem) -> None:
        self.last_problem = problem
        self.reading.query_failed(walk, problem, self.base)

    async def with_bios(self, page: Page, size: int, url_of: UrlOf, read: Callable[[bytes], Mapping[str, str]]) -> Page:
        """A page with what its authors say of themselves: the office of a first-person post often stands only there.

        `size` profiles are asked for at once. Where they cannot be had the posts are kept without.
        """
        bios = dict[str, str]()
        authors = sorted({post.author.id for post in page.posts})
        try:
            for start in range(0, len(authors), size):
                bios |= read((await self.ask(url_of(self.base, authors[start : start + size]))).body)
        except ApiProblem as problem:
            self.reading.note_problem(problem, self.base)
        except Postponed:
            """The page is kept first; the next request finds that there is no going on."""
        posts = keep_willing(add_bios(page.posts, bios), page.skipped)
        return Page(posts, page.next_page, page.skipped, page.found)

    def _ending(self, reason: str) -> tuple[RunState, str]:
        if reason != "finished":
            return super()._ending(reason)
        if self.ended_by is not None:
            return RunState.FAILED, self.ended_by.reason
        if self.postponed is not None:
            return RunState.FINISHED, self.postponed.reason
        if self.last_problem is not None and not self.run.listed_feeds:
            state = RunState.FAILED if self.run.failed_feeds else RunState.FINISHED
            return state, f"tidak satu pun kueri terbaca: {self.last_problem.reason}"
        return super()._ending(reason)
