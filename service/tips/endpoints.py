"""The public page: say where and what, keep the code, ask for the status. It needs no account, no cookie and no script."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from models import now
from models.legal.deadline import local_day
from models.settings import Settings
from service.dependencies import AppSettings, HouseKeys, Reading, Writing
from service.errors import InvalidInput, NetraError
from service.pages import language_of, render
from service.sealing import Keys
from service.tips import repository, spam, words
from service.tips.errors import FormUsed, TooManyTips
from service.tips.joining import HouseJoining
from service.tips.sending import Desk, TipStatus, find_status, receive, withdraw

router = APIRouter(prefix="/lapor", include_in_schema=False)

LONGEST_REGION = 13
Text = Annotated[str, Form(max_length=4 * words.LONGEST_TEXT)]
Link = Annotated[str, Form(max_length=2 * words.LONGEST_LINK)]
Line = Annotated[str, Form(max_length=4 * words.LONGEST_LINE)]
Short = Annotated[str, Form(max_length=40)]
Code = Annotated[str, Form(alias="kode", max_length=40)]
Province = Annotated[str, Form(alias="provinsi", max_length=LONGEST_REGION)]


@router.get("")
def show_form(
    request: Request,
    session: Reading,
    settings: AppSettings,
    keys: HouseKeys,
    province: Annotated[str, Query(alias="provinsi", max_length=LONGEST_REGION)] = "",
) -> HTMLResponse:
    return _form_page(request, session, settings, keys, province)


@router.post("")
def send(
    request: Request,
    session: Writing,
    settings: AppSettings,
    keys: HouseKeys,
    joining: HouseJoining,
    province: Province = "",
    wilayah: Short = "",
    tautan: Link = "",
    teks: Text = "",
    terjadi: Short = "",
    diketahui: Short = "",
    jabatan: Line = "",
    instansi: Line = "",
    kontak: Line = "",
    situs: Line = "",
    formulir: Annotated[str, Form(max_length=200)] = "",
    bukti_kerja: Annotated[str, Form(max_length=40)] = "",
) -> HTMLResponse:
    """The code is in the answer itself and not behind a redirect: it must stand in no address and in no cookie."""
    given = {
        "wilayah": wilayah or province,
        "tautan": tautan,
        "teks": teks,
        "terjadi": terjadi,
        "diketahui": diketahui,
        "jabatan": jabatan,
        "instansi": instansi,
        "kontak": kontak,
    }
    today = local_day(now(), province or None)
    read = words.read_form(given, regions=_codes(session, province), today=today)
    try:
        form = spam.check_form(keys, formulir, situs)
        if read.words is None:
            return _form_page(
                request, session, settings, keys, province, given=given, problems=read.problems, token=formulir, status=422
            )
        if repository.has_form(session, form):
            raise FormUsed
        limits = spam.limits_of(formulir, bukti_kerja)
        spam.count_sender(session, spam.sender_of(keys, address_of(request), now()), now(), limits)
    except (InvalidInput, TooManyTips, FormUsed) as error:
        token = spam.token_after(error, formulir)
        return _form_page(request, session, settings, keys, province, given=given, error=error, token=token, status=error.status)
    desk = Desk(keys, settings.evidence_dir, settings.tips_contact_days, joining)
    received = receive(session, desk, read.words, form=form)
    return render(request, "tips/received.html", code=received.code, here="/lapor")


@router.get("/status")
def show_status_form(request: Request) -> HTMLResponse:
    return _status_page(request, "", None, status=200)


@router.post("/status")
def show_status(request: Request, session: Reading, keys: HouseKeys, code: Code = "") -> HTMLResponse:
    """By POST, so that no code stands in an address; it changes nothing."""
    found = find_status(session, keys, code)
    return _status_page(request, code, found, problem="" if found else "kode_tidak_ada", status=200 if found else 404)


@router.post("/tarik")
def take_back(
    request: Request, session: Writing, keys: HouseKeys, code: Code = "", is_sure: Annotated[bool, Form(alias="yakin")] = False
) -> HTMLResponse:
    """Asked for twice it is done once. Without the tick it does nothing and says so."""
    if not is_sure:
        found = find_status(session, keys, code)
        return _status_page(
            request, code, found, problem="tarik_yakin" if found else "kode_tidak_ada", status=422 if found else 404
        )
    found = withdraw(session, keys, code)
    return _status_page(request, code, found, problem="" if found else "kode_tidak_ada", status=200 if found else 404)


def _status_page(request: Request, code: str, found: TipStatus | None, *, status: int, problem: str = "") -> HTMLResponse:
    said = language_of(request)(f"lapor.{problem}") if problem else ""
    values = {"code": code, "status_found": found, "problem": said, "statuses": list(TipStatus)}
    return render(request, "tips/status.html", status=status, here="/lapor/status", **values)


def _form_page(
    request: Request,
    session: Session,
    settings: Settings,
    keys: Keys,
    province: str,
    *,
    given: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    error: NetraError | None = None,
    token: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The first step where no province is chosen yet, else the form itself."""
    provinces = repository.list_provinces(session)
    chosen = next((region for region in provinces if region.code == province), None)
    language = language_of(request)
    return render(
        request,
        "tips/form.html",
        status=status,
        provinces=provinces,
        chosen=chosen,
        regencies=repository.list_regencies(session, chosen.code) if chosen else [],
        given=given or dict.fromkeys(words.FIELDS, ""),
        problems={name: language(f"salah.{key}") for name, key in (problems or {}).items()},
        error=error.say(language) if error else "",
        token=token or spam.new_form(keys),
        today=local_day(now(), province if chosen else None),
        longest=words,
        contact_days=settings.tips_contact_days,
        proof_bits=spam.PROOF_BITS,
        here=f"/lapor?provinsi={chosen.code}" if chosen else "/lapor",
    )


def _codes(session: Session, province: str) -> frozenset[str]:
    """A province, and what lies in it."""
    if repository.get_region(session, province) is None:
        return frozenset()
    return frozenset({province, *(region.code for region in repository.list_regencies(session, province))})


def address_of(request: Request) -> str:
    """As the server or the proxy before it saw it. It is hashed at once and stands in no row, no log and no trail."""
    return request.client.host if request.client else ""
