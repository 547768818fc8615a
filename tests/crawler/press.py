"""An outlet for crawls that take minutes to think of: any lists, any pages, what was asked, and real processes to crawl it."""

import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import yaml

from models.settings import Settings
from netra.crawls.crawling import environment
from tests.forked import crawl_forked

Reply = tuple[int, dict[str, str], bytes]
VOCABULARY = "rapat camat lurah warga dinas pegawai jadwal layanan desa kota pasar jalan sekolah panitia laporan tahun hari"


def article(number: int, *, extra: str = "") -> bytes:
    """A page with a text of its own."""
    chance = random.Random(number)
    lines = "".join(f"<p>Warga {' '.join(chance.choices(VOCABULARY.split(), k=20))} yang akan dan di.</p>" for _ in range(3))
    return f"<html lang=id><title>Rapat {number}</title><article><h1>Rapat {number}</h1>{lines}{extra}</article></html>".encode()


@dataclass
class Press:
    """Answers by path (with its query); a function of the request's headers may answer too."""

    home: Path
    feeds: list[dict[str, Any]]
    source: dict[str, Any] = field(default_factory=dict[str, Any])
    answers: dict[str, Reply | Callable[[dict[str, str]], Reply]] = field(default_factory=dict[str, Any])
    asked: Counter[str] = field(default_factory=Counter[str])

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def html(self, path: str, body: bytes | str) -> None:
        self.answers[path] = (
            200,
            {"Content-Type": "text/html; charset=utf-8"},
            body if isinstance(body, bytes) else body.encode(),
        )

    def xml(self, path: str, body: str, **headers: str) -> None:
        self.answers[path] = (200, {"Content-Type": "application/xml", **headers}, body.encode())

    def sitemap(self, path: str, *paths: str) -> None:
        self.xml(path, f"<urlset>{''.join(f'<url><loc>{self.root}{page}</loc></url>' for page in paths)}</urlset>")

    def write_source(self) -> Path:
        folder = self.home / "sources"
        folder.mkdir(exist_ok=True, parents=True)
        (folder / "satu.yml").write_text(yaml.safe_dump(self._file()), encoding="utf-8")
        return folder

    def settings_for(self, settings: Settings) -> Settings:
        """With this outlet as the only source."""
        return settings.model_copy(update={"sources_dir": self.home / "sources", "crawl_private_hosts": True})

    def start(self, settings: Settings, *arguments: str) -> subprocess.Popen[bytes]:
        """`scrapy crawl satu` as a process with a session of its own, so that it can be killed whole."""
        self.write_source()
        command = [sys.executable, "-m", "scrapy", "crawl", "satu", *arguments]
        return subprocess.Popen(command, env=environment(self.settings_for(settings)), start_new_session=True)

    def crawl(self, settings: Settings, *arguments: str) -> int:
        self.write_source()
        return crawl_forked(["satu", *arguments], environment(self.settings_for(settings)), self.home / "log.txt", 600)

    def _file(self) -> dict[str, Any]:
        fixed = {"name": "Satu", "kind": "berita", "hosts": ["127.0.0.1"], "publisher": "Satu", "rights": "full_text"}
        more = {"rights_note": "rekaan", "cadence_minutes": 60, "expected_min_per_day": 0, "confidence": "A"}
        feeds = [{**feed, "url": self.root + feed["url"]} for feed in self.feeds]
        return {"slug": "satu", "home_url": self.root, "delay_seconds": 0.001, "feeds": feeds, **fixed, **more, **self.source}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Crawlers that are killed hang up."""


def _handler(press: Press) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # Head and body are two writes: the second would wait 40 ms for the crawler's ACK.

        def do_GET(self) -> None:
            press.asked[self.path] += 1
            found = press.answers.get(self.path, (404, {"Content-Type": "text/plain"}, b"tidak ada"))
            status, headers, body = found(dict(self.headers)) if callable(found) else found
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(b"" if status == 304 else body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
