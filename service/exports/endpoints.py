"""Exports as pages: the count and the purpose first, the file after it was written down."""

from collections.abc import Callable
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from models import Export, ExportFormat, ExportPurpose, Permission
from service.accounts.actor import Actor
from service.dependencies import Exporter, ExportReader, Reading
from service.exports import repository, service
from service.exports.formats import MEDIA_TYPES
from service.exports.schemas import LONGEST_NOTE, LONGEST_QUERY, SHORTEST_NOTE, ExportRequest
from service.exports.tables import MOST_ROWS
from service.pages import language_of, render

router = APIRouter(prefix="/ekspor", include_in_schema=False)

LARGEST_ID = 2**63 - 1
Slug = Annotated[str, Path(max_length=40)]


@router.get("")
def show_past(
    request: Request,
    session: Reading,
    actor: ExportReader,
    before: Annotated[int | None, Query(alias="sebelum", ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    """What can be exported, and what was: by everybody for the auditor of the nation, else one's own."""
    rows = repository.list_exports(session, actor, before=before)
    page = rows[: repository.PAGE_SIZE]
    return render(
        request,
        "exports/list.html",
        tables=service.list_tables(actor),
        rows=page,
        next_before=page[-1].export.id if len(rows) > len(page) else None,
        is_everybodys=actor.areas(Permission.READ_AUDIT) is None,
    )


@router.get("/{slug}")
def show_form(request: Request, session: Reading, actor: Exporter, slug: Slug) -> HTMLResponse:
    return _form(request, session, actor, slug, request.url.query[:LONGEST_QUERY])


@router.post("/{slug}")
async def export(
    request: Request,
    session: Reading,
    actor: Exporter,
    slug: Slug,
    query: Annotated[str, Form(alias="saring", max_length=LONGEST_QUERY)] = "",
    kind: Annotated[str, Form(alias="bentuk", max_length=10)] = "csv",
    purpose: Annotated[str, Form(alias="tujuan", max_length=40)] = "",
    note: Annotated[str, Form(alias="catatan", max_length=2 * LONGEST_NOTE)] = "",
    opens_names: Annotated[str, Form(alias="buka", max_length=5)] = "",
    bom: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    given = {"format": kind, "purpose": purpose, "note": note, "opens_names": bool(opens_names), "bom": bool(bom)}
    try:
        asked = ExportRequest.model_validate({"what": slug, "query": query} | given)
    except ValidationError as error:
        problem = language_of(request)(f"salah.{_problem_of(error)}")
        show = {"status": 422, "given": given, "problem": problem}
        return await run_in_threadpool(lambda: _form(request, session, actor, slug, query, **show))
    return await send_export(request, session, actor, asked)


async def send_export(request: Request, session: Session, actor: Actor, asked: ExportRequest) -> StreamingResponse:
    """Make it in a thread of its own, write it down, send it.

    Few are made at a time, and none in a thread that answers pages. Waiting for the write lock happens on the event loop,
    as `get_session` does it, so that no thread is held by it.
    """
    made = await _apart(request, lambda: service.prepare(session, actor, asked))

    def write_down() -> Export:
        with request.app.state.writing.begin() as writing:
            return service.record(writing, actor, asked, made)

    try:
        async with request.app.state.writers:
            export = await run_in_threadpool(write_down)
    except BaseException:  # Also when the reader hangs up: what was made is not kept.
        made.file.close()
        raise
    headers = {
        "Content-Disposition": f'attachment; filename="{service.file_name(export)}"',
        "Content-Length": str(made.size),
        "X-Export-Id": str(export.id),
        "X-Export-Rows": str(made.rows),
        "Repr-Digest": service.digest_header(made.sha256),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(made.chunks(), headers=headers, media_type=MEDIA_TYPES[asked.format])


async def _apart(request: Request, work: Callable[[], service.Prepared]) -> service.Prepared:
    return await anyio.to_thread.run_sync(work, limiter=request.app.state.exporting)


def _form(
    request: Request,
    session: Session,
    actor: Actor,
    slug: str,
    query: str,
    *,
    status: int = 200,
    given: dict[str, Any] | None = None,
    problem: str = "",
) -> HTMLResponse:
    table = service.find_table(actor, slug)
    return render(
        request,
        "exports/form.html",
        status=status,
        here=f"/ekspor/{slug}" + (f"?{query}" if query else ""),
        table=table,
        query=query,
        preview=service.preview(session, actor, slug, query),
        most=MOST_ROWS,
        formats=list(ExportFormat),
        purposes=list(ExportPurpose),
        may_open=table.has_names and actor.may(Permission.OPEN_NAMES),
        longest_note=LONGEST_NOTE,
        shortest_note=SHORTEST_NOTE,
        given={"format": "xlsx", "purpose": "", "note": "", "opens_names": False, "bom": False} | (given or {}),
        problem=problem,
    )


def _problem_of(error: ValidationError) -> str:
    field = error.errors()[0]["loc"][0]
    return {"note": "ekspor_catatan", "purpose": "ekspor_tujuan"}.get(str(field), "nilai")
