"""Pages of figures and their CSV files. The choice stands in the address."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from service.accounts.actor import Actor
from service.dashboard import repository, service
from service.dashboard.choices import Choice, Step
from service.dashboard.freshness import CaughtUp
from service.dashboard.map.showing import on_map
from service.dashboard.map.store import find_map
from service.dashboard.tables import head_of, say, summarize, write_csv
from service.dependencies import DashboardReader, Reading, get_settings
from service.errors import NotFound
from service.pages import render

router = APIRouter(include_in_schema=False)

Key = Annotated[str, Path(max_length=40)]
FIRST_PAGE = "arus"


@router.get("/dasbor")
def show_first_page(request: Request, actor: DashboardReader, _: CaughtUp, session: Reading) -> HTMLResponse:
    return _show(request, session, actor, FIRST_PAGE)


@router.get("/dasbor/{key}.csv")
def download_figure(request: Request, actor: DashboardReader, _: CaughtUp, session: Reading, key: Key) -> Response:
    """Exactly the table of a figure. Counts only: nobody is named in it."""
    choice = Choice.parse(request.url.query, service.today())
    service.find_figure(key)
    found = service.read_dashboard(session, actor, choice, (key,))
    return csv_answer(write_csv(found.plots[0]), f"netra-{key}-{found.choice.first:%Y-%m}-{found.choice.last:%Y-%m}.csv")


@router.get("/dasbor/{page}")
def show_page(request: Request, actor: DashboardReader, _: CaughtUp, session: Reading, page: Key) -> HTMLResponse:
    if page not in service.PAGES:
        raise NotFound
    return _show(request, session, actor, page)


def csv_answer(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _show(request: Request, session: Session, actor: Actor, page: str) -> HTMLResponse:
    choice = Choice.parse(request.url.query, service.today())
    found, known = service.read_dashboard(session, actor, choice, service.PAGES[page]), find_map(get_settings(request).home)
    return render(
        request,
        "dashboard/page.html",
        page=page,
        pages=service.PAGES,
        found=on_map(found, known) if known and not choice.squares else found,
        map=known,
        asked=choice,
        regions=repository.list_regions(session, actor),
        acts=repository.list_acts(session),
        steps=Step,
        head_of=head_of,
        say=say,
        summarize=summarize,
    )
