"""The trail on screen, and the button that checks its chain."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from models import verify_chain
from service.audit import repository, service
from service.audit.repository import TrailFilter
from service.dependencies import AuditReader, Reading, Writing
from service.pages import render

router = APIRouter(include_in_schema=False)


@router.get("/jejak")
def show_trail(
    request: Request,
    session: Reading,
    actor: AuditReader,
    action: Annotated[str, Query(alias="aksi", max_length=60)] = "",
    who: Annotated[str, Query(alias="pelaku", max_length=80)] = "",
    before: Annotated[int | None, Query(alias="sebelum", ge=1, le=2**63 - 1)] = None,
) -> HTMLResponse:
    filters = TrailFilter(action.strip(), who.strip(), before)
    trail = service.read_trail(session, actor, filters)
    return render(request, "audit/trail.html", trail=trail, filters=filters, head=repository.head(session), report=None)


@router.post("/jejak/periksa")
def check_chain(request: Request, reading: Reading, session: Writing, actor: AuditReader) -> HTMLResponse:
    """Walks the whole chain without the write lock, then writes down what it found."""
    report = verify_chain(reading)
    trail = service.read_trail(reading, actor, TrailFilter())
    head = repository.head(reading)
    service.record_check(session, actor, report)
    values = {"trail": trail, "filters": TrailFilter(), "head": head, "report": report, "here": "/jejak"}
    return render(request, "audit/trail.html", **values)
