"""The server: a proxy for crawlers, virtual hosts by Host header, and a path prefix for people."""

import hashlib
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

from netra.demo.site.articles import DemoArticle, articles_of
from netra.demo.site.misbehaviour import TRANSFORMATIONS, Answer, fail_once
from netra.demo.site.outlets import BY_HOST, OUTLETS, Outlet
from netra.demo.site.rendering import Shelf, http_date, render_article, render_directory, render_list, render_robots

OPENED = datetime(2024, 11, 26, tzinfo=UTC)
NOT_FOUND = Answer(b"<html><body><h1>404</h1></body></html>", status=404)


class DemoSite:
    """Five outlets on one port of 127.0.0.1. Use it as a context manager.

    >>> with DemoSite() as site:
    ...     site.url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(self, port: int = 0, *, delay_seconds: float = 0.0) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        self._server.daemon_threads = True
        self._server.site = self  # pyright: ignore[reportAttributeAccessIssue]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._altered: dict[tuple[str, str], tuple[DemoArticle, datetime]] = {}
        self.delay_seconds = delay_seconds
        self.visits: Counter[str] = Counter()
        """How often each address was answered."""

    @property
    def url(self) -> str:
        """Its own address: the proxy of crawlers, the first page of people."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def alter(self, outlet: str, slug: str, text: str) -> None:
        """Serve another text for an article from now on, as when an outlet corrects it."""
        article = next(article for article in articles_of(outlet) if article.slug == slug)
        self._altered[outlet, slug] = (article.with_text(text), datetime.now(UTC))

    def answer(self, outlet: Outlet, path: str, base: str = "") -> tuple[Answer, datetime]:
        """What the outlet says at this path, and since when."""
        self.visits[f"{outlet.root}{path}"] += 1
        shelf = self._shelf(outlet)
        changes = [moment for (slug, _), (_, moment) in self._altered.items() if slug == outlet.slug]
        if path == "/robots.txt":
            return render_robots(outlet), OPENED
        if listing := render_list(shelf, path, base):
            return listing, max([OPENED, *changes])
        article = next((article for article in shelf.articles if outlet.path_of(article) == path), None)
        if article is None:
            return NOT_FOUND, OPENED
        return self._misbehave(shelf, article, path, base), shelf.changed_at(article) or OPENED

    def _misbehave(self, shelf: Shelf, article: DemoArticle, path: str, base: str) -> Answer:
        outlet = shelf.outlet
        if article.special == "healing" and self.visits[f"{outlet.root}{path}"] == 1:
            return fail_once(NOT_FOUND)
        if article.special == "moved":
            target = next(other for other in shelf.articles if not other.special)
            return Answer(b"", status=301, headers={"Location": (base or outlet.root) + outlet.path_of(target)})
        answer = render_article(shelf, article, base)
        return TRANSFORMATIONS[article.special](answer) if article.special in TRANSFORMATIONS else answer

    def _shelf(self, outlet: Outlet) -> Shelf:
        def current(article: DemoArticle) -> DemoArticle:
            return self._altered.get((outlet.slug, article.slug), (article, None))[0]

        def changed_at(article: DemoArticle) -> datetime | None:
            return self._altered.get((outlet.slug, article.slug), (None, article.published_at))[1]

        return Shelf(outlet, [current(article) for article in articles_of(outlet.slug)], changed_at)


class _Handler(BaseHTTPRequestHandler):
    """Finds the outlet that is meant, and speaks HTTP for it."""

    protocol_version = "HTTP/1.1"
    server_version = "DemoSite"

    def do_GET(self) -> None:
        site: DemoSite = self.server.site  # pyright: ignore[reportAttributeAccessIssue]
        time.sleep(site.delay_seconds)
        outlet, path, base = self._find_outlet()
        if outlet is None:
            self._send(render_directory() if path == "/" else NOT_FOUND, OPENED)
            return
        answer, changed_at = site.answer(outlet, path, base)
        self._send(answer, changed_at)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: crawlers make thousands of lines."""

    def _find_outlet(self) -> tuple[Outlet | None, str, str]:
        """Outlet, path, and the prefix that links for people need."""
        target = urlsplit(self.path)
        host = target.hostname or (self.headers.get("Host") or "").split(":")[0]
        if host in BY_HOST:
            return BY_HOST[host], target.path or "/", ""
        first, _, rest = target.path.lstrip("/").partition("/")
        if first in BY_HOST:
            return BY_HOST[first], self._home_of(BY_HOST[first], rest), f"/{first}"
        return None, target.path, ""

    def _home_of(self, outlet: Outlet, rest: str) -> str:
        """People who open an outlet's root get its list of articles."""
        return f"/{rest}" if rest else OUTLETS[outlet.slug].list_path

    def _send(self, answer: Answer, changed_at: datetime) -> None:
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
        is_known = answer.status == 200 and self._is_known(etag, changed_at)
        body = b"" if is_known else answer.body
        self.send_response(304 if is_known else answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status == 200:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", http_date(changed_at))
        if not is_known:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _is_known(self, etag: str, changed_at: datetime) -> bool:
        """If-None-Match goes before If-Modified-Since (RFC 9110)."""
        if known := self.headers.get("If-None-Match"):
            return etag in known
        return self.headers.get("If-Modified-Since") == http_date(changed_at)
