"""`/publik/statistik`: counts of the whole nation for everybody, where the house chose to show them (NETRA_PUBLIC_STATISTICS).

Only months that are over: a page that moved with every decision would tell of single ones. Numbers under 5 stay hidden,
and never alone, because the others and their sum would give them away.
"""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from models.statistics import NATION
from service.dashboard.choices import Choice, Step, move_months
from service.dashboard.endpoints import csv_answer
from service.dashboard.figures import groups, over_time
from service.dashboard.figures.asking import Question
from service.dashboard.repository import Scope
from service.dashboard.service import today
from service.dashboard.shares import FEWEST
from service.dashboard.tables import Column, Plot, head_of, say, summarize, write_csv
from service.dependencies import Reading
from service.errors import NotFound
from service.pages import render

router = APIRouter(include_in_schema=False)

MONTHS = 12
SECONDS = 3600
CACHED = {"Cache-Control": f"public, max-age={SECONDS}", "Vary": "Cookie"}


@router.get("/publik/statistik")
def show_public_page(request: Request, session: Reading) -> HTMLResponse:
    plots = read_public(request, session)
    answer = render(
        request,
        "dashboard/public.html",
        plots=plots,
        choice=public_choice(today()),
        fewest=FEWEST,
        head_of=head_of,
        say=say,
        summarize=summarize,
    )
    answer.headers.update(CACHED)
    return answer


@router.get("/publik/statistik/{key}.csv")
def download_public_figure(request: Request, session: Reading, key: str) -> Response:
    found = next((plot for plot in read_public(request, session) if plot.key == key), None)
    if found is None:
        raise NotFound
    answer = csv_answer(write_csv(found), f"netra-publik-{key}.csv")
    answer.headers.update(CACHED)
    return answer


def read_public(request: Request, session: Session) -> Sequence[Plot]:
    """Read once a day and process: what it shows changes when a month ends."""
    if not request.app.state.settings.public_statistics:
        raise NotFound
    state, day = request.app.state, today()
    kept: tuple[date, Sequence[Plot]] | None = getattr(state, "public_statistics", None)
    if kept is None or kept[0] != day:
        kept = (day, build_public(session, day))
        state.public_statistics = kept
    return kept[1]


def public_choice(day: date) -> Choice:
    last = move_months(day.replace(day=1), -1)
    return Choice(move_months(last, 1 - MONTHS), last, step=Step.MONTH)


def build_public(session: Session, day: date) -> list[Plot]:
    asked = Question(session, Scope((NATION,)), public_choice(day), day)
    builders = (over_time.plot_flags, over_time.plot_assessments, groups.plot_places, groups.plot_acts)
    return [shield(build(asked)) for build in builders]


def shield(plot: Plot) -> Plot:
    """The table of one count a row, without small numbers; its drawing would show them, so it has none."""
    names = [number for number, column in enumerate(plot.columns) if column.kind != "count"]
    counted = next(number for number, column in enumerate(plot.columns) if column.name in {"total", "flags"})
    counts = hide_small([int(str(row[counted])) for row in plot.rows])
    rows = [(*(row[name] for name in names), count) for row, count in zip(plot.rows, counts, strict=True)]
    columns: list[Column] = [*(plot.columns[name] for name in names), plot.columns[counted]]
    return Plot(plot.key, columns, rows, is_empty=plot.is_empty)


def hide_small(counts: Sequence[int]) -> list[int | None]:
    """Nothing of 1 to 4 is shown; where only one number is hidden, the next smallest goes with it.

    >>> hide_small([12, 3, 40, 0, 7])
    [12, None, 40, 0, None]
    """
    hidden = {number for number, count in enumerate(counts) if 0 < count < FEWEST}
    if len(hidden) == 1:
        others = [number for number, count in enumerate(counts) if count >= FEWEST]
        hidden |= set(sorted(others, key=lambda number: counts[number])[:1])
    return [None if number in hidden else count for number, count in enumerate(counts)]
