"""Local servers at the far end of what leaves the house: a mail server, and a program that webhooks tell."""

import base64
import hashlib
import hmac
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller

TOLERANCE = 300
"""Seconds by which a receiver lets a moment differ from its own clock (docs/alerts.md)."""


@dataclass
class PostOffice:
    port: int
    taken: list[EmailMessage] = field(default_factory=list[EmailMessage])
    on_taking: Callable[[], None] = lambda: None
    """Called before the server says that it has taken a mail."""


@contextmanager
def mail_server(parting: str = "221 Bye") -> Iterator[PostOffice]:
    office = PostOffice(_free_port())

    class Handler:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            office.taken.append(cast("EmailMessage", message_from_bytes(envelope.content, policy=default)))
            office.on_taking()
            return "250 ok"

        async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:
            return parting

    controller = Controller(Handler(), hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@dataclass
class Receiver:
    """What it heard. It answers what the test says, then 204."""

    url: str = ""
    answers: list[int] = field(default_factory=list[int])
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])


@contextmanager
def webhook_receiver() -> Iterator[Receiver]:
    heard = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(heard.answers.pop(0) if heard.answers else 204)
            self.send_header("Location", f"{heard.url}/lain")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing to the terminal."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    heard.url = f"http://127.0.0.1:{server.server_port}/netra?ruang=1"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def accepts(secret: str, headers: Mapping[str, str], body: bytes, *, at: float, known: set[str]) -> bool:
    """What docs/alerts.md asks of a receiver: a fresh moment, a signature that fits, and an id that it has not had."""
    message_id, moment = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(at - int(moment)) > TOLERANCE or message_id in known:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    wanted = f"v1,{base64.b64encode(digest).decode()}"
    is_ours = any(hmac.compare_digest(wanted, given) for given in headers["webhook-signature"].split(" "))
    known |= {message_id} if is_ours else set()
    return is_ours


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]
