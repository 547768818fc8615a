"""A tiny outlet with one feed and one page, and a real crawl of it in a process of its own."""

import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from sqlalchemy import select

from migrations.upgrade import upgrade_database
from models import FetchEvent
from models.database import make_engine, make_reading_session
from models.settings import Settings
from tests.forked import crawl_forked

WORDS = " ".join(["Rapat pengawasan digelar di kantor kecamatan dan dihadiri oleh para pegawai serta warga."] * 5)

ENTRY = "<item><title>Rapat di kecamatan</title><link>{root}/a</link><description>Pegawai hadir.</description></item>"


@dataclass
class Outlet:
    """What the outlet does when it is asked."""

    host: str = "satu.test"
    redirect: str = ""
    robots_status: int = 200
    page: bytes = b""
    """In place of its article."""
    page_bytes: int = 0
    retry_after: str = ""
    rights: str = "full_text"
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, root: str) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(path)
        if path == "/robots.txt":
            return self.robots_status, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /x/\n"
        if path == "/rss":
            rss = f"<rss version='2.0'><channel>{ENTRY.format(root=root)}</channel></rss>"
            return 200, {"Content-Type": "application/rss+xml"}, rss.encode()
        if self.retry_after:
            return 429, {"Retry-After": self.retry_after}, b""
        if self.redirect:
            return 302, {"Location": self.redirect}, b""
        if self.page:
            return 200, {"Content-Type": "text/html"}, self.page
        return 200, {"Content-Type": "text/html"}, f"<h1>Rapat</h1><p>{WORDS}</p>".encode() + b" " * self.page_bytes


def crawl_outlet(home: Path, outlet: Outlet, *, direct: bool = False) -> list[FetchEvent]:
    """Crawl it once with `scrapy crawl`, through the proxy setting, or by its own name and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(outlet))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    root = f"http://{outlet.host}:{server.server_address[1]}" if direct else f"http://{outlet.host}"
    settings = Settings(home=home, sources_dir=_write_source(home, outlet, root), crawl_proxy="" if direct else address)
    engine = make_engine(settings.database_address)
    upgrade_database(engine)
    try:
        crawl_forked(["satu"], _environment(settings), home / "log.txt", 120)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    with make_reading_session(engine)() as session:
        events = list(session.scalars(select(FetchEvent).order_by(FetchEvent.id)))
    engine.dispose()
    return events


def _environment(settings: Settings) -> dict[str, str]:
    values = {f"NETRA_{name.upper()}": str(value) for name, value in settings.model_dump().items()}
    return {**os.environ, **values}


def _write_source(home: Path, outlet: Outlet, root: str) -> Path:
    source = {
        "slug": "satu",
        "name": "Satu",
        "kind": "berita",
        "home_url": root,
        "hosts": [outlet.host],
        "publisher": "Satu",
        "rights": outlet.rights,
        "rights_note": "rekaan",
        "cadence_minutes": 60,
        "expected_min_per_day": 0,
        "confidence": "A",
        "feeds": [{"kind": "rss", "url": f"{root}/rss"}],
        "delay_seconds": 0.01,
    }
    folder = home / "sources"
    folder.mkdir(exist_ok=True)
    (folder / "satu.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
    return folder


def _handler(outlet: Outlet) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            root = f"http://{self.headers['Host']}"
            status, headers, body = outlet.answer(urlsplit(self.path).path, root)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                """The crawler hung up on a page that is too large, as it should."""

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
