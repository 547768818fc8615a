"""Headers that keep hostile text harmless, on every answer."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
STORED_COPY_POLICY = "sandbox; default-src 'none'; style-src 'self'; frame-ancestors 'self'"
STORED_PICTURE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
# Chromium applies form-action to the redirect after a form too, and this one form leads out of the house on purpose.
LEAVING_POLICY = PAGE_POLICY.replace("form-action 'self'", "form-action 'self' http: https:")

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_ONLY = "max-age=31536000"
"""A browser that was here once by https comes by nothing else for a year."""


class SecurityHeaders:
    """Adds what an answer does not say itself. Only static files may be kept by a cache."""

    def __init__(self, app: ASGIApp, *, is_https: bool = False) -> None:
        self.app = app
        self.always = ALWAYS | ({"Strict-Transport-Security": HTTPS_ONLY} if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.always.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", PAGE_POLICY)
                is_static = scope["path"].startswith("/static/")
                headers.setdefault("Cache-Control", "max-age=3600" if is_static else "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)
