"""One POST to an address that somebody typed in: it goes to no private network, follows no redirect and waits for nobody long."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from models.addresses import is_plain_url
from models.networks import PrivateAddress, find_public, names_private

SECONDS = 10
WHOLE_SECONDS = 20
LONGEST_URL = 2_000


class NotPosted(Exception):
    """Nothing was sent, or nobody answered; the message says why."""


def judge_url(url: str, *, allows_private: bool) -> str:
    """What is wrong with an address before anybody is asked for it; empty where nothing is."""
    if len(url) > LONGEST_URL or not is_plain_url(url):
        return "webhook_alamat"
    if urlsplit(url).scheme != "https" and not allows_private:
        return "webhook_https"
    if names_private(urlsplit(url).hostname or "") and not allows_private:
        return "webhook_pribadi"
    return ""


def post(url: str, body: bytes, headers: Mapping[str, str], *, allows_private: bool) -> int:
    """The status of the answer; its body is not read. The name is looked up once, and what was checked is what is asked."""
    if problem := judge_url(url, allows_private=allows_private):
        raise NotPosted(problem)
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    connection = _Pinned(host, port, _find_address(host, port, allows_private=allows_private), is_tls=parts.scheme == "https")
    watchdog = threading.Timer(WHOLE_SECONDS, connection.abort)
    watchdog.start()
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotPosted(f"no answer: {type(error).__name__}") from error
    finally:
        watchdog.cancel()
        connection.close()


def _find_address(host: str, port: int, *, allows_private: bool) -> str:
    try:
        return find_public(host, port, allows_private=allows_private)
    except PrivateAddress as error:
        raise NotPosted("the address lies in a private network (NETRA_ALERTS_PRIVATE_HOSTS allows it)") from error
    except OSError as error:
        raise NotPosted("the name of the host is not known") from error


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address, under the name of its host."""

    def __init__(self, host: str, port: int, address: str, *, is_tls: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._address, self._is_tls = address, is_tls
        self.default_port = 443 if is_tls else 80  # pyright: ignore[reportIncompatibleVariableOverride] - for the Host header.

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), SECONDS)
        if self._is_tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def abort(self) -> None:
        """Whoever answers a byte at a time is answered no longer."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
