"""Manners: robots.txt with its Crawl-delay, and the pauses that an outlet asks for."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from sqlalchemy.exc import SQLAlchemyError

from crawler.middlewares.reasons import NETWORK, ComeBackLater, RedirectRefused, RobotsUnreachable, explain
from crawler.runs.robots_changes import judge_robots, own_addresses
from models import FetchCause

MAX_CRAWL_DELAY = 60.0
MAX_PAUSE = 120.0
MAX_ROBOTS = 512 * 1024
"""Bytes that are read of a robots.txt; RFC 9309 asks for 500 KiB."""
OF_THE_HOST = NETWORK | {FetchCause.ADDRESS}
"""The host itself cannot be reached: that is worth more to an operator than that its robots.txt cannot."""
ASKS_FOR_A_PAUSE = {429, 503}


class StrictRobots(RobotsTxtMiddleware):
    """As Scrapy's, but a robots.txt that cannot be read forbids everything, and its Crawl-delay is kept."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._unreachable: dict[str, tuple[str, FetchCause]] = {}

    async def process_request(self, request: Request, spider: Any = None) -> None:
        await super().process_request(request)
        host = request.url.split("/")[2]
        if host in self._unreachable and not request.meta.get("dont_obey_robotstxt"):
            raise RobotsUnreachable(*self._unreachable[host])

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._unreachable[netloc] = (f"HTTP {response.status}", FetchCause.ROBOTS_UNREACHABLE)
        await super()._parse_robots(response.replace(body=response.body[:MAX_ROBOTS]), netloc, request)
        parser: Any = self._parsers[netloc]
        protego = getattr(parser, "rp", None)
        delay = protego.crawl_delay(self._robotstxt_useragent) if protego else None
        if delay:
            self._slow_down(min(float(delay), MAX_CRAWL_DELAY))
        may_ask = None if netloc in self._unreachable else lambda url: parser.allowed(url, self._robotstxt_useragent)
        self._keep(netloc, may_ask, float(delay) if delay else None, response)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        trouble = explain(exc)
        is_of_host = trouble.cause in OF_THE_HOST and not isinstance(exc, RedirectRefused)
        cause = trouble.cause if is_of_host else FetchCause.ROBOTS_UNREACHABLE
        self._unreachable[netloc] = (trouble.reason, cause)
        super()._robots_error(exc, netloc)
        self._keep(netloc, None, None, None)

    def _keep(self, netloc: str, may_ask: Callable[[str], bool] | None, delay: float | None, response: Response | None) -> None:
        """Let the run remember what was said; `may_ask` is None where it could not be read."""
        spider: Any = self.crawler.spider
        if not hasattr(getattr(spider, "run", None), "id"):
            return
        verdict = judge_robots(own_addresses(spider.file, netloc), may_ask, delay)
        try:
            body, status = (response.body, response.status) if response is not None else (b"", None)
            spider.run.keep_robots(netloc, verdict, body=body, status=status)
        except (OSError, SQLAlchemyError) as error:
            spider.stop_storing(error)

    def _slow_down(self, delay: float) -> None:
        """AutoThrottle may go slower than this, never faster. One process crawls one source, so it is for all hosts."""
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = max(throttle.mindelay, delay)
        for slot in self.crawler.engine.downloader.slots.values():
            slot.delay = max(slot.delay, delay)


class PatientRetry(RetryMiddleware):
    """As Scrapy's, but 429 and 503 with Retry-After wait that long before the host is asked again."""

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        if response.status in ASKS_FOR_A_PAUSE and (seconds := retry_after(response)):
            self._pause(request, seconds)
        return super().process_response(request, response)

    def _pause(self, request: Request, seconds: float) -> None:
        if seconds > MAX_PAUSE:
            raise ComeBackLater(f"situs minta jeda {seconds:.0f} detik; dicoba pada perayapan berikut", seconds)
        downloader = self.crawler.engine.downloader  # pyright: ignore[reportOptionalMemberAccess]
        slot = downloader.slots.get(request.meta.get("download_slot", ""))
        if slot is not None:
            slot.lastseen = time.monotonic() + seconds


def retry_after(response: Response) -> float:
    """Seconds of a Retry-After header, given as a number or a date; 0 where there is none that can be read."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdecimal():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
