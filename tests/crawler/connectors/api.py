"""A platform's API on 127.0.0.1 that answers as its documentation says, and real crawls of it in processes of their own.

Every person and every word is invented.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from sqlalchemy import select

from models import CrawlRun, Item, ItemVersion
from models.database import make_engine, make_reading_session
from models.settings import Settings
from netra.crawls.crawling import environment
from tests.forked import crawl_forked

JSON = {"Content-Type": "application/json; charset=utf-8"}
LONG_AGO = datetime(2024, 2, 6, 7, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str) -> str:
        return self.query.get(name, [""])[0]


Reply = tuple[int, Mapping[str, str], bytes]


@dataclass
class Api:
    """`answer` says what comes back; `asked` keeps what was asked, robots.txt apart."""

    answer: Callable[[Asked], Reply]
    asked: list[Asked] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [asked.path.rsplit("/", 1)[-1] for asked in self.asked]


def reply(value: Any, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return status, {**JSON, **named}, json.dumps(value, ensure_ascii=False).encode()


@contextmanager
def serving(api: Api) -> Iterator[str]:
    """The API's address while it serves."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(api))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def source(platform: str, base: str, queries: Sequence[Mapping[str, Any]], **values: Any) -> dict[str, Any]:
    """The mapping of a source file of this API."""
    return {
        "slug": "uji",
        "name": "Uji",
        "kind": "sosial",
        "connector": platform,
        "queries": [dict(query) for query in queries],
        "home_url": base,
        "hosts": ["127.0.0.1"],
        "publisher": "Uji",
        "rights": "metadata_only" if platform == "gdelt" else "excerpt",
        "rights_note": "rekaan",
        "cadence_minutes": 30,
        "expected_min_per_day": 0,
        "confidence": "A",
        "delay_seconds": 0.01,
        **values,
    }


def settings_for(settings: Settings, entry: Mapping[str, Any], **values: Any) -> Settings:
    """The settings of a crawl of this one source."""
    folder = settings.home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{entry['slug']}.yml").write_text(yaml.safe_dump(dict(entry)), encoding="utf-8")
    fixed = {"home": settings.home, "database_url": settings.database_url, "sources_dir": folder, "crawl_private_hosts": True}
    return Settings(**{**fixed, "connector_wait_minutes": 0.1, "_env_file": None, **values})


def start_crawl(settings: Settings) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "scrapy", "crawl", "uji"]
    log = (settings.home / "log.txt").open("ab")
    with log:
        return subprocess.Popen(command, env=environment(settings), stdout=log, stderr=subprocess.STDOUT)


def crawl(settings: Settings) -> CrawlRun:
    """Crawl once to the end; the run as the database tells it."""
    crawl_forked(["uji"], environment(settings), settings.home / "log.txt", 120)
    return runs_of(settings)[-1]


def runs_of(settings: Settings) -> list[CrawlRun]:
    return rows(settings, CrawlRun)


def rows(settings: Settings, table: Any) -> list[Any]:
    engine = make_engine(settings.database_address)
    with make_reading_session(engine)() as session:
        found = list(session.scalars(select(table).order_by(next(iter(table.__table__.primary_key)))))
    engine.dispose()
    return found


def texts_of(settings: Settings) -> dict[str, str]:
    """Address → newest text of every item."""
    engine = make_engine(settings.database_address)
    with make_reading_session(engine)() as session:
        query = select(Item.url, ItemVersion.text).join(ItemVersion, ItemVersion.id == Item.current_version_id)
        found = {str(url): text for url, text in session.execute(query)}
    engine.dispose()
    return found


def moment(minutes: float = 0) -> str:
    """A time long ago, so many minutes later, as APIs write it."""
    return (LONG_AGO + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def everything_kept(home: Path) -> bytes:
    """All bytes of a data directory: database, evidence (unpacked) and logs, the folder of secrets apart."""
    import gzip

    kept = b""
    for path in sorted(home.rglob("*")):
        if path.is_file() and "secrets" not in path.parts:
            raw = path.read_bytes()
            kept += gzip.decompress(raw) if path.suffix == ".gz" else raw
    return kept


def _handler(api: Api) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/robots.txt":
                return self._send(404, {}, b"")
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(self.command, parts.path, parse_qs(parts.query), dict(self.headers), self.rfile.read(length))
            api.asked.append(asked)
            return self._send(*api.answer(asked))

        do_POST = do_GET

        def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                """The crawler hung up on an answer that is too large, as it should."""

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
