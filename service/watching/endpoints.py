"""`/healthz`, `/readyz` and `/metrics`: for machines, outside of the API's document."""

import hmac
from ipaddress import ip_address

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client.exposition import choose_encoder
from sqlalchemy import text

from models.settings import Settings
from service.dependencies import Reading
from service.errors import Forbidden
from service.watching.readiness import check_readiness

router = APIRouter(include_in_schema=False)

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@router.get("/healthz")
def show_health(session: Reading) -> dict[str, str]:
    """That the process answers and reaches its database; restart it where this fails."""
    session.execute(text("SELECT 1"))
    return {"status": "ok"}


@router.get("/readyz")
def show_readiness(request: Request) -> JSONResponse:
    """Each check with its word; 503 where one fails: send nobody here."""
    checks = check_readiness(request.app.state.reading)
    is_ready = all(check["ok"] for check in checks.values())
    return JSONResponse({"ready": is_ready, "checks": checks}, status_code=200 if is_ready else 503)


@router.get("/metrics")
def show_metrics(request: Request) -> Response:
    if not may_read_metrics(request, request.app.state.settings):
        raise Forbidden
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(request.app.state.counters.registry), headers={"Content-Type": content_type})


def may_read_metrics(request: Request, settings: Settings) -> bool:
    """With the token, or from this machine itself. Behind a proxy everybody comes from there, so then only the token counts."""
    token = settings.metrics_token.get_secret_value()
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode()):
        return True
    is_forwarded = bool(settings.public_url) or any(name in request.headers for name in FORWARDED)
    return not is_forwarded and _is_loopback(request.client.host if request.client else "") and _is_loopback(request.url.hostname)


def _is_loopback(host: str | None) -> bool:
    """The name that was asked counts too: a page elsewhere can point its own name here and read along in a browser."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False
