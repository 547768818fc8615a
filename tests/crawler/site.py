"""A web site on this machine that answers as a test says, and remembers what it was asked."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = bytes | tuple[int, Mapping[str, str], bytes]


@dataclass
class Site:
    """`replies` by path; everything else is 404, and robots.txt allows everything."""

    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    drip_seconds: float = 0.0
    """Between two bytes of a body."""

    def reply(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        self.asked.append(path)
        found = self.replies.get(path, (404, {}, b"<html><title>404</title></html>"))
        return (200, {}, found) if isinstance(found, bytes) else found


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def rss(*links: str, dates: tuple[str, ...] = ()) -> bytes:
    """A feed of these pages; the dates are those of its first entries."""
    padded = [*dates, *[""] * (len(links) - len(dates))]
    items = "".join(
        f"<item><title>Rapat {n}</title><link>{link}</link>{f'<pubDate>{date}</pubDate>' if date else ''}</item>"
        for n, (link, date) in enumerate(zip(links, padded, strict=True))
    )
    return f"<rss version='2.0'><channel><title>Kabar</title>{items}</channel></rss>".encode()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = site.reply(self.path)
            self.send_response(status)
            for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self._write(body)

        def _write(self, body: bytes) -> None:
            try:
                for at in range(0, len(body), 1 if site.drip_seconds else max(len(body), 1)):
                    self.wfile.write(body[at : at + 1] if site.drip_seconds else body)
                    time.sleep(site.drip_seconds)
            except OSError:
                """The visitor hung up, as it should."""

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
