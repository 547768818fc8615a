"""From Scrapy's response to what we keep of it."""

from scrapy.http import Request, Response

from models import now
from models.evidence.store import Fetched

RECEIVED = "netra_received"
"""Where KeepReceived leaves the body and the headers as they came."""


def fetched_of(response: Response) -> Fetched:
    """The bytes of a response with what HTTP said of them."""
    headers, received = _headers_of(response), b""
    request = response.request
    if request is not None and RECEIVED in request.meta:
        encoding, received = request.meta[RECEIVED]
        headers = [*headers, ("Content-Encoding", encoding)]
    kind, asked = header_of(response, "Content-Type") or "", _headers_of(request) if request is not None else []
    return Fetched(response.url, response.body, kind, response.status, headers, now(), received, asked)


def asked_url(request: Request) -> str:
    """The address as it was listed, before redirects led elsewhere: under it a failure is looked for."""
    return request.meta.get("redirect_urls", [request.url])[0]


def header_of(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _headers_of(message: Response | Request) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, values in message.headers.items() for value in values]
