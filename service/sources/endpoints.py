"""The sources and their health. Read only: a source is changed in its YAML."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.dependencies import Reading, SourceReader
from service.pages import render
from service.sources import service

router = APIRouter(include_in_schema=False)


@router.get("/sumber")
def show_sources(request: Request, session: Reading, _: SourceReader) -> HTMLResponse:
    return render(request, "sources/list.html", sources=service.list_health(session))
