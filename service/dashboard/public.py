"""`/publik/statistik`: counts of the whole nation for everybody, where the house chose to show them (NETRA_PUBLIC_STATISTICS).

It shows what `service.dashboard.publishing` kept, and looks at nothing else: no visit can tell of what happens meanwhile.
"""

from collections.abc import Callable, Sequence
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import PublicFigure, Region
from service.dashboard import publishing
from service.dashboard.endpoints import csv_answer
from service.dashboard.publishing import WIDTH
from service.dashboard.tables import Cell, Column, Plot, head_of, say, write_csv
from service.dependencies import Reading
from service.errors import NotFound
from service.pages import render

router = APIRouter(include_in_schema=False)

MONTHS = 18
"""On the page; the CSV file holds everything that was ever published."""
SECONDS = 3600
CACHED = {"Cache-Control": f"public, max-age={SECONDS}", "Vary": "Cookie"}
HALF, COUNT = Column("half_year", "half_year"), Column("flags_at_least", "fives")

Build = Callable[[Session, Sequence[PublicFigure]], Plot]


@router.get("/publik/statistik")
def show_public_page(request: Request, session: Reading) -> HTMLResponse:
    _refuse_closed(request)
    plots = [build(session, newest(key, list_rows(session, key))) for key, build in FIGURES.items()]
    answer = render(request, "dashboard/public.html", plots=plots, head_of=head_of, say=say, width=WIDTH)
    answer.headers.update(CACHED)
    return answer


@router.get("/publik/statistik/{key}.csv")
def download_public_figure(request: Request, session: Reading, key: str) -> Response:
    """Every edition, the newest first."""
    _refuse_closed(request)
    if key not in FIGURES:
        raise NotFound
    answer = csv_answer(write_csv(FIGURES[key](session, list_rows(session, key))), f"netra-publik-{key}.csv")
    answer.headers.update(CACHED)
    return answer


def list_rows(session: Session, figure: str) -> list[PublicFigure]:
    asked = select(PublicFigure).where(PublicFigure.figure == figure)
    return list(session.scalars(asked.order_by(PublicFigure.first_on.desc(), PublicFigure.name)))


def newest(figure: str, rows: list[PublicFigure]) -> list[PublicFigure]:
    """Of places and acts one half-year is enough for a page."""
    if figure == publishing.FLAGS:
        return rows[:MONTHS]
    return [row for row in rows if row.first_on == rows[0].first_on] if figure != publishing.ASSESSED else rows


def _refuse_closed(request: Request) -> None:
    if not request.app.state.settings.public_statistics:
        raise NotFound


def _build_flags(_: Session, rows: Sequence[PublicFigure]) -> Plot:
    return _plot(publishing.FLAGS, [Column("month", "month"), COUNT], [(row.first_on, row.at_least) for row in rows])


def _build_assessed(_: Session, rows: Sequence[PublicFigure]) -> Plot:
    halves = dict[date, dict[str, int]]()
    for row in rows:
        halves.setdefault(row.first_on, {})[row.name] = row.at_least
    names = (publishing.RAISED, publishing.FINISHED_OF_RAISED)
    columns = [HALF, COUNT, Column("assessed_at_least", "fives")]
    return _plot(publishing.ASSESSED, columns, [(half, *(counts[name] for name in names)) for half, counts in halves.items()])


def _build_places(session: Session, rows: Sequence[PublicFigure]) -> Plot:
    asked = select(Region.code, Region.name).where(Region.code.in_({row.name for row in rows}))
    names = {row[0]: row[1] for row in session.execute(asked)}
    columns = [Column("region", "code"), Column("name", "name"), HALF, COUNT]
    cells = [(row.name, names.get(row.name, row.name), row.first_on, row.at_least) for row in rows]
    return _plot(publishing.PLACES, columns, cells)


def _build_acts(_: Session, rows: Sequence[PublicFigure]) -> Plot:
    """Never in the order of the true counts, which would tell more than the numbers."""
    cells = [(row.name, row.first_on, row.at_least) for row in rows]
    return _plot(publishing.ACTS, [Column("act", "act"), HALF, COUNT], cells)


def _plot(key: str, columns: list[Column], rows: Sequence[tuple[Cell, ...]]) -> Plot:
    return Plot(key, columns, rows, is_empty=not rows)


FIGURES: dict[str, Build] = {
    publishing.FLAGS: _build_flags,
    publishing.ASSESSED: _build_assessed,
    publishing.PLACES: _build_places,
    publishing.ACTS: _build_acts,
}
