"""A body has a largest size, and its refusal looks like every other error."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 256 * 1024
LONGEST_NUMBER = 20
"""Digits of a length; Python refuses to read thousands of them."""


class BodyLimit:
    """Counts what comes in. FastAPI's own `max_body_size` answers in plain text, without a page and without JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            if not announced.isascii() or not announced.isdigit():
                raise HTTPException(400)
            if len(announced) > LONGEST_NUMBER or int(announced) > LARGEST_BODY:
                raise HTTPException(413)
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_within_limit, send)
