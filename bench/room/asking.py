"""A request to the service without a network and without a client library, whose time would be counted as the service's."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from fastapi import FastAPI

HOST = [(b"host", b"netra.test"), (b"sec-fetch-site", b"same-origin")]


class Answer(NamedTuple):
    """With the names that httpx gives it."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


class Asker:
    """Asks one application, one request after another, in an event loop that runs on as a server's does.

    A loop that began anew with each request would also begin its threads anew, and count them as the service's.
    """

    def __init__(self, app: FastAPI, token: str) -> None:
        self.app = app
        self._headers = [*HOST, (b"authorization", b"Bearer " + token.encode())]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])
        self._is_ready, self._is_over = threading.Event(), asyncio.Event()

    async def _serve(self) -> None:
        async with self.app.router.lifespan_context(self.app):
            self._is_ready.set()
            await self._is_over.wait()

    def __enter__(self) -> "Asker":
        self._thread.start()
        self._is_ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._is_over.set)
        self._thread.join()
        self._loop.close()

    def get(self, address: str) -> Answer:
        return self._wait_for(self._ask("GET", address))

    def post(self, address: str) -> Answer:
        return self._wait_for(self._ask("POST", address))

    def _wait_for(self, answer: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(answer, self._loop).result()

    async def _ask(self, method: str, address: str) -> Answer:
        sent: list[Any] = []
        await self.app(_scope(method, address) | {"headers": self._headers}, _receive_nothing, _keep(sent))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


def _scope(method: str, address: str) -> dict[str, Any]:
    path, _, query = address.partition("?")
    about = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": ""}
    ends = {"client": ("127.0.0.1", 1), "server": ("netra.test", 80)}
    return about | ends | {"method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode()}


async def _receive_nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


def _keep(sent: list[Any]) -> Callable[[Any], Any]:
    async def send(message: Any) -> None:
        sent.append(message)

    return send
