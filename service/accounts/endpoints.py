"""Signing in, signing out, choosing the language."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from service.accounts import service
from service.dependencies import AppSettings, Reading, SignedIn, Writing, cookie_name
from service.errors import NetraError, TooManyAttempts, WrongPassword
from service.language import COOKIE, LANGUAGES
from service.pages import language_of, own_path, render, see_other

router = APIRouter(include_in_schema=False)

A_YEAR = 365 * 24 * 3600

Username = Annotated[str, Form(alias="nama", max_length=80)]
Password = Annotated[str, Form(alias="sandi", max_length=500)]
Back = Annotated[str, Form(alias="kembali", max_length=2000)]
Next = Annotated[str, Form(alias="lanjut", max_length=500)]


@router.get("/masuk")
def show_sign_in(request: Request, lanjut: str = "") -> HTMLResponse:
    return render(request, "accounts/sign_in.html", next_path=own_path(lanjut), username="", message="")


@router.post("/masuk")
def sign_in(
    request: Request,
    reading: Reading,
    session: Writing,
    settings: AppSettings,
    username: Username,
    password: Password,
    next_path: Next = "",
) -> Response:
    """A failure is answered, not raised: its row in the trail must be committed."""
    name = username.replace("\0", "").strip().lower()
    try:
        user = service.check_password(reading, name, password, demo=settings.demo)
    except TooManyAttempts as error:
        return _again(request, next_path, name, error)
    if user is None:
        service.record_failure(session, name)
        return _again(request, next_path, name, WrongPassword())
    service.sign_out(session, request.cookies.get(cookie_name(settings), ""))  # The cookie that the new one replaces.
    token = service.sign_in(session, user, hours=settings.session_hours)
    response = see_other(own_path(next_path))
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=settings.session_hours * 3600,
        httponly=True,
        secure=settings.public_url.startswith("https://"),
        samesite="lax",
    )
    return response


@router.post("/keluar")
def sign_out(request: Request, session: Writing, settings: AppSettings, _: SignedIn) -> Response:
    service.sign_out(session, request.cookies.get(cookie_name(settings), ""))
    response = see_other("/masuk")
    response.delete_cookie(cookie_name(settings), secure=settings.public_url.startswith("https://"), httponly=True)
    return response


@router.post("/bahasa")
def choose_language(code: Annotated[str, Form(alias="kode")], back: Back = "") -> Response:
    """Stored in the reader's browser only, so nothing goes to the trail."""
    response = see_other(own_path(back))
    response.set_cookie(COOKIE, code if code in LANGUAGES else LANGUAGES[0], max_age=A_YEAR, samesite="lax")
    return response


def _again(request: Request, next_path: str, username: str, error: NetraError) -> HTMLResponse:
    message = error.say(language_of(request))
    values = {"next_path": own_path(next_path), "username": username, "message": message}
    return render(request, "accounts/sign_in.html", status=error.status, **values)
