"""HTTP/1.1 as bare as it goes: sixty-four clients in one process must cost next to nothing beside what they measure."""

import json
import socket
from typing import Any, NamedTuple

PATIENCE = 300.0
READ_BYTES = 65_536


class Answer(NamedTuple):
    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """One connection that is kept open. It raises ConnectionError when the other end dies."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method: str, path: str, token: str = "") -> Answer:
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        self._socket.sendall(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{bearer}Content-Length: 0\r\n\r\n".encode())
        received = self._receive(b"")
        while b"\r\n\r\n" not in received:
            received = self._receive(received)
        head, _, body = received.partition(b"\r\n\r\n")
        length = _length_of(head)
        while len(body) < length:
            body = self._receive(body)
        return Answer(int(head[9:12]), body)

    def close(self) -> None:
        self._socket.close()

    def _receive(self, before: bytes) -> bytes:
        more = self._socket.recv(READ_BYTES)
        if not more:
            raise ConnectionResetError("the answer broke off")
        return before + more


def _length_of(head: bytes) -> int:
    """The service says the length of each answer to a machine; a stream of unknown length is none of these."""
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    assert found, head
    return int(rest.partition(b"\r\n")[0])
