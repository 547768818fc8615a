"""What the spiders of all platforms share: one query after the other, and a word on how each ended."""

import logging
from abc import abstractmethod
from collections.abc import AsyncIterator

from scrapy import Request
from sqlalchemy.exc import SQLAlchemyError

from crawler.connectors.cursors import Walk
from crawler.connectors.platforms import read_platforms
from crawler.connectors.problems import ApiProblem, ProblemKind
from crawler.connectors.queries import Query, read_queries
from crawler.spiders.asking import AskingSpider, Postponed
from models import FetchCause, RunState

logger = logging.getLogger(__name__)


class ConnectorSpider(AskingSpider):
    """The base of the platforms' spiders: it walks through each query, and ends with a word."""

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

    @abstractmethod
    async def walk_pages(self, query: Query, walk: Walk) -> None:
        """From where the walk stands as far as one run goes."""

    def query_of(self, key: str) -> Query | None:
        """The query behind the key of a cursor that a page gave reason to follow."""
        return None

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

    def _query_failed(self, walk: Walk, problem: ApiProblem) -> None:
        self.last_problem = problem
        self.reading.query_failed(walk, problem, self.base)

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
