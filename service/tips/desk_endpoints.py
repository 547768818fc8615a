"""The desk of tips, for coordinators: what came, put aside, taken back, and the contact behind a button that is logged."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from models import TipClosure
from service.dependencies import HouseKeys, Reading, TipManager, Writing
from service.errors import InvalidInput
from service.items.opening import LONGEST_REASON
from service.pages import render, see_other
from service.tips import service
from service.tips.repository import TipShelf

router = APIRouter(prefix="/informasi", include_in_schema=False)

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
MESSAGES = ("ditutup", "dibuka")


@router.get("")
def show_desk(
    request: Request,
    session: Reading,
    actor: TipManager,
    shelf: Annotated[TipShelf, Query(alias="rak")] = TipShelf.OPEN,
    before: Annotated[int | None, Query(alias="sebelum", ge=1, le=LARGEST_ID)] = None,
    message: Annotated[str, Query(alias="pesan", max_length=20)] = "",
    about: Annotated[int | None, Query(alias="nomor", ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    page = service.read_page(session, actor, shelf, before)
    values = {"page": page, "shelf": shelf, "shelves": list(TipShelf), "closures": list(TipClosure), "about": about}
    return render(request, "tips/desk.html", message=message if message in MESSAGES else "", **values)


@router.post("/{tip_id}/tutup")
def close(
    session: Writing, actor: TipManager, tip_id: Id, closure: Annotated[str, Form(alias="alasan", max_length=40)] = ""
) -> Response:
    if closure not in set(TipClosure):
        raise InvalidInput("informasi_alasan")
    service.close(session, actor, tip_id, TipClosure(closure))
    return see_other(f"/informasi?pesan=ditutup&nomor={tip_id}")


@router.post("/{tip_id}/buka")
def reopen(session: Writing, actor: TipManager, tip_id: Id) -> Response:
    service.reopen(session, actor, tip_id)
    return see_other(f"/informasi?pesan=dibuka&nomor={tip_id}")


@router.post("/{tip_id}/kontak")
def show_contact(
    request: Request,
    session: Writing,
    keys: HouseKeys,
    actor: TipManager,
    tip_id: Id,
    reason: Annotated[str, Form(alias="alasan", max_length=2 * LONGEST_REASON)] = "",
) -> HTMLResponse:
    """An answer of its own, so that the contact stands in no address."""
    tip, contact = service.read_contact(session, actor, keys, tip_id, reason)
    return render(request, "tips/contact.html", tip=tip, contact=contact, here="/informasi")
