"""A request to the service without a network and without a client library, whose time would be counted as the service's."""

import asyncio
from collections.abc import Callable
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
    """Asks one application, in one event loop, one request after another."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._runner = asyncio.Runner()
        self._lifespan = app.router.lifespan_context(app)

    def __enter__(self) -> "Asker":
        self._runner.run(self._lifespan.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._lifespan.__aexit__(None, None, None))
        self._runner.close()

    def get(self, address: str) -> Answer:
        return self._runner.run(self._ask("GET", address))

    def post(self, address: str) -> Answer:
        return self._runner.run(self._ask("POST", address))

    async def _ask(self, method: str, address: str) -> Answer:
        sent: list[Any] = []
        await self.app(_scope(method, address), _receive_nothing, _keep(sent))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


def _scope(method: str, address: str) -> dict[str, Any]:
    path, _, query = address.partition("?")
    about = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": ""}
    ends = {"client": ("127.0.0.1", 1), "server": ("netra.test", 80)}
    return (
        about
        | ends
        | {"method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(), "headers": HOST}
    )


async def _receive_nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


def _keep(sent: list[Any]) -> Callable[[Any], Any]:
    async def send(message: Any) -> None:
        sent.append(message)

    return send
