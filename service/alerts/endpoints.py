"""The page of alerts: what is new, what was read, and one button for all that is on screen."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from service.alerts import service
from service.alerts.saying import path_of, say
from service.dependencies import AlertReader, Reading, Writing
from service.pages import render, see_other

router = APIRouter(prefix="/peringatan", include_in_schema=False)

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("")
def show_alerts(
    request: Request,
    session: Reading,
    actor: AlertReader,
    everything: Annotated[str, Query(alias="semua", max_length=5)] = "",
    before: Annotated[int | None, Query(alias="sebelum", ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    page = service.read_page(session, actor, unread_only=not everything, before=before)
    return render(request, "alerts/alerts.html", page=page, everything=bool(everything), say=say, path_of=path_of)


@router.post("/dibaca")
def mark_all_read(
    session: Writing, actor: AlertReader, up_to: Annotated[int, Form(alias="sampai", ge=1, le=LARGEST_ID)]
) -> Response:
    service.mark_all_read(session, actor, up_to=up_to)
    return see_other("/peringatan")


@router.post("/{alert_id}/buka")
def open_alert(session: Writing, actor: AlertReader, alert_id: Id) -> Response:
    """Read, and on the way to what it is about."""
    return see_other(path_of(service.mark_read(session, actor, alert_id)))


@router.post("/{alert_id}/dibaca")
def mark_read(session: Writing, actor: AlertReader, alert_id: Id) -> Response:
    service.mark_read(session, actor, alert_id)
    return see_other("/peringatan")


@router.post("/{alert_id}/belum")
def mark_unread(session: Writing, actor: AlertReader, alert_id: Id) -> Response:
    service.mark_unread(session, actor, alert_id)
    return see_other("/peringatan?semua=ya")
