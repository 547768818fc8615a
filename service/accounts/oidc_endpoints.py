"""The way to the OpenID provider and back."""

import json
import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from models import SignInMethod
from models.settings import Settings
from service.accounts import service
from service.accounts.cookies import browser_of, cookie_name, is_https
from service.accounts.endpoints import enter, sign_in_page
from service.accounts.oidc import Provider, find_linked
from service.dependencies import AppSettings, HouseKeys, Reading, Writing
from service.errors import NetraError, NotFound, ProviderRefused
from service.pages import own_path
from service.sealing import Keys

router = APIRouter(prefix="/masuk/oidc", include_in_schema=False)

TRIP_SECONDS = 600
SEAL = "oidc trip"


@router.get("")
def leave_for_provider(
    request: Request,
    settings: AppSettings,
    keys: HouseKeys,
    next_path: Annotated[str, Query(alias="lanjut", max_length=500)] = "",
) -> Response:
    """What must come back unchanged travels sealed in this very browser, so nobody can finish another's sign-in."""
    trip = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    try:
        address = _provider(request).address_for(trip["state"], trip["nonce"], trip["verifier"], _back(request, settings))
    except NetraError as error:
        return sign_in_page(request, next_path, error=error)
    response = RedirectResponse(address, status_code=303)
    sealed = keys.seal(SEAL, json.dumps(trip | {"next": own_path(next_path)}))
    response.set_cookie(_cookie(settings), sealed, max_age=TRIP_SECONDS, httponly=True, secure=is_https(settings), samesite="lax")
    return response


@router.get("/kembali")
def come_back(
    request: Request,
    reading: Reading,
    session: Writing,
    settings: AppSettings,
    keys: HouseKeys,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Asks the provider before it takes the write lock. A failure is a page; its reason stands in our log alone."""
    try:
        trip = _read_trip(request, settings, keys, state)
        provider = _provider(request)
        subject = provider.subject_of(code, trip["nonce"], trip["verifier"], _back(request, settings))
        user = find_linked(reading, provider.issuer, subject)
        if user is None or not service.may_enter(user, demo=settings.demo):
            raise ProviderRefused
    except NetraError as error:
        response: Response = sign_in_page(request, error=error)
    else:
        service.sign_out(session, request.cookies.get(cookie_name(settings), ""))
        hours, browser = settings.session_hours, browser_of(request)
        token = service.sign_in(session, user, hours=hours, browser=browser, method=SignInMethod.PROVIDER)
        response = enter(settings, keys, user, token, trip["next"])
    response.delete_cookie(_cookie(settings), secure=is_https(settings), httponly=True, samesite="lax")
    return response


def _read_trip(request: Request, settings: Settings, keys: Keys, state: str) -> dict[str, str]:
    """The trip that began in this browser, if this is its end."""
    opened = keys.unseal(SEAL, request.cookies.get(_cookie(settings), ""), seconds=TRIP_SECONDS)
    trip: dict[str, str] = json.loads(opened) if opened else {}
    if not trip or not secrets.compare_digest(trip["state"].encode(), state.encode()):
        raise ProviderRefused
    return trip


def _provider(request: Request) -> Provider:
    settings: Settings = request.app.state.settings
    if not settings.oidc_issuer:
        raise NotFound
    if not hasattr(request.app.state, "oidc"):
        request.app.state.oidc = Provider(settings)
    return request.app.state.oidc


def _back(request: Request, settings: Settings) -> str:
    """As it is registered at the provider. Never from the Host that a request names, where a public address is set."""
    base = settings.public_url or f"http://{request.url.netloc}"
    return f"{base.rstrip('/')}/masuk/oidc/kembali"


def _cookie(settings: Settings) -> str:
    return f"{cookie_name(settings)}-oidc"
