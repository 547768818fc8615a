"""Signing in, signing out, choosing the language."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from models import User
from models.settings import Settings
from service.accounts import repository, service
from service.accounts.cookies import address_of, browser_of, cookie_name, drop_session, put_mark, put_session, read_mark
from service.accounts.limits import attempt_of
from service.accounts.names import username_to_look_up
from service.accounts.passwords import LONGEST_PASSWORD
from service.dependencies import AppSettings, HouseKeys, Reading, SignedIn, Writing
from service.errors import NetraError, TooManyAttempts, WrongPassword
from service.language import COOKIE, LANGUAGES
from service.pages import language_of, own_path, render, see_other
from service.sealing import Keys

router = APIRouter(include_in_schema=False)

A_YEAR = 365 * 24 * 3600

Username = Annotated[str, Form(alias="nama", max_length=80)]
Password = Annotated[str, Form(alias="sandi", max_length=2 * LONGEST_PASSWORD)]
Back = Annotated[str, Form(alias="kembali", max_length=2000)]
Next = Annotated[str, Form(alias="lanjut", max_length=500)]


@router.get("/masuk")
def show_sign_in(request: Request, lanjut: str = "") -> HTMLResponse:
    return sign_in_page(request, lanjut)


@router.post("/masuk")
def sign_in(
    request: Request,
    reading: Reading,
    session: Writing,
    settings: AppSettings,
    keys: HouseKeys,
    username: Username,
    password: Password,
    next_path: Next = "",
) -> Response:
    """A failure is answered, not raised: its row in the trail must be committed."""
    name = username_to_look_up(username)
    user = repository.get_user(reading, name)
    mark = read_mark(request, settings, keys, user.id if user else None)
    attempt = attempt_of(keys, name, address_of(request), mark)
    try:
        is_right = service.check_password(reading, user, password, attempt, demo=settings.demo)
    except TooManyAttempts as error:
        return sign_in_page(request, next_path, name, error)
    if user is None or not is_right:
        service.record_failure(session, name, attempt)
        return sign_in_page(request, next_path, name, WrongPassword())
    service.sign_out(session, request.cookies.get(cookie_name(settings), ""))  # The cookie that the new one replaces.
    token = service.sign_in(session, user, hours=settings.session_hours, browser=browser_of(request))
    return enter(settings, keys, user, token, next_path)


@router.post("/keluar")
def sign_out(request: Request, session: Writing, settings: AppSettings, _: SignedIn) -> Response:
    service.sign_out(session, request.cookies.get(cookie_name(settings), ""))
    request.state.used = None
    response = see_other("/masuk")
    drop_session(response, settings)
    return response


@router.post("/bahasa")
def choose_language(code: Annotated[str, Form(alias="kode")], back: Back = "") -> Response:
    """Stored in the reader's browser only, so nothing goes to the trail."""
    response = see_other(own_path(back))
    response.set_cookie(COOKIE, code if code in LANGUAGES else LANGUAGES[0], max_age=A_YEAR, samesite="lax")
    return response


def enter(settings: Settings, keys: Keys, user: User, token: str, next_path: str) -> Response:
    """The way in: to where the person wanted to go, with the cookie, and with the mark that knows this browser again."""
    response = see_other(own_path(next_path))
    put_session(response, settings, token, settings.session_hours * 3600)
    put_mark(response, settings, keys, user.id)
    return response


def sign_in_page(request: Request, next_path: str = "", username: str = "", error: NetraError | None = None) -> HTMLResponse:
    settings: Settings = request.app.state.settings
    return render(
        request,
        "accounts/sign_in.html",
        status=error.status if error else 200,
        next_path=own_path(next_path),
        username=username,
        message=error.say(language_of(request)) if error else "",
        provider=(settings.oidc_name or "OpenID") if settings.oidc_issuer else "",
    )
