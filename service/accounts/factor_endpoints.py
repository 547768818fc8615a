"""The second factor: setting it up, showing a code, taking it away."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from models import User
from service.accounts import factors, limits
from service.accounts.actor import Actor
from service.accounts.by import By
from service.accounts.cookies import put_session
from service.accounts.own_endpoints import attempt_to_open
from service.accounts.people import remove_second_factor
from service.dependencies import AppSettings, HouseKeys, Person, Reading, Writing
from service.errors import NetraError, TooManyAttempts, WrongCode
from service.pages import language_of, own_path, render, see_other
from service.sealing import Keys

router = APIRouter(prefix="/saya", include_in_schema=False)

Code = Annotated[str, Form(alias="kode", max_length=60)]
Next = Annotated[str, Form(alias="lanjut", max_length=500)]


@router.get("/faktor")
def show_factor(request: Request, session: Reading, keys: HouseKeys, actor: Person) -> HTMLResponse:
    return _factor_page(request, session, keys, actor)


@router.post("/faktor")
def begin(session: Writing, keys: HouseKeys, actor: Person) -> Response:
    factors.begin(session, actor, keys)
    return see_other("/saya/faktor")


@router.post("/faktor/pasang")
def confirm(
    request: Request, session: Writing, settings: AppSettings, keys: HouseKeys, actor: Person, code: Code = ""
) -> Response:
    """The one page on which the codes on paper can be read."""
    try:
        codes, token = factors.confirm(session, actor, keys, code)
    except WrongCode as error:
        return _factor_page(request, session, keys, actor, error)
    response = render(request, "accounts/recovery.html", codes=codes, here="/saya")
    put_session(response, settings, token, settings.session_hours * 3600)
    return response


@router.post("/faktor/hapus")
def remove(request: Request, reading: Reading, session: Writing, keys: HouseKeys, actor: Person, code: Code = "") -> Response:
    """Needs a code: whoever found an open browser does not have one. All sign-ins end."""
    attempt = attempt_to_open(request, keys, actor)
    try:
        limits.refuse_too_many_codes(reading, attempt)
    except TooManyAttempts as error:
        return _factor_page(request, session, keys, actor, error)
    if not factors.spend(session, actor.id, keys, code):
        factors.record_wrong_code(session, actor, attempt)
        return _factor_page(request, session, keys, actor, WrongCode())
    remove_second_factor(session, session.get_one(User, actor.id), by=By.of(actor))
    return see_other("/masuk")


@router.get("/kode")
def show_code_form(
    request: Request, session: Reading, actor: Person, next_path: Annotated[str, Query(alias="lanjut", max_length=500)] = ""
) -> HTMLResponse:
    """Whoever has no second factor yet is shown the way to one."""
    return _code_page(request, session, actor, next_path)


@router.post("/kode")
def show_code(
    request: Request,
    reading: Reading,
    session: Writing,
    settings: AppSettings,
    keys: HouseKeys,
    actor: Person,
    code: Code = "",
    next_path: Next = "",
) -> Response:
    attempt = attempt_to_open(request, keys, actor)
    try:
        limits.refuse_too_many_codes(reading, attempt)
    except TooManyAttempts as error:
        return _code_page(request, reading, actor, next_path, error)
    token = factors.show(session, actor, keys, code)
    if token is None:
        factors.record_wrong_code(session, actor, attempt)
        return _code_page(request, reading, actor, next_path, WrongCode())
    response = see_other(own_path(next_path, "/saya?pesan=kode"))
    put_session(response, settings, token, settings.session_hours * 3600)
    return response


def _factor_page(request: Request, session: Session, keys: Keys, actor: Actor, error: NetraError | None = None) -> HTMLResponse:
    secret = factors.pending_secret(session, actor.id, keys)
    return render(
        request,
        "accounts/factor.html",
        status=error.status if error else 200,
        has_factor=factors.is_confirmed(session, actor.id),
        secret=secret,
        qr=factors.qr_of(secret, actor.username) if secret else "",
        recovery_codes=factors.count_recovery_codes(session, actor.id),
        problem=error.say(language_of(request)) if error else "",
        here="/saya/faktor",
    )


def _code_page(request: Request, session: Session, actor: Actor, next_path: str, error: NetraError | None = None) -> HTMLResponse:
    return render(
        request,
        "accounts/code.html",
        status=error.status if error else 200,
        has_factor=factors.is_confirmed(session, actor.id),
        next_path=own_path(next_path, ""),
        problem=error.say(language_of(request)) if error else "",
        here="/saya/kode",
    )
