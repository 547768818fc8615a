"""`/api/v1/statistics`: the tables behind the figures, by the same rules as the pages."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query, Request

from service.api.problems import MISSING
from service.api.routes import make_router
from service.dashboard import schemas, service
from service.dashboard.choices import LONGEST_ACT, LONGEST_REGION, Choice, Step
from service.dashboard.freshness import CaughtUp
from service.dashboard.service import Dashboard
from service.dashboard.tables import Plot, head_of
from service.dependencies import DashboardReader, Reading
from service.language import Language
from service.pages import language_of

router = make_router()

Month = Annotated[str | None, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", examples=["2024-11"])]


@router.get("/statistics", tags=["statistics"])
def list_figures(request: Request, _: DashboardReader) -> schemas.FigureList:
    language = language_of(request)
    return schemas.FigureList(figures=[schemas.FigureAnswer(**_words(language, key)) for key in service.FIGURES])


@router.get("/statistics/{key}", tags=["statistics"], responses=MISSING)
def get_figure(
    request: Request,
    actor: DashboardReader,
    _: CaughtUp,
    session: Reading,
    key: Annotated[str, Path(max_length=40, description="A key of `/statistics`.", examples=["penilaian"])],
    first_month: Month = None,
    last_month: Month = None,
    region: Annotated[str, Query(max_length=LONGEST_REGION, description="Code of a province or regency of your area.")] = "",
    act: Annotated[str, Query(max_length=LONGEST_ACT)] = "",
    step: Step = Step.WEEK,
) -> schemas.PlotAnswer:
    """One figure as a table. Without months: the last six. 404 for what lies outside of your area."""
    service.find_figure(key)
    choice = Choice.of(first_month or "", last_month or "", region, act, step, service.today())
    found = service.read_dashboard(session, actor, choice, (key,))
    return say_plot(language_of(request), found, found.plots[0])


def say_plot(language: Language, found: Dashboard, plot: Plot) -> schemas.PlotAnswer:
    choice = found.choice
    names = [column.name for column in plot.columns]
    return schemas.PlotAnswer(
        **_words(language, plot.key),
        first_month=_month(choice.first),
        last_month=_month(choice.last),
        region=choice.region,
        act=choice.act,
        step=choice.step,
        as_of=found.freshness.as_of,
        waiting=found.freshness.waiting,
        columns=[schemas.ColumnAnswer(name=one.name, kind=one.kind, label=head_of(language, one)) for one in plot.columns],
        rows=[dict(zip(names, row, strict=True)) for row in plot.rows],
    )


def _words(language: Language, key: str) -> dict[str, str]:
    return {"key": key, "title": language(f"dasbor.{key}"), "how_to_read": language(f"dasbor.{key}.cara")}


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
