"""Connections that reach public addresses only: the check is on what is connected to, after DNS has spoken."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from crawler.errors import Obstacle, Unreachable
from models.networks import is_public
from models.settings import Settings


class PublicConnection(HTTPConnection):
    """Plain HTTP to a host of the open internet."""

    allows_private: bool = False

    def connect(self) -> None:
        self.sock = _open_socket(self.host, self.port, self.timeout, allows_private=self.allows_private)


class PublicTlsConnection(PublicConnection):
    """The same through TLS, with the certificate verified."""

    default_port = 443

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        # In two steps, so that a deadline can cut a handshake that never ends.
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()


def make_connection(url: SplitResult, settings: Settings, *, timeout: float) -> tuple[HTTPConnection, str]:
    """A connection for this address, not opened yet, and what to ask it for."""
    host, path = url.hostname or "", url._replace(scheme="", netloc="", fragment="").geturl() or "/"
    if settings.crawl_proxy:
        return _through_proxy(url, path, urlsplit(settings.crawl_proxy), timeout)
    kind = PublicTlsConnection if url.scheme == "https" else PublicConnection
    connection = kind(host, url.port, timeout=timeout)
    connection.allows_private = settings.crawl_private_hosts
    return connection, path


@contextmanager
def deadline(connection: HTTPConnection, seconds: float) -> Iterator[list[socket.socket]]:
    """Ends the connection after so long, whatever trickles in; raises Unreachable then.

    Put the open socket into the list: http.client forgets it while a body is still read.
    """
    over, sockets = threading.Event(), list[socket.socket]()

    def cut() -> None:
        over.set()
        for sock in (connection.sock, *sockets):
            if sock is not None:
                _shut(sock)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield sockets
    except Exception:  # What a cut connection raises depends on the moment; the cut itself is said below.
        if not over.is_set():
            raise
    finally:
        timer.cancel()
        connection.close()
    if over.is_set():
        raise Unreachable(Obstacle.TIMEOUT, f"did not finish its answer within {seconds:.0f} s")


def _through_proxy(url: SplitResult, path: str, proxy: SplitResult, timeout: float) -> tuple[HTTPConnection, str]:
    """The only name that is resolved here is the proxy's own, which may well be on this machine."""
    host, port = proxy.hostname or "", proxy.port
    if url.scheme != "https":
        return HTTPConnection(host, port, timeout=timeout), url._replace(path=url.path or "/", fragment="").geturl()
    connection = HTTPSConnection(host, port, timeout=timeout)
    connection.set_tunnel(url.hostname or "", url.port)
    return connection, path


def _open_socket(host: str, port: int, timeout: float | None, *, allows_private: bool) -> socket.socket:
    failure: OSError = OSError("no address")
    for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = str(place[0])
        if not allows_private and not is_public(address):
            raise Unreachable(Obstacle.PRIVATE, f"{host} is {address}, which is not a public address")
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            failure = error
    raise failure


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        """It ended by itself in this very moment."""
