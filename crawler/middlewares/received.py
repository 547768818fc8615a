"""Answers as they come: the body as it was sent stays beside the one that Scrapy unzips, because evidence is of what was sent."""

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response

from crawler.middlewares.reasons import RedirectsEndless
from crawler.spiders.answers import RECEIVED

MAX_KEPT = 2 * 1024 * 1024
"""Larger ones are kept unzipped: memory holds a whole batch of them."""


class PlainRedirect(RedirectMiddleware):
    """As Scrapy's, for requests that never say where they come from; it names a circle when it sees one."""

    def _engine_started(self) -> None:
        """Scrapy's looks for the middleware that sets a Referer, and warns that there is none."""

    def handle_referer(self, request: Request, response: Response) -> None:
        request.headers.pop("Referer", None)

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        gone = [*request.meta.get("redirect_urls", []), request.url]
        if redirected.url in gone:
            raise RedirectsEndless(f"pengalihan berputar: kembali ke {redirected.url[:200]}")
        if len(gone) > self.max_redirect_times:
            raise RedirectsEndless(f"lebih dari {self.max_redirect_times} pengalihan")
        return super()._redirect(redirected, request, reason)


class KeepReceived:
    """Stands nearer to the network than HttpCompressionMiddleware."""

    def process_response(self, request: Request, response: Response) -> Response:
        request.meta.pop(RECEIVED, None)
        if response.headers.getlist("Content-Encoding") == [b"gzip"] and len(response.body) <= MAX_KEPT:
            request.meta[RECEIVED] = ("gzip", response.body)
        return response
