"""The public page: say what is wrong and what is asked, keep the code, ask for the status. No account, no cookie, no script."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from models import Correction, CorrectionAsk, CorrectionSender, now
from service.corrections import receiving, words
from service.corrections.figures import PublicAnswers, read_public
from service.corrections.grounds import find_ground
from service.corrections.receiving import CorrectionStatus
from service.dependencies import AppSettings, HouseKeys, Reading, Writing
from service.errors import InvalidInput, NetraError
from service.pages import language_of, render
from service.sealing import Keys
from service.tips import spam
from service.tips.endpoints import address_of
from service.tips.errors import FormUsed, TooManyTips
from service.tips.repository import list_provinces
from service.tips.words import LONGEST_LINE, LONGEST_LINK

router = APIRouter(prefix="/koreksi", include_in_schema=False)

ROOM = "pengirim-koreksi"
MOST_OF_ALL = 2 * spam.MOST_OF_ALL
"""A flood of tips must not keep people from their rights."""
Text = Annotated[str, Form(max_length=4 * words.LONGEST_WRONG)]
Link = Annotated[str, Form(max_length=2 * LONGEST_LINK)]
Line = Annotated[str, Form(max_length=4 * LONGEST_LINE)]
Short = Annotated[str, Form(max_length=40)]
Code = Annotated[str, Form(alias="kode", max_length=40)]


@router.get("")
def show_form(request: Request, session: Reading, settings: AppSettings, keys: HouseKeys) -> HTMLResponse:
    figures = read_public(session) if settings.public_statistics else None
    return _form_page(request, session, keys, figures=figures)


@router.post("")
def send(
    request: Request,
    session: Writing,
    keys: HouseKeys,
    minta: Short = "",
    pengirim: Short = "",
    provinsi: Short = "",
    tautan: Link = "",
    uraian: Text = "",
    keliru: Text = "",
    kontak: Line = "",
    situs: Line = "",
    formulir: Annotated[str, Form(max_length=200)] = "",
    bukti_kerja: Short = "",
) -> HTMLResponse:
    """The code is in the answer itself and not behind a redirect: it must stand in no address and in no cookie."""
    values = (minta, pengirim, provinsi, tautan, uraian, keliru, kontak)
    given = dict(zip(words.FIELDS, values, strict=True))
    regions = frozenset(region.code for region in list_provinces(session))
    read = words.read_form(given, regions=regions)
    try:
        form = spam.check_form(keys, formulir, situs)
        if read.words is None:
            return _form_page(request, session, keys, given=given, problems=read.problems, token=formulir, status=422)
        limits = spam.limits_of(formulir, bukti_kerja)
        sender = spam.sender_of(keys, address_of(request), now(), ROOM)
        spam.count_sender(session, sender, now(), limits, most_of_all=MOST_OF_ALL)
        received = receiving.receive(session, keys, read.words, form=form)
    except (InvalidInput, TooManyTips, FormUsed) as error:
        token = spam.token_after(error, formulir)
        return _form_page(request, session, keys, given=given, error=error, token=token, status=error.status)
    due_at = received.correction.due_at
    return render(request, "corrections/received.html", code=received.code, due_at=due_at, here="/koreksi")


@router.get("/status")
def show_status_form(request: Request) -> HTMLResponse:
    return _status_page(request, "", None, status=200)


@router.post("/status")
def show_status(request: Request, session: Reading, keys: HouseKeys, code: Code = "") -> HTMLResponse:
    """By POST, so that no code stands in an address; it changes nothing."""
    return _answer_code(request, code, receiving.find(session, keys, code))


@router.post("/tarik")
def take_back(
    request: Request, session: Writing, keys: HouseKeys, code: Code = "", is_sure: Annotated[bool, Form(alias="yakin")] = False
) -> HTMLResponse:
    """Asked for twice it is done once. Without the tick it does nothing and says so."""
    if is_sure:
        return _answer_code(request, code, receiving.withdraw(session, keys, code))
    found = receiving.find(session, keys, code)
    if found is None:
        return _answer_code(request, code, None)
    return _status_page(request, code, found, problem="tarik_yakin", status=422)


def _answer_code(request: Request, code: str, found: Correction | None) -> HTMLResponse:
    return _status_page(request, code, found, problem="" if found else "kode_tidak_ada", status=200 if found else 404)


def _status_page(request: Request, code: str, found: Correction | None, *, status: int, problem: str = "") -> HTMLResponse:
    said = language_of(request)(f"koreksi.{problem}") if problem else ""
    return render(
        request,
        "corrections/status.html",
        status=status,
        code=code,
        correction=found,
        status_found=receiving.status_of(found) if found else None,
        ground=find_ground(found.ground) if found else None,
        problem=said,
        statuses=list(CorrectionStatus),
        here="/koreksi/status",
    )


def _form_page(
    request: Request,
    session: Session,
    keys: Keys,
    *,
    given: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    error: NetraError | None = None,
    token: str = "",
    figures: PublicAnswers | None = None,
    status: int = 200,
) -> HTMLResponse:
    language = language_of(request)
    return render(
        request,
        "corrections/form.html",
        status=status,
        provinces=list_provinces(session),
        asks=list(CorrectionAsk),
        senders=list(CorrectionSender),
        given=given or dict.fromkeys(words.FIELDS, ""),
        problems={name: language(f"salah.{key}") for name, key in (problems or {}).items()},
        error=error.say(language) if error else "",
        token=token or spam.new_form(keys),
        longest=words,
        longest_line=LONGEST_LINE,
        longest_link=LONGEST_LINK,
        proof_bits=spam.PROOF_BITS,
        figures=figures,
        here="/koreksi",
    )
