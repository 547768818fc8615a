"""The sources and their health. A source itself is changed in its YAML; here one says that an alarm was seen."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from models import SourceKind
from service.dependencies import Reading, SourceManager, SourceReader, Writing
from service.pages import render, see_other
from service.sources import repository, service
from service.sources.filters import Order, SourceFilter

router = APIRouter(include_in_schema=False)

Slug = Annotated[str, Path(max_length=80)]
AlarmId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/sumber")
def show_sources(request: Request, session: Reading, _: SourceReader) -> HTMLResponse:
    filters = SourceFilter.parse(request.url.query)
    return render(
        request,
        "sources/board.html",
        board=service.read_board(session, filters),
        filters=filters,
        kinds=SourceKind,
        orders=Order,
        provinces=repository.list_provinces(session),
    )


@router.get("/sumber/{slug}")
def show_source(
    request: Request,
    session: Reading,
    _: SourceReader,
    slug: Slug,
    message: Annotated[str, Query(alias="pesan", max_length=40)] = "",
) -> HTMLResponse:
    page = service.read_source(session, slug)
    return render(request, "sources/source.html", page=page, row=page.row, is_acknowledged=message == "tahu")


@router.post("/sumber/alarm/{alarm_id}/tahu")
def acknowledge_alarm(session: Writing, actor: SourceManager, alarm_id: AlarmId) -> Response:
    slug = service.acknowledge(session, actor, alarm_id)
    return see_other(f"/sumber/{slug}?pesan=tahu")
