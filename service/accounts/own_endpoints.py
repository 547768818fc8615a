"""`/saya`: one's own sign-ins, tokens and password."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from models.settings import Settings
from service.accounts import limits, own, repository
from service.accounts.actor import Actor
from service.accounts.cookies import address_of, put_session
from service.accounts.factors import attempt_with_code, record_wrong_code
from service.accounts.limits import Attempt, attempt_of
from service.accounts.own import NewToken
from service.accounts.passwords import LONGEST_PASSWORD, matches
from service.dependencies import AppSettings, HouseKeys, Person, Reading, Writing
from service.errors import InvalidInput, NetraError, TooManyAttempts
from service.pages import language_of, render, see_other
from service.sealing import Keys

router = APIRouter(prefix="/saya", include_in_schema=False)

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Password = Annotated[str, Form(max_length=2 * LONGEST_PASSWORD)]
MESSAGES = frozenset({"sandi", "sesi", "token_cabut", "faktor", "faktor_hapus", "kode"})


@router.get("")
def show_own(
    request: Request,
    session: Reading,
    settings: AppSettings,
    actor: Person,
    message: Annotated[str, Query(alias="pesan", max_length=40)] = "",
) -> HTMLResponse:
    page = own.read_own(session, actor, settings)
    return render(request, "accounts/own.html", page=page, message=message if message in MESSAGES else "", problem="", given={})


@router.get("/sandi")
def show_password(request: Request, actor: Person) -> HTMLResponse:
    return render(request, "accounts/password.html", problem="", must=actor.must_change_password)


@router.post("/sandi")
def change_password(
    request: Request,
    reading: Reading,
    session: Writing,
    settings: AppSettings,
    keys: HouseKeys,
    actor: Person,
    current: Annotated[Password, Form(alias="sekarang")] = "",
    new: Annotated[Password, Form(alias="baru")] = "",
    again: Annotated[Password, Form(alias="ulang")] = "",
) -> Response:
    """Whoever found an open browser does not know the old one, and may not guess it without end either."""
    attempt = attempt_to_open(request, keys, actor)
    try:
        limits.refuse_too_many_codes(reading, attempt)
        user = repository.get_user(reading, actor.username)
        if user is None or not matches(current, user.password_hash):
            record_wrong_code(session, actor, attempt)
            raise InvalidInput("sandi_sekarang")
        if new != again:
            raise InvalidInput("sandi_beda")
        token = own.change_password(session, actor, new)
    except (InvalidInput, TooManyAttempts) as error:
        values = {"problem": error.say(language_of(request)), "must": actor.must_change_password}
        return render(request, "accounts/password.html", status=error.status, **values)
    response = see_other("/saya?pesan=sandi")
    put_session(response, settings, token, settings.session_hours * 3600)
    return response


@router.post("/sesi/akhiri")
def end_other_sessions(session: Writing, actor: Person) -> Response:
    own.end_other_sessions(session, actor)
    return see_other("/saya?pesan=sesi")


@router.post("/sesi/{session_id}/akhiri")
def end_session(session: Writing, actor: Person, session_id: Id) -> Response:
    own.end_own_session(session, actor, session_id)
    return see_other("/saya?pesan=sesi")


@router.post("/token")
def make_token(
    request: Request,
    session: Writing,
    settings: AppSettings,
    actor: Person,
    name: Annotated[str, Form(alias="nama", max_length=200)] = "",
    days: Annotated[str, Form(alias="hari", max_length=5)] = "90",
    scopes: Annotated[list[str] | None, Form(alias="cakupan")] = None,
    region_code: Annotated[str, Form(alias="wilayah", max_length=13)] = "",
) -> Response:
    """The one page on which the token can be read."""
    new = NewToken(name, int(days) if days.isascii() and days.isdigit() else 0, scopes or [], region_code)
    try:
        plain = own.make_own_token(session, actor, settings, new)
    except InvalidInput as error:
        return _again(request, session, settings, actor, error, new=new)
    return render(request, "accounts/token.html", plain=plain, name=new.name, here="/saya")


@router.post("/token/{token_id}/cabut")
def revoke_token(session: Writing, actor: Person, token_id: Id) -> Response:
    own.revoke_own_token(session, actor, token_id)
    return see_other("/saya?pesan=token_cabut")


def attempt_to_open(request: Request, keys: Keys, actor: Actor) -> Attempt:
    """One person's tries at what keeps their own account: codes, and the password that they have now."""
    return attempt_with_code(attempt_of(keys, actor.username, address_of(request), None), keys, actor.id)


def _again(request: Request, session: Any, settings: Settings, actor: Actor, error: NetraError, *, new: NewToken) -> HTMLResponse:
    page, problem = own.read_own(session, actor, settings), error.say(language_of(request))
    values = {"page": page, "message": "", "problem": problem, "given": vars(new), "here": "/saya"}
    return render(request, "accounts/own.html", status=error.status, **values)
