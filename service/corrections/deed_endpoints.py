"""One route for each deed about a request, named for it, and one that takes a deed back."""

from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import Response

from service.accounts.by import By
from service.corrections import deeds, service
from service.corrections.erasing import HouseErasing
from service.corrections.targets import read_target
from service.dependencies import CorrectionAnswerer, Writing
from service.errors import InvalidInput
from service.pages import see_other

router = APIRouter(prefix="/permintaan/{correction_id}", include_in_schema=False)

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Named = Annotated[str, Form(alias="sasaran", max_length=40)]


@router.post("/catat")
def note(
    session: Writing,
    actor: CorrectionAnswerer,
    correction_id: Id,
    named: Named = "",
    text: Annotated[str, Form(alias="catatan", max_length=4 * deeds.LONGEST_NOTE)] = "",
) -> Response:
    correction = service.get_standing(session, actor, correction_id)
    deeds.note(session, actor, correction, read_target(session, actor, named), text)
    return _done(correction_id)


@router.post("/batasi")
def restrict(session: Writing, actor: CorrectionAnswerer, correction_id: Id, named: Named = "") -> Response:
    correction = service.get_standing(session, actor, correction_id)
    deeds.restrict(session, actor, correction, read_target(session, actor, named))
    return _done(correction_id)


@router.post("/baca-ulang")
def reread(session: Writing, actor: CorrectionAnswerer, correction_id: Id, named: Named = "") -> Response:
    correction = service.get_standing(session, actor, correction_id)
    deeds.reread(session, actor, correction, read_target(session, actor, named))
    return _done(correction_id)


@router.post("/versi-baru")
def show_newest(session: Writing, actor: CorrectionAnswerer, correction_id: Id, named: Named = "") -> Response:
    correction = service.get_standing(session, actor, correction_id)
    deeds.show_newest(session, actor, correction, read_target(session, actor, named))
    return _done(correction_id)


@router.post("/hapus")
def erase(
    session: Writing,
    actor: CorrectionAnswerer,
    erasing: HouseErasing,
    correction_id: Id,
    named: Named = "",
    is_sure: Annotated[bool, Form(alias="yakin")] = False,
) -> Response:
    correction = service.get_standing(session, actor, correction_id)
    target = read_target(session, actor, named)
    if not is_sure:
        raise InvalidInput("koreksi_yakin")
    deeds.erase(session, actor, correction, target, erasing)
    return _done(correction_id)


@router.post("/tindakan/{deed_id}/batal")
def undo(session: Writing, actor: CorrectionAnswerer, correction_id: Id, deed_id: Id) -> Response:
    deeds.undo(session, By.of(actor), service.get(session, actor, correction_id), deed_id)
    return see_other(f"/permintaan/{correction_id}?pesan=dibatalkan")


def _done(correction_id: int) -> Response:
    return see_other(f"/permintaan/{correction_id}?pesan=dilakukan")
