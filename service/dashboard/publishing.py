"""Public figures: counted once when their period has settled, rounded down to multiples of 5, and never counted again.

Every figure of a half-year counts the same flags. docs/dashboard.md says why nothing follows from them together;
it holds for rows that leave an unknown rest out, and for rows that leave none out where their number is 1 more than
a multiple of 5: one total, six months.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from models import FlagChange, FlagTally, Measure, PublicFigure, record_event
from models.figures.tallying import catch_up, read_freshness
from models.legal.deadline import local_day
from models.reference import timezone_of
from models.statistics import NATION
from service.corrections.figures import count_answered
from service.dashboard.choices import move_months
from service.dashboard.editions import MONTH, Edition, list_due
from service.dashboard.figures.asking import Question
from service.dashboard.repository import FINISHED, Scope, list_acts, parts_of

ACTOR = "sistem:statistik"
WIDTH = 5
"""A published number stands for so many true ones. The table refuses any other."""
FLAGS, ASSESSED, PLACES, ACTS, CORRECTIONS = "penanda", "penilaian", "wilayah", "perbuatan", "koreksi"
RAISED, FINISHED_OF_RAISED = "penanda", "dinilai"
ANSWERED, IN_TIME = "dijawab", "tepat_waktu"

Counts = dict[tuple[str, str], int]
"""By figure and name."""


def publish_due(sessions: sessionmaker[Session], today: date) -> list[Edition]:
    """Publish what has settled and is not published yet, each edition in a transaction of its own."""
    with sessions() as session:
        missing = [edition for edition in list_due(today) if not is_published(session, edition)]
    return [edition for edition in missing if _publish_alone(sessions, edition)]


def publish(session: Session, edition: Edition) -> bool:
    """False where it stands already, or where some change of its time is not counted yet: then a later run does it."""
    reaches_to = local_day(read_freshness(session).as_of, None)
    if reaches_to < edition.due_on or is_published(session, edition) or _has_uncounted(session, edition):
        return False
    for (figure, name), count in count_edition(session, edition).items():
        session.add(PublicFigure(figure=figure, first_on=edition.first_on, name=name, at_least=round_down(count)))
    session.flush()
    detail = {"mulai": edition.first_on.isoformat(), "bulan": edition.months}
    record_event(session, "statistik.terbit", actor=ACTOR, subject=("public_figures", None), detail=detail)
    return True


def is_published(session: Session, edition: Edition) -> bool:
    figure = FLAGS if edition.months == MONTH else ASSESSED
    asked = select(PublicFigure.name).where(PublicFigure.figure == figure, PublicFigure.first_on == edition.first_on)
    return session.scalar(asked.limit(1)) is not None


def count_edition(session: Session, edition: Edition) -> Counts:
    """The true counts. Which rows there are hangs on no count: each province and act has one, also with none."""
    asked = Question(session, Scope((NATION,)), edition.choice, edition.choice.ends_on)
    if edition.months == MONTH:
        return {(FLAGS, ""): _sum(asked.sums(Measure.RAISED, [FlagTally.outcome]))}
    return _count_flags(asked) | _count_places(asked) | _count_acts(asked) | _count_corrections(session, edition)


def round_down(count: int) -> int:
    """
    >>> [round_down(count) for count in (0, 4, 5, 1234)]
    [0, 0, 5, 1230]
    """
    return count // WIDTH * WIDTH


def _has_uncounted(session: Session, edition: Edition) -> bool:
    """Whether a flag of its time waits to be counted, since whenever: all do while tallies are counted anew, and what
    another process is adding up waits until that is done."""
    day = move_months(edition.first_on, edition.months) + timedelta(days=1)
    end = datetime.combine(day, time(), ZoneInfo(timezone_of(None)))
    return session.scalar(select(FlagChange.id).where(FlagChange.created_at < end).limit(1)) is not None


def _publish_alone(sessions: sessionmaker[Session], edition: Edition) -> bool:
    catch_up(sessions)
    try:
        with sessions.begin() as session:
            return publish(session, edition)
    except IntegrityError:  # Another process published it at this moment, and its numbers stand.
        return False


def _count_flags(asked: Question) -> Counts:
    """Of all flags of the half-year, how many were finished by now, and not how many were finished in it: a number of
    flags that were raised earlier would bound what was raised then."""
    finished = asked.sums(Measure.PHASE, [FlagTally.outcome], outcomes=FINISHED)
    every = asked.sums(Measure.PHASE, [FlagTally.outcome])
    return {(ASSESSED, RAISED): _sum(every), (ASSESSED, FINISHED_OF_RAISED): _sum(finished)}


def _count_places(asked: Question) -> Counts:
    """Flags that nobody could place stand in no row."""
    names = parts_of(asked.session, asked.scope)
    counts = dict(asked.sums(Measure.PHASE, [FlagTally.region_code], scope=asked.scope.among(names)))
    return {(PLACES, code): counts.get(code, 0) for code in names}


def _count_acts(asked: Question) -> Counts:
    """Flags without an act stand in no row."""
    counts = dict(asked.sums(Measure.PHASE, [FlagTally.act], act=None))
    return {(ACTS, act): counts.get(act, 0) for act in list_acts(asked.session)}


def _count_corrections(session: Session, edition: Edition) -> Counts:
    zone = ZoneInfo(timezone_of(None))
    days = (edition.first_on, move_months(edition.first_on, edition.months))
    first, end = (datetime.combine(day, time(), zone) for day in days)
    answered, in_time = count_answered(session, first, end)
    return {(CORRECTIONS, ANSWERED): answered, (CORRECTIONS, IN_TIME): in_time}


def _sum(rows: list[tuple[object, int]]) -> int:
    return sum(count for _, count in rows)
