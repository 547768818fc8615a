"""Which figures there are, and how a person gets them: within their area, as far as the tallies reach."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from models import now
from models.figures.tallying import Freshness, is_daily, read_freshness
from models.legal.deadline import local_day
from service.accounts.actor import Actor
from service.dashboard.choices import Choice, Step
from service.dashboard.figures import balance, groups, over_time, precision, recall, waiting
from service.dashboard.figures.asking import Question
from service.dashboard.repository import list_acts, scope_of
from service.dashboard.tables import Plot
from service.errors import InvalidInput, NotFound

Builder = Callable[[Question], Plot]

FIGURES: dict[str, Builder] = {
    "penanda": over_time.plot_flags,
    "penilaian": over_time.plot_assessments,
    "wilayah": groups.plot_places,
    "perbuatan": groups.plot_acts,
    "sumber": groups.plot_sources,
    "tahapan": groups.plot_phases,
    "umur": waiting.plot_ages,
    "umur_wilayah": waiting.plot_ages_by_place,
    "kedaluwarsa": waiting.plot_clocks,
    "lama": waiting.plot_decision_times,
    "presisi": precision.plot_precision,
    "perolehan": recall.plot_recall,
    "imbang_pihak": balance.plot_sides,
    "imbang_wilayah": balance.plot_regions,
}
PAGES = {
    "arus": ("penanda", "penilaian", "wilayah", "perbuatan", "sumber", "tahapan"),
    "antrean": ("umur", "umur_wilayah", "kedaluwarsa", "lama"),
    "mutu": ("presisi", "perolehan"),
    "imbang": ("imbang_pihak", "imbang_wilayah"),
}
"""Page → its figures, in the order of the screen."""


@dataclass(frozen=True)
class Dashboard:
    choice: Choice
    """As it was answered: time may be cut more coarsely than was asked for."""
    plots: list[Plot]
    freshness: Freshness


def today() -> date:
    return local_day(now(), None)


def read_dashboard(session: Session, actor: Actor, choice: Choice, keys: tuple[str, ...]) -> Dashboard:
    question = ask(session, actor, choice)
    plots = [find_figure(key)(question) for key in keys]
    return Dashboard(question.choice, plots, read_freshness(session))


def ask(session: Session, actor: Actor, choice: Choice) -> Question:
    scope = scope_of(session, actor, choice.region)
    if choice.act and choice.act not in list_acts(session):
        raise InvalidInput("perbuatan")
    is_fine = all(is_daily(code, choice.act) for code in scope)
    return Question(session, scope, choice.at_least(Step.DAY if is_fine else Step.MONTH), today())


def find_figure(key: str) -> Builder:
    if key not in FIGURES:
        raise NotFound
    return FIGURES[key]
