"""Counts of requests: how many, how answered, how long that took. Numbers only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from models import Correction, CorrectionAnswer, Permission, PublicFigure, now
from service.accounts.actor import Actor, within
from service.corrections.repository import is_open

DAYS = 365
MOST_TIMED = 10_000
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Figures:
    """Of the last 365 days."""

    received: int
    withdrawn: int
    open: int
    overdue: int
    """Open after their 3 x 24 hours."""
    answered: dict[CorrectionAnswer, int]
    in_time: int
    median_hours: float | None
    """From receipt to answer; None where nothing was answered."""


@dataclass(frozen=True)
class PublicAnswers:
    """As `service.dashboard.publishing` keeps them: multiples of 5, rounded down."""

    first_on: date
    answered: int
    in_time: int


def read_figures(session: Session, actor: Actor | None = None) -> Figures:
    """Of the area in which this person answers; without one of the whole house."""
    at = now()
    mine = within(Correction.region_code, actor.areas(Permission.ANSWER_CORRECTIONS)) if actor else true()
    recent = (mine, Correction.created_at >= at - timedelta(days=DAYS))
    answers = select(Correction.answer, func.count()).where(*recent, Correction.answer.is_not(None)).group_by(Correction.answer)
    by_answer = {answer: count for answer, count in session.execute(answers) if answer}
    taken = _read_spans(session, *recent)
    return Figures(
        received=_count(session, *recent),
        withdrawn=_count(session, *recent, Correction.withdrawn_at.is_not(None)),
        open=_count(session, mine, is_open()),
        overdue=_count(session, mine, is_open(), Correction.due_at < at),
        answered={answer: by_answer.get(answer, 0) for answer in CorrectionAnswer},
        in_time=_count(session, *recent, Correction.answered_at <= Correction.due_at),
        median_hours=round(median(taken), 1) if taken else None,
    )


def count_answered(session: Session, first: datetime, end: datetime) -> tuple[int, int]:
    """How many were answered from one moment to before another, and how many of these in time."""
    answered = Correction.answered_at >= first, Correction.answered_at < end
    return _count(session, *answered), _count(session, *answered, Correction.answered_at <= Correction.due_at)


def read_public(session: Session) -> PublicAnswers | None:
    """For everybody: of the newest half-year that is published; None without one, or where it has fewer than 5 answers."""
    asked = select(PublicFigure).where(PublicFigure.figure == "koreksi").order_by(PublicFigure.first_on.desc()).limit(2)
    rows = session.scalars(asked).all()
    counts = {row.name: row.at_least for row in rows}
    return PublicAnswers(rows[0].first_on, counts["dijawab"], counts["tepat_waktu"]) if counts.get("dijawab") else None


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Correction).where(*conditions)) or 0


def _read_spans(session: Session, *conditions: ColumnElement[bool]) -> list[float]:
    """Hours of the newest answers."""
    query = select(Correction.created_at, Correction.answered_at).where(*conditions, Correction.answered_at.is_not(None))
    rows = session.execute(query.order_by(Correction.id.desc()).limit(MOST_TIMED))
    return [(answered_at - created_at) / HOUR for created_at, answered_at in rows if answered_at]
