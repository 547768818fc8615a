"""Several outlets behind one local proxy, each with a feed and pages: some slow, some that never answer."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import yaml

from models.settings import Settings
from tests.crawler.press import article


@dataclass
class LittleWeb:
    """`pages` by slug; the outlet of `satu` is http://satu.test."""

    home: Path
    pages: dict[str, int]
    slow: dict[str, float] = field(default_factory=dict[str, float])
    """Seconds for each page."""
    silent: set[str] = field(default_factory=set[str])
    """Outlets whose feed never answers."""
    asked: Counter[str] = field(default_factory=Counter[str])

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        (self.home / "sources").mkdir(parents=True, exist_ok=True)
        for slug in self.pages:
            self.write_source(slug)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def write_source(self, slug: str, **values: Any) -> Path:
        url = f"http://{slug}.test"
        fixed = {"name": slug, "kind": "berita", "home_url": url, "rights": "full_text", "rights_note": "rekaan"}
        more = {"cadence_minutes": 60, "expected_min_per_day": 0, "confidence": "A", "delay_seconds": 0.001}
        entry = {**fixed, **more, "feeds": [{"kind": "rss", "url": f"{url}/rss"}], **values}
        path = self.home / "sources" / f"{slug}.yml"
        path.write_text(yaml.safe_dump(entry), encoding="utf-8")
        return path

    def settings_for(self, settings: Settings) -> Settings:
        address = f"http://127.0.0.1:{self._server.server_address[1]}"
        return settings.model_copy(update={"sources_dir": self.home / "sources", "crawl_proxy": address})

    def answer(self, host: str, path: str) -> tuple[str, bytes]:
        slug = host.removesuffix(".test")
        self.asked[f"{slug}{path}"] += 1
        if path == "/robots.txt":
            return "text/plain", b"User-agent: *\nAllow: /\n"
        if slug in self.silent:
            self._over.wait()
        if path == "/rss":
            links = "".join(
                f"<item><title>Rapat</title><link>http://{host}/rapat-{n}</link></item>" for n in range(self.pages[slug])
            )
            return "application/rss+xml", f"<rss version='2.0'><channel>{links}</channel></rss>".encode()
        time.sleep(self.slow.get(slug, 0))
        return "text/html; charset=utf-8", article(hash(host) % 1000 * 1000 + int(path.rpartition("-")[2]))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Crawlers that are killed hang up."""


def _handler(web: LittleWeb) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            kind, body = web.answer(address.hostname or "", address.path)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
