"""Local outlets that go on publishing: their stories are texts of the corpus, each with paragraphs that no other has."""

import html
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import yaml

from bench.crawler.site import make_page
from classifier.corpus import CorpusText, load_corpus
from models.settings import Settings

NEWEST = 400
"""Addresses that a sitemap lists: more than are published between two polls."""
SOURCE = {
    "home_url": "{root}",
    "kind": "berita",
    "publisher": "Tekan",
    "rights": "full_text",
    "rights_note": "Teks rekaan.",
    "cadence_minutes": 5,
    "expected_min_per_day": 0,
    "confidence": "A",
    "delay_seconds": 0.05,
}


class Outlet:
    """One address; a story appears every `pause` seconds since it began, and `already` stand there then."""

    def __init__(self, number: int, texts: list[CorpusText], pause: float, already: int = 0) -> None:
        self.slug, self._texts, self._pause = f"tekan-{number}", texts, pause
        self._host = f"127.0.1.{number + 1}"  # One for each, because a host is read by one process at a time.
        self._began = time.monotonic() - already * pause
        self._ended: float | None = None

    @property
    def published(self) -> int:
        return int(((self._ended or time.monotonic()) - self._began) / self._pause)

    def stop_publishing(self) -> None:
        self._ended = time.monotonic()

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """Media type and body, or None where nothing is."""
        if path == "/sitemap.xml":
            rows = "".join(
                f"<url><loc>{self.root}/{n}</loc></url>" for n in range(max(0, self.published - NEWEST), self.published)
            )
            return "application/xml", f"<urlset>{rows}</urlset>".encode()
        number = path.strip("/")
        if not number.isdigit() or int(number) >= self.published:
            return None
        return "text/html; charset=utf-8", self._page(int(number)).encode()

    def write_source(self, folder: Path) -> None:
        entry: dict[str, Any] = {**SOURCE, "slug": self.slug, "name": self.slug, "hosts": [self._host], "home_url": self.root}
        entry["feeds"] = [{"kind": "sitemap", "url": f"{self.root}/sitemap.xml"}]
        (folder / f"{self.slug}.yml").write_text(yaml.safe_dump(entry), encoding="utf-8")

    def _page(self, number: int) -> str:
        """The corpus' text first, then what no other story says."""
        text = self._texts[number % len(self._texts)].document
        invented = make_page(number)
        body = "".join(f"<p>{html.escape(line)}</p>" for line in text.text.splitlines() if line.strip())
        title = html.escape(text.title or f"Kabar {number}")
        head, _, tail = invented.partition('<div class="post-content">')
        head = head.partition("<h1>")[0] + f"<h1>{title}</h1>" + '<div class="date">Rabu, 16 Oktober 2024 14:05 WIB</div>'
        return f'{head}<div class="post-content">{body}{tail}'

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer((self._host, 0), _handler(self))
        self.root = f"http://{self._host}:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def make_outlets(count: int, pause: float, already: int = 0) -> list[Outlet]:
    """The corpus dealt out among so many outlets."""
    texts = [text for text in load_corpus() if len(text.document.text.split()) > 40]
    return [Outlet(number, texts[number::count], pause, already) for number in range(count)]


def settings_for(made_up: Settings, outlets: list[Outlet]) -> Settings:
    """Of a house that reads these outlets and no others."""
    folder = made_up.home / "sources"
    folder.mkdir(parents=True)
    for outlet in outlets:
        outlet.write_source(folder)
    return made_up.model_copy(update={"sources_dir": folder, "crawl_private_hosts": True, "crawl_contact": "redaksi@contoh.test"})


def _handler(outlet: Outlet) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = outlet.answer(self.path)
            kind, body = found or ("text/plain", b"tidak ada")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the soak's own lines are to be read."""

    return Handler
