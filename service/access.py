"""One log line and one count for each request: by the route's pattern, never by the address that somebody typed."""

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.logs.records import request_id
from service.watching.counters import Counters

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
SANE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"
STREAM = b"text/event-stream"
"""Of what lasts as long as its page is open, the time is that until it begins."""
QUIET = ("/static", "/healthz", "/readyz", "/metrics")
"""Asked all day long by browsers and machines: a line for each would bury the others."""


class Access:
    """Stands around everything else, so that it sees the answers to crashes too."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], counters: Counters) -> None:
        self.app = app
        self.counters = counters
        self._patterns: dict[object, str] = dict(_patterns(routes))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number, status, began, ended = _id_of(scope), 500, time.perf_counter(), None

        async def send_with_id(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                if any(value.startswith(STREAM) for _, value in message["headers"]):
                    ended = time.perf_counter()
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        token = request_id.set(number)
        try:
            await self.app(scope, receive, send_with_id)
        except Exception as error:  # Counted whatever it is, and raised again.
            self.counters.count_error(error)
            raise
        finally:
            self._note(scope, status, (ended or time.perf_counter()) - began)
            request_id.reset(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = self._patterns.get(scope.get("endpoint"), NO_ROUTE)
        method = scope["method"] if scope["method"] in METHODS else "other"
        self.counters.count_request(route, method, status, seconds)
        level = logging.DEBUG if route.startswith(QUIET) and status < 500 else logging.INFO
        fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        logger.log(level, "answered", extra=fields)


def _id_of(scope: Scope) -> str:
    """The id that a proxy gave, if it is one; else a new one."""
    given = Headers(scope=scope).get(HEADER, "")
    return given if SANE_ID.fullmatch(given) else uuid4().hex


def _patterns(routes: Iterable[BaseRoute]) -> Iterator[tuple[Callable[..., object], str]]:
    """What answers, and the pattern of its address with all prefixes; below a folder of files the folder's own."""
    for context in iter_route_contexts(list(routes)):
        route = context.original_route
        if isinstance(route, Mount):
            yield route.app, route.path
        elif context.endpoint is not None and context.path is not None:
            yield context.endpoint, context.path
