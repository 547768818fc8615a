"""The office that answers: what waits with its time left, who asks, the answer, and the contact behind a logged button."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from models import CorrectionAnswer, CorrectionDeedKind, IdentityCheck
from service.corrections import obstacles, service
from service.corrections.erasing import HouseErasing
from service.corrections.figures import read_figures
from service.corrections.grounds import find_ground
from service.corrections.repository import CorrectionShelf
from service.corrections.service import Answer
from service.dependencies import CorrectionAnswerer, HouseKeys, Reading, Writing
from service.errors import InvalidInput
from service.pages import render, see_other
from service.tips.masking import mask_people

router = APIRouter(prefix="/permintaan", include_in_schema=False)

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Short = Annotated[str, Form(max_length=40)]
MESSAGES = ("identitas", "dijawab", "jawaban_batal", "batal_tanpa_batasi", "dilakukan", "dibatalkan")
OF_TARGETS = {
    "catat": CorrectionDeedKind.NOTE,
    "batasi": CorrectionDeedKind.RESTRICT,
    "baca-ulang": CorrectionDeedKind.REREAD,
    "versi-baru": CorrectionDeedKind.VERSION,
    "hapus": CorrectionDeedKind.ERASE,
}


@router.get("")
def show_list(
    request: Request,
    session: Reading,
    actor: CorrectionAnswerer,
    shelf: Annotated[CorrectionShelf, Query(alias="rak")] = CorrectionShelf.OPEN,
    after: Annotated[int | None, Query(alias="sesudah", ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    page = service.read_list(session, actor, shelf, after)
    return render(
        request,
        "corrections/list.html",
        page=page,
        shelf=shelf,
        shelves=list(CorrectionShelf),
        hours_left=service.hours_left,
        figures=read_figures(session, actor),
    )


@router.get("/{correction_id}")
def show_one(
    request: Request,
    session: Reading,
    actor: CorrectionAnswerer,
    erasing: HouseErasing,
    correction_id: Id,
    search: Annotated[str, Query(alias="cari", max_length=200)] = "",
    message: Annotated[str, Query(alias="pesan", max_length=20)] = "",
) -> HTMLResponse:
    page = service.read_page(session, actor, correction_id, search)
    correction = page.row.correction
    return render(
        request,
        "corrections/one.html",
        page=page,
        search=search,
        message=message if message in MESSAGES else "",
        hours_left=service.hours_left,
        shown=mask_people,
        checks=list(IdentityCheck),
        answers=obstacles.list_answers(correction),
        ground=find_ground(correction.ground),
        deeds=OF_TARGETS,
        offers=obstacles.list_offers(session, correction, page.targets),
        undoable={row.deed.id for row in page.deeds if not obstacles.of_undoing(session, row.deed)},
        can_erase=erasing is not None,
        here=f"/permintaan/{correction_id}",
    )


@router.post("/{correction_id}/identitas")
def check_identity(
    session: Writing, actor: CorrectionAnswerer, correction_id: Id, how: Annotated[Short, Form(alias="cara")] = ""
) -> Response:
    if how not in set(IdentityCheck):
        raise InvalidInput("koreksi_cara")
    service.check_identity(session, actor, correction_id, IdentityCheck(how))
    return see_other(f"/permintaan/{correction_id}?pesan=identitas")


@router.post("/{correction_id}/jawab")
def answer(
    session: Writing,
    actor: CorrectionAnswerer,
    correction_id: Id,
    given: Annotated[str, Form(alias="jawaban", max_length=40)] = "",
    ground: Annotated[str, Form(alias="dasar", max_length=40)] = "",
    reply: Annotated[str, Form(alias="balasan", max_length=4 * service.LONGEST_REPLY)] = "",
) -> Response:
    if given not in set(CorrectionAnswer):
        raise InvalidInput("koreksi_jawaban")
    service.answer(session, actor, correction_id, Answer(CorrectionAnswer(given), ground, reply))
    return see_other(f"/permintaan/{correction_id}?pesan=dijawab")


@router.post("/{correction_id}/jawab/batal")
def undo_answer(session: Writing, actor: CorrectionAnswerer, correction_id: Id) -> Response:
    left = service.undo_answer(session, actor, correction_id)
    message = "batal_tanpa_batasi" if left else "jawaban_batal"
    return see_other(f"/permintaan/{correction_id}?pesan={message}")


@router.post("/{correction_id}/kontak")
def show_contact(
    request: Request, session: Writing, keys: HouseKeys, actor: CorrectionAnswerer, correction_id: Id
) -> HTMLResponse:
    """An answer of its own, so that the contact stands in no address."""
    correction, contact = service.read_contact(session, actor, keys, correction_id)
    here = f"/permintaan/{correction_id}"
    return render(request, "corrections/contact.html", correction=correction, contact=contact, here=here)
