"""Scrapy's HTTP, with a bound on the one part of an answer that it reads without any: the headers."""

from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler

from crawler.middlewares.reasons import HeadersEndless

MAX_HEADERS = 128 * 1024
"""Bytes, all lines together; half of what browsers take."""


class BoundedHandler(HTTP11DownloadHandler):
    """Gives up on an answer whose headers do not end, instead of keeping them all in memory until the time is over."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory


class _BoundedParser(_LenientHTTPClientParser):
    header_bytes = 0

    def lineReceived(self, line: bytes) -> None:
        self.header_bytes += len(line)
        if self.header_bytes > MAX_HEADERS:
            raise HeadersEndless(f"more than {MAX_HEADERS} bytes of headers")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        raise HeadersEndless(f"a header of more than {self.MAX_LENGTH} bytes")


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        answer = super().request(request)
        assert self._parser is not None, "Twisted makes one for each request"
        self._parser.__class__ = _BoundedParser
        return answer


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _BoundedProtocol:
        return _BoundedProtocol(self._quiescentCallback)
