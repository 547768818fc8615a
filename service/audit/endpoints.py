"""The trail on screen, and the button that checks its chain."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from models import verify_chain
from service.accounts.actor import Actor
from service.audit import repository, service
from service.audit.repository import TrailFilter
from service.dependencies import AuditReader, Reading, writing
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
    return render(request, "audit/trail.html", **_read(session, actor, filters), report=None)


@router.post("/jejak/periksa")
async def check_chain(request: Request, reading: Reading, actor: AuditReader) -> HTMLResponse:
    """Walks the whole chain while others write, then waits for its turn to write down what it found."""
    report = await run_in_threadpool(verify_chain, reading)
    values = await run_in_threadpool(_read, reading, actor, TrailFilter())
    async with writing(request) as session:
        await run_in_threadpool(service.record_check, session, actor, report)
    return await run_in_threadpool(render, request, "audit/trail.html", **values, report=report, here="/jejak")


def _read(session: Session, actor: Actor, filters: TrailFilter) -> dict[str, Any]:
    return {"trail": service.read_trail(session, actor, filters), "filters": filters, "head": repository.head(session)}
