"""`/pengguna`: the people of an admin's area."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from models.settings import Settings
from service.accounts import administering
from service.accounts.actor import Actor
from service.accounts.administering import PAGE_SIZE, NewPerson
from service.accounts.people import Grant
from service.dependencies import AppSettings, Reading, UserManager, Writing
from service.errors import Forbidden, InvalidInput, NameTaken, NetraError
from service.pages import language_of, render, see_other
from service.review.repository import list_provinces

router = APIRouter(prefix="/pengguna", include_in_schema=False)

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
RoleName = Annotated[str, Form(alias="peran", max_length=40)]
RegionField = Annotated[str, Form(alias="wilayah", max_length=13)]
AgencyField = Annotated[str, Form(alias="instansi", max_length=80)]
MESSAGES = frozenset({"peran", "peran_cabut", "nonaktif", "aktif", "sesi", "token_cabut", "faktor_hapus", "identitas"})


@router.get("")
def show_people(
    request: Request,
    session: Reading,
    actor: UserManager,
    search: Annotated[str, Query(alias="cari", max_length=100)] = "",
    after: Annotated[str, Query(alias="setelah", max_length=80)] = "",
) -> HTMLResponse:
    search = " ".join(search.split())
    rows = administering.list_people(session, actor, search=search, after=after)
    page = rows[:PAGE_SIZE]
    following = page[-1].user.username if len(rows) > PAGE_SIZE else ""
    return render(request, "people/list.html", rows=page, following=following, search=search, is_first=not after)


@router.get("/baru")
def show_new(request: Request, session: Reading, actor: UserManager) -> HTMLResponse:
    return _form(request, session, actor, {})


@router.post("")
def add_person(
    request: Request,
    session: Writing,
    actor: UserManager,
    username: Annotated[str, Form(alias="nama_pengguna", max_length=80)] = "",
    name: Annotated[str, Form(alias="nama", max_length=400)] = "",
    role: RoleName = "",
    region_code: RegionField = "",
    agency: AgencyField = "",
) -> HTMLResponse:
    """The one page on which the first password can be read."""
    new = NewPerson(username, name, Grant.typed(role, region_code, agency))
    try:
        user, password = administering.add_person(session, actor, new)
    except (InvalidInput, NameTaken, Forbidden) as error:
        return _form(request, session, actor, vars(new) | vars(new.grant), error)
    return render(request, "people/password.html", user=user, password=password, here="/pengguna")


@router.get("/{user_id}")
def show_person(
    request: Request,
    session: Reading,
    settings: AppSettings,
    actor: UserManager,
    user_id: Id,
    message: Annotated[str, Query(alias="pesan", max_length=40)] = "",
) -> HTMLResponse:
    return _page(request, session, settings, actor, user_id, message if message in MESSAGES else "")


@router.post("/{user_id}/peran")
def add_role(
    request: Request,
    session: Writing,
    settings: AppSettings,
    actor: UserManager,
    user_id: Id,
    role: RoleName = "",
    region_code: RegionField = "",
    agency: AgencyField = "",
) -> Response:
    try:
        administering.add_role(session, actor, user_id, Grant.typed(role, region_code, agency))
    except (InvalidInput, Forbidden) as error:
        return _page(request, session, settings, actor, user_id, "", error)
    return _back(user_id, "peran")


@router.post("/{user_id}/peran/{grant_id}/cabut")
def remove_role(session: Writing, actor: UserManager, user_id: Id, grant_id: Id) -> Response:
    """Without any role left, only an admin of the whole nation still sees the person."""
    administering.remove_role(session, actor, user_id, grant_id)
    return _back(user_id, "peran_cabut")


@router.post("/{user_id}/sandi")
def reset_password(request: Request, session: Writing, actor: UserManager, user_id: Id) -> HTMLResponse:
    user, password = administering.reset_password(session, actor, user_id)
    return render(request, "people/password.html", user=user, password=password, here=f"/pengguna/{user_id}")


@router.post("/{user_id}/nonaktif")
def disable(session: Writing, actor: UserManager, user_id: Id) -> Response:
    administering.disable(session, actor, user_id)
    return _back(user_id, "nonaktif")


@router.post("/{user_id}/aktif")
def enable(session: Writing, actor: UserManager, user_id: Id) -> Response:
    administering.enable(session, actor, user_id)
    return _back(user_id, "aktif")


@router.post("/{user_id}/sesi/akhiri")
def end_sessions(session: Writing, actor: UserManager, user_id: Id) -> Response:
    administering.end_sessions(session, actor, user_id)
    return _back(user_id, "sesi")


@router.post("/{user_id}/sesi/{session_id}/akhiri")
def end_session(session: Writing, actor: UserManager, user_id: Id, session_id: Id) -> Response:
    administering.end_sessions(session, actor, user_id, session_id)
    return _back(user_id, "sesi")


@router.post("/{user_id}/token/{token_id}/cabut")
def revoke_token(session: Writing, actor: UserManager, user_id: Id, token_id: Id) -> Response:
    administering.revoke(session, actor, user_id, token_id)
    return _back(user_id, "token_cabut")


@router.post("/{user_id}/faktor/hapus")
def remove_second_factor(session: Writing, actor: UserManager, user_id: Id) -> Response:
    administering.remove_second_factor(session, actor, user_id)
    return _back(user_id, "faktor_hapus")


@router.post("/{user_id}/identitas")
def link_identity(
    session: Writing,
    settings: AppSettings,
    actor: UserManager,
    user_id: Id,
    subject: Annotated[str, Form(alias="subjek", max_length=255)] = "",
) -> Response:
    administering.link_identity(session, actor, user_id, settings, subject)
    return _back(user_id, "identitas")


@router.post("/{user_id}/identitas/{identity_id}/lepas")
def unlink_identity(session: Writing, actor: UserManager, user_id: Id, identity_id: Id) -> Response:
    administering.unlink_identity(session, actor, user_id, identity_id)
    return _back(user_id, "identitas")


def _back(user_id: int, message: str) -> Response:
    return see_other(f"/pengguna/{user_id}?pesan={message}")


def _form(
    request: Request, session: Session, actor: Actor, given: dict[str, Any], error: NetraError | None = None
) -> HTMLResponse:
    return render(
        request,
        "people/new.html",
        status=error.status if error else 200,
        given=given,
        problem=error.say(language_of(request)) if error else "",
        here="/pengguna/baru",
        **_choices(session, actor),
    )


def _page(
    request: Request,
    session: Session,
    settings: Settings,
    actor: Actor,
    user_id: int,
    message: str,
    error: NetraError | None = None,
) -> HTMLResponse:
    return render(
        request,
        "people/person.html",
        status=error.status if error else 200,
        page=administering.read_person(session, actor, user_id, settings),
        message=message,
        problem=error.say(language_of(request)) if error else "",
        has_provider=bool(settings.oidc_issuer),
        here=f"/pengguna/{user_id}",
        **_choices(session, actor),
    )


def _choices(session: Session, actor: Actor) -> dict[str, Any]:
    return {
        "roles": administering.list_roles_to_give(session, actor),
        "provinces": list_provinces(session),
        "agencies": administering.list_agencies(session),
    }
