"""The evidence of an item: its stored copy, its check, and the guarded way to the live page."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from models import Item, ItemKind, Permission, Snapshot
from service.accounts.actor import Actor
from service.dependencies import AppSettings, QueueReader, Reading, Writing
from service.errors import Forbidden
from service.headers import LEAVING_POLICY, STORED_COPY_POLICY, STORED_PICTURE_POLICY
from service.items import service
from service.items.inert import make_inert
from service.items.opening import LONGEST_REASON, reason_to_open
from service.items.privacy import mask_address
from service.pages import render, see_other

router = APIRouter(prefix="/konten/{item_id}", include_in_schema=False)

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
ShowsHandles = Annotated[bool, Query(alias="akun")]
Reason = Annotated[str, Query(alias="alasan", max_length=2 * LONGEST_REASON)]
PRIVATE = "pribadi"
PICTURE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""SVG is a document that may act: its copy is never shown as a picture."""


@router.get("/salinan/{snapshot_id}")
def show_copy(
    request: Request,
    session: Reading,
    actor: QueueReader,
    item_id: Id,
    snapshot_id: Id,
    is_whole: Annotated[bool | None, Query(alias="utuh")] = None,
    shows_handles: ShowsHandles = False,
    reason: Reason = "",
) -> HTMLResponse:
    """The page around the copy: where it comes from, and whether it is whole."""
    item, snapshot = service.get_copy(session, actor, item_id, snapshot_id)
    hides, asked = _hidden_of(session, item, snapshot), {"akun": "true"} | ({"alasan": reason} if reason.strip() else {})
    is_picture = snapshot.content_type.lower().startswith(PICTURE_TYPES)
    return render(
        request,
        "items/copy.html",
        item=item,
        snapshot=snapshot,
        address=mask_address(snapshot.url) if item.kind is ItemKind.POST else snapshot.url,
        is_whole=is_whole,
        is_picture=is_picture,
        hides=hides if not is_picture else "",
        opened=urlencode(asked) if shows_handles and (reason.strip() or hides != PRIVATE) else "",
        longest_reason=LONGEST_REASON,
    )


@router.get("/salinan/{snapshot_id}/isi")
def show_inert_copy(
    request: Request,
    reading: Reading,
    session: Writing,
    settings: AppSettings,
    actor: QueueReader,
    item_id: Id,
    snapshot_id: Id,
    shows_handles: ShowsHandles = False,
    reason: Reason = "",
) -> HTMLResponse:
    """The copy itself, for the sandboxed frame. Looking at it is noted, last of all: unpacking a page holds no lock."""
    item, snapshot = service.get_copy(reading, actor, item_id, snapshot_id)
    kept = _reason_of(reading, actor, snapshot, reason) if shows_handles else ""
    content = service.read_copy(snapshot, settings.evidence_dir)
    clean = str if shows_handles else service.clean_copy_of(reading, item, snapshot)
    copy = make_inert(content, snapshot.content_type, clean) if content is not None else None
    response = render(request, "items/inert.html", copy=copy)
    response.headers["Content-Security-Policy"] = STORED_COPY_POLICY
    service.note_look(session, actor, snapshot, is_whole=content is not None, shows_handles=shows_handles, reason=kept)
    return response


@router.get("/salinan/{snapshot_id}/gambar")
def show_picture(
    reading: Reading, session: Writing, settings: AppSettings, actor: QueueReader, item_id: Id, snapshot_id: Id
) -> Response:
    """A copy that is a picture, as a picture and nothing else, whatever its outlet called it. Noted as every look."""
    _, snapshot = service.get_copy(reading, actor, item_id, snapshot_id)
    content, media_type = service.read_picture(snapshot, settings.evidence_dir)
    service.note_look(session, actor, snapshot, is_whole=True)
    return Response(content, media_type=media_type, headers={"Content-Security-Policy": STORED_PICTURE_POLICY})


@router.post("/salinan/{snapshot_id}/periksa")
def check_copy(session: Writing, settings: AppSettings, actor: QueueReader, item_id: Id, snapshot_id: Id) -> Response:
    _, snapshot = service.get_copy(session, actor, item_id, snapshot_id)
    is_whole = service.check_copy(session, actor, snapshot, settings.evidence_dir)
    return see_other(f"/konten/{item_id}/salinan/{snapshot_id}?utuh={str(is_whole).lower()}")


@router.get("/asli")
def show_leaving(request: Request, session: Reading, actor: QueueReader, item_id: Id) -> HTMLResponse:
    """The warning before the live page: a stray "like" there is itself an alleged violation."""
    item = service.get_item(session, actor, item_id)
    service.live_address(item)  # Raises where there is none to be sent to.
    response = render(request, "items/leaving.html", item=item, address=service.shown_address(item))
    response.headers["Content-Security-Policy"] = LEAVING_POLICY
    return response


@router.post("/asli")
def leave(session: Writing, actor: QueueReader, item_id: Id) -> Response:
    item = service.get_item(session, actor, item_id)
    return see_other(service.leave_for(session, actor, item))


def _reason_of(session: Session, actor: Actor, snapshot: Snapshot, typed: str) -> str:
    """Why somebody opens what a sender wrote of private people; handles of a post need no reason."""
    if not service.is_of_tip(session, snapshot):
        return ""
    if not actor.may(Permission.OPEN_NAMES):
        raise Forbidden
    return reason_to_open(typed)


def _hidden_of(session: Session, item: Item, snapshot: Snapshot) -> str:
    """What is masked in the copy until somebody opens it, as the catalogue names it."""
    if service.is_of_tip(session, snapshot):
        return PRIVATE
    return "akun" if item.kind is ItemKind.POST else ""
