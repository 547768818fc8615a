"""What other houses told us, as a page."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from service.dependencies import CaseManager, CaseReader, Reading, Writing
from service.interchange import desk
from service.pages import render, see_other

router = APIRouter(prefix="/pertukaran", include_in_schema=False)

LARGEST_ID = 2**63 - 1


@router.get("")
def show_received(
    request: Request,
    session: Reading,
    actor: CaseReader,
    before: Annotated[int | None, Query(alias="sebelum", ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    rows = desk.list_received(session, actor, before=before)
    page = rows[: desk.PAGE_SIZE]
    end = page[-1].case.id if len(rows) > len(page) else None
    return render(request, "interchange/received.html", rows=page, next_before=end)


Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.post("/{received_id}/jadikan")
def adopt(session: Writing, actor: CaseManager, received_id: Id) -> Response:
    return see_other(f"/perkara/{desk.adopt(session, actor, received_id).id}")


@router.post("/{received_id}/kaitkan")
def link(
    session: Writing,
    actor: CaseManager,
    received_id: Id,
    case_id: Annotated[int, Form(alias="perkara", ge=1, le=LARGEST_ID)],
) -> Response:
    return see_other(f"/perkara/{desk.link(session, actor, received_id, case_id).id}#lembaga-lain")


@router.post("/{received_id}/lepas")
def unlink(session: Writing, actor: CaseManager, received_id: Id) -> Response:
    return see_other(f"/perkara/{desk.unlink(session, actor, received_id).id}")
