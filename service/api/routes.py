"""What every route of the API does beside its own work: writes are idempotent by key, lists name their next page."""

import json
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer

from service.api.idempotency import answer_once
from service.api.problems import answers_of_always
from service.csrf import SAFE_METHODS

CURSORS = ("after", "before")
"""Parameters that take the `next` of the page before."""

# The real check is current_actor; these two tell the document how one signs in.
KEYS = [Security(HTTPBearer(auto_error=False)), Security(APIKeyCookie(name="netra", auto_error=False))]


class ApiRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        parameters = {field.alias for field in self.dependant.query_params}
        cursor = next((name for name in CURSORS if name in parameters), None)

        async def handle_request(request: Request) -> Response:
            if request.method not in SAFE_METHODS:
                return await answer_once(request, handle)
            response = await handle(request)
            if cursor:
                _link_next(request, response, cursor)
            return response

        return handle_request


def make_router() -> APIRouter:
    """The router of a room's endpoints under /api/v1."""
    return APIRouter(dependencies=KEYS, responses=answers_of_always(), route_class=ApiRoute)


def _link_next(request: Request, response: Response, cursor: str) -> None:
    """RFC 8288, as `next` in the body says it."""
    body = bytes(getattr(response, "body", b""))
    after = json.loads(body).get("next") if b'"next":' in body else None
    if after is not None:
        query = urlencode(dict(request.query_params) | {cursor: after})
        response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
