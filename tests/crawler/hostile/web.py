"""A web of outlets on this machine, each on an address of its own, that answers byte for byte as a test says."""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

LONGEST_QUESTION = 64 * 1024


@dataclass(frozen=True)
class Asked:
    """One question as it came."""

    host: str
    path: str
    at: float
    headers: Mapping[str, str]


@dataclass
class Visit:
    """One connection whose question was read: what an answer writes to."""

    writer: asyncio.StreamWriter
    asked: Asked
    times: int
    """How often this address was asked, this question included."""
    root: str

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def drip(self, data: bytes, seconds: float) -> None:
        """One byte after the other."""
        for at in range(len(data)):
            await self.send(data[at : at + 1])
            await asyncio.sleep(seconds)

    def reset(self) -> None:
        """End the connection as a machine does that fell over."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.writer.transport.abort()


Answer = bytes | Callable[[Visit], bytes | Awaitable[None]]
"""Bytes, with `{root}` in their place; a function that makes them; or one that writes them itself."""


@dataclass
class Outlet:
    """Answers by path, and below it; everything else is 404, and robots.txt allows everything."""

    host: str
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    other: Answer | None = None
    """For every path that is not named."""
    tls: ssl.SSLContext | None = None
    greeting: bytes = b""
    """Said at the first byte that comes, whatever it is."""
    is_absent: bool = False
    """Nobody listens."""

    def answer_to(self, path: str) -> Answer:
        allowed = response(b"User-agent: *\nAllow: /\n", kind="text/plain")
        fallback = allowed if path == "/robots.txt" else self.other or response(b"tidak ada", status="404 Not Found")
        below = (answer for known, answer in self.answers.items() if path.startswith((f"{known}?", f"{known}/")))
        return self.answers.get(path) or next(below, fallback)


@dataclass
class Web:
    """All outlets on one port, in one thread."""

    outlets: list[Outlet]
    port: int
    asked: list[Asked] = field(default_factory=list[Asked])

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        self._servers = [
            await asyncio.start_server(self._serve(outlet), outlet.host, self.port, ssl=outlet.tls, limit=LONGEST_QUESTION)
            for outlet in self.outlets
            if not outlet.is_absent
        ]

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        mine = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)

    def _serve(self, outlet: Outlet) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
                if outlet.greeting:
                    await reader.read(1)
                    writer.write(outlet.greeting)
                else:
                    asked = _read_question(outlet.host, await reader.readuntil(b"\r\n\r\n"))
                    self.asked.append(asked)
                    await self._answer(outlet, asked, writer)
            writer.close()

        return serve

    async def _answer(self, outlet: Outlet, asked: Asked, writer: asyncio.StreamWriter) -> None:
        times = sum((known.host, known.path) == (asked.host, asked.path) for known in self.asked)
        visit = Visit(writer, asked, times, f"{'https' if outlet.tls else 'http'}://{outlet.host}:{self.port}")
        answer = outlet.answer_to(asked.path)
        if not isinstance(answer, bytes):
            made = answer(visit)
            if not isinstance(made, bytes):
                await made
                return
            answer = made
        await visit.send(answer.replace(b"{root}", visit.root.encode()))


def _read_question(host: str, data: bytes) -> Asked:
    first, *lines = data.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    return Asked(host, first.split(" ")[1], time.monotonic(), headers)


def response(
    body: bytes,
    *,
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    length: int | None = None,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """A whole answer. `length` is what it says of its body; bodies with `{root}` in them say none."""
    headers = {"Content-Type": kind, "Connection": "close", **(more or {})}
    if b"{root}" not in body:
        headers["Content-Length"] = str(len(body) if length is None else length)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + body


def find_port(host: str) -> int:
    """A port that is free on this address."""
    with socket.socket() as sock:
        sock.bind((host, 0))
        return sock.getsockname()[1]
