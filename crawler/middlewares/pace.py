"""Manners: robots.txt with its Crawl-delay, and the pauses that an outlet asks for."""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

from crawler.middlewares.reasons import ComeBackLater, RobotsUnreachable

MAX_CRAWL_DELAY = 60.0
MAX_PAUSE = 120.0
ASKS_FOR_A_PAUSE = {429, 503}


class StrictRobots(RobotsTxtMiddleware):
    """As Scrapy's, but a robots.txt that cannot be read forbids everything, and its Crawl-delay is kept."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._unreachable: set[str] = set()

    async def process_request(self, request: Request, spider: Any = None) -> None:
        await super().process_request(request)
        host = request.url.split("/")[2]
        if host in self._unreachable and not request.meta.get("dont_obey_robotstxt"):
            raise RobotsUnreachable("robots.txt tidak dapat dibaca, jadi situs tidak diambil dulu")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._unreachable.add(netloc)
        await super()._parse_robots(response, netloc, request)
        parser = self._parsers[netloc]
        protego = getattr(parser, "rp", None)
        delay = protego.crawl_delay(self._robotstxt_useragent) if protego else None
        if delay:
            self._slow_down(min(float(delay), MAX_CRAWL_DELAY))

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._unreachable.add(netloc)
        super()._robots_error(exc, netloc)

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
            raise ComeBackLater(f"situs minta jeda {seconds:.0f} detik; dicoba pada perayapan berikut")
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
    except ValueError:
        return 0.0
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
