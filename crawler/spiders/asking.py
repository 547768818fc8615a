"""One request to an API after the other: the platform's pace kept, failures tried again, problems named."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.connectors.concealment import conceal_headers, conceal_url
from crawler.connectors.limits import LONGEST, read_limit, seconds_until
from crawler.connectors.problems import RETRIED, Answer, ApiProblem, ProblemKind, explain_failure
from crawler.connectors.run import ConnectorRun
from crawler.middlewares.pace import retry_after
from crawler.spiders.answers import fetched_of
from crawler.spiders.source import SourceSpider
from models import now
from models.evidence.store import Fetched
from models.settings import Settings

ATTEMPTS = 3
BACK_OFF = 2.0
"""Seconds before the second attempt; twice as many before the third."""
DEFAULT_WAIT = 60.0
"""After a 429 that names no time."""
MAX_ANSWER = 4 * 1024 * 1024


class Postponed(Exception):
    """The platform wants a longer pause than this run waits; the next run goes on where this one stopped."""

    def __init__(self, until: datetime, why: str) -> None:
        self.until = until
        self.reason = f"ditunda sampai {until:%Y-%m-%d %H:%M} {until:%Z}: {why}"
        super().__init__(self.reason)


class AskingSpider(SourceSpider, ABC):
    """Asks sequentially, so that no two requests race for one limit."""

    # Retries are ours: they count into the time that a run may wait, and each is noted.
    custom_settings: ClassVar[dict[str, Any]] = {"RETRY_ENABLED": False, "DOWNLOAD_MAXSIZE": MAX_ANSWER}  # pyright: ignore
    obeys_robots: ClassVar[bool] = True
    """False where we are let in by a key of our own: then the API's terms are the rules."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.settings_of_netra = crawler.settings["NETRA"]
        spider.run = spider.reading = ConnectorRun(spider.engine, spider.settings_of_netra, cls.file)
        spider.base = cls.file.home_url.rstrip("/")
        return spider

    reading: ConnectorRun
    """The run, with what connectors need of it."""
    settings_of_netra: Settings
    base: str
    """The API's address, as `home_url` of the source file says it."""
    waited: float = 0.0
    """Seconds that this run spent waiting for the platform."""
    not_before: datetime | None = None

    @abstractmethod
    def explain(self, answer: Answer) -> ApiProblem:
        """What an answer that is not 200 means here."""

    def hidden_problem(self, answer: Answer) -> ApiProblem | None:
        """A refusal that comes with status 200."""
        return None

    def headers(self) -> Mapping[str, str]:
        return {}

    async def renew_session(self) -> bool:
        """Another session, where the platform has such; True when it is worth to ask again."""
        return False

    def spend(self, url: str) -> None:
        """Count a call before it is made. Raises Postponed where none is left."""

    async def ask(self, url: str, *, method: str = "GET", body: str = "", headers: Mapping[str, str] | None = None) -> Fetched:
        """An answer with status 200, its keys taken out; raises ApiProblem or Postponed."""
        tries, has_renewed = 0, False
        while True:
            tries += 1
            await self._keep_pace()
            self.spend(url)
            request = self._request(url, method, body, self.headers() if headers is None else headers)
            try:
                return await self._ask_once(request)
            except ApiProblem as problem:
                if problem.kind is ProblemKind.SESSION and not has_renewed and headers is None:
                    has_renewed = await self.renew_session()
                    if has_renewed:
                        continue
                self._prepare_retry(problem, tries, url)

    async def _ask_once(self, request: Request) -> Fetched:
        try:
            response = await self.crawler.engine.download_async(request)  # pyright: ignore[reportOptionalMemberAccess]
        except Exception as error:  # Whatever kept the answer away concerns this request alone.
            raise explain_failure(error) from error
        self._heed_limit(response)
        answer = Answer(response.status, response.body, retry_after(response))
        if response.status != 200:
            raise self.explain(answer)
        if (problem := self.hidden_problem(answer)) is not None:
            raise problem
        fetched = fetched_of(response)
        headers = conceal_headers(fetched.headers)
        return Fetched(conceal_url(fetched.url), fetched.body, fetched.content_type, fetched.status, headers, fetched.fetched_at)

    def _request(self, url: str, method: str, body: str, headers: Mapping[str, str]) -> Request:
        # A redirect is not followed: our key would go along.
        meta = {"dont_redirect": True, "dont_obey_robotstxt": not self.obeys_robots}
        return Request(url, method=method, body=body, headers=dict(headers), meta=meta, dont_filter=True)

    def _heed_limit(self, response: Response) -> None:
        """Where the platform says that none is left, the next request waits for its reset."""
        headers = {name.decode("latin-1"): values[-1].decode("latin-1") for name, values in response.headers.items() if values}
        limit = read_limit(headers, now())
        if limit.reset_at and (limit.remaining == 0 or response.status == 429):
            self.not_before = limit.reset_at

    def _prepare_retry(self, problem: ApiProblem, tries: int, url: str) -> None:
        """Say when to ask again. Raises the problem where that helps nothing, Postponed where it takes too long."""
        if problem.kind is ProblemKind.RATE:
            seconds = problem.wait_seconds or seconds_until(self.not_before, now()) or DEFAULT_WAIT
        elif problem.kind in RETRIED and tries < ATTEMPTS:
            seconds = problem.wait_seconds or BACK_OFF * 2 ** (tries - 1)
        else:
            raise problem
        self.reading.note_problem(problem, conceal_url(url))
        self.not_before = now() + timedelta(seconds=min(seconds, LONGEST.total_seconds()))
        if tries >= ATTEMPTS:
            raise Postponed(self.not_before, problem.reason)

    async def _keep_pace(self) -> None:
        """Wait until the platform may be asked, as long as this run may wait."""
        seconds = seconds_until(self.not_before, now())
        if self.not_before is None or not seconds:
            return
        if self.waited + seconds > self.settings_of_netra.connector_wait_minutes * 60:
            raise Postponed(self.not_before, "platform meminta jeda lebih lama dari satu perayapan")
        self.waited += seconds
        await asyncio.sleep(seconds)
        self.not_before = None
