"""Figures from the database, each by one statement that reads a bounded number of rows.

Where the rows behind a figure have no bound, the statement takes the newest or the first `MOST_*` of them: at such
sizes an alarm needs no exact number, and a scrape must never become the load that it warns of.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, select, text
from sqlalchemy.orm import Session

from models import (
    Artifact,
    ArtifactState,
    AuditEvent,
    Case,
    CaseClock,
    ConnectorCursor,
    Correction,
    CrawlRun,
    Feed,
    FetchEvent,
    FetchOutcome,
    Flag,
    FlagState,
    Item,
    ItemVersion,
    JobTurn,
    RunState,
    Source,
    SourceKind,
    SourceSchedule,
)
from service.corrections.repository import is_open
from service.review.conditions import in_queue

MOST_ROWS = 250_000
"""Flags and texts that are counted."""
MOST_EVENTS = 200_000
MOST_RUNS = 20_000
MOST_TURNS = 5_000
DAY = timedelta(hours=24)
SILENCE = timedelta(days=35)
"""How far back the last stored item of a source is looked for; a longer silence counts as this."""
NEVER = "belum_pernah"
"""The state of a source without a run among the newest."""


@dataclass(frozen=True)
class QueueGroup:
    """Flags of one state that wait for a person, with as many days left."""

    state: FlagState
    days_left: str
    count: int
    oldest_at: datetime


def list_queue(session: Session, today: date) -> list[QueueGroup]:
    open_flags = select(Flag.state, Flag.due_on, Flag.created_at).where(in_queue()).limit(MOST_ROWS).subquery()
    left = _days_left(open_flags.c.due_on, today)
    counted = select(open_flags.c.state, left.label("days_left"), func.count(), func.min(open_flags.c.created_at))
    return [QueueGroup(*row) for row in session.execute(counted.group_by(open_flags.c.state, left))]


def count_clocks(session: Session, today: date) -> dict[str, int]:
    """Legal clocks of running cases that nobody has met, by days left."""
    is_running = (Case.merged_into_id.is_(None), Case.ended_on.is_(None), CaseClock.met_on.is_(None))
    clocks = select(CaseClock.due_on).join(Case, Case.id == CaseClock.case_id).where(*is_running).limit(MOST_ROWS).subquery()
    left = _days_left(clocks.c.due_on, today)
    return dict(session.execute(select(left, func.count()).group_by(left)).all())


def count_corrections(session: Session, at: datetime) -> dict[str, int]:
    """Requests for correction that nobody has answered, by hours left of their 3 x 24."""
    waiting = select(Correction.due_at).where(is_open()).order_by(Correction.id).limit(MOST_ROWS).subquery()
    left = case((waiting.c.due_at < at, "late"), (waiting.c.due_at <= at + DAY, "0-24"), else_="24+")
    return dict(session.execute(select(left, func.count()).group_by(left)).all())


def _days_left(due: ColumnElement[date], today: date) -> ColumnElement[str]:
    day = timedelta(days=1)
    return case(
        (due < today - day, "late"), (due < today, "-1"), (due == today, "0"), (due <= today + 2 * day, "1-2"), else_="3+"
    )


def count_unscored(session: Session) -> tuple[int, datetime | None]:
    """Current texts that no classifier has scored, and since when the oldest of them waits."""
    is_current = exists().where(Item.id == ItemVersion.item_id, Item.current_version_id == ItemVersion.id)
    is_unscored = (ItemVersion.scored_by_id.is_(None), ItemVersion.erased_at.is_(None))
    waiting = select(ItemVersion.created_at).where(*is_unscored, is_current).limit(MOST_ROWS).subquery()
    count, oldest_at = session.execute(select(func.count(), func.min(waiting.c.created_at))).one()
    return count, oldest_at


@dataclass(frozen=True)
class SourceFigures:
    slug: str
    silent_for: timedelta
    """Since its last stored or changed item."""
    overdue_by: timedelta
    """Since its next poll was due: of its most neglected feed, or of its platform where it has none."""


def list_source_figures(session: Session, at: datetime) -> list[SourceFigures]:
    """Of every enabled source that we crawl. A pause after a failure, or one that a platform asked for, is no neglect."""
    is_kept = FetchEvent.outcome.in_((FetchOutcome.STORED, FetchOutcome.CHANGED))
    mine = (FetchEvent.source_id == Source.id, FetchEvent.at > at - SILENCE)
    last_kept = select(FetchEvent.at).where(*mine, is_kept).order_by(FetchEvent.at.desc()).limit(1)
    held_until = select(func.max(ConnectorCursor.wait_until)).where(ConnectorCursor.source_id == Source.id)
    due_at = func.coalesce(func.min(Feed.next_poll_at), func.min(SourceSchedule.next_at), Source.created_at)
    query = (
        select(
            Source.slug,
            Source.created_at,
            last_kept.correlate(Source).scalar_subquery(),
            due_at,
            func.min(SourceSchedule.not_before),
            held_until.correlate(Source).scalar_subquery(),
        )
        .outerjoin(Feed, and_(Feed.source_id == Source.id, Feed.is_enabled))
        .outerjoin(SourceSchedule, SourceSchedule.source_id == Source.id)
        .where(Source.is_enabled, Source.kind != SourceKind.IMPORT)
        .group_by(Source.id, Source.slug, Source.created_at)
        .order_by(Source.slug)
    )
    return [_figures_of(at, *row) for row in session.execute(query)]


def _figures_of(
    at: datetime,
    slug: str,
    created_at: datetime,
    last_kept: datetime | None,
    due_at: datetime,
    not_before: datetime | None,
    held_until: datetime | None,
) -> SourceFigures:
    due_at = max(due_at, not_before or due_at, held_until or due_at)
    silent_for = max(at - (last_kept or created_at), timedelta())  # A clock that was put back makes no negative time.
    return SourceFigures(slug, min(silent_for, SILENCE), max(at - due_at, timedelta()))


def list_states(session: Session) -> dict[str, str]:
    """State of every enabled source, by slug: today that of its last run.

    The one place that says what a source's state is; a richer judgement of its health belongs here.
    """
    newest = select(func.max(CrawlRun.id)).scalar_subquery()
    last = (
        select(func.max(CrawlRun.id).label("id")).where(CrawlRun.id > newest - MOST_RUNS).group_by(CrawlRun.source_id).subquery()
    )
    runs = select(CrawlRun.source_id, CrawlRun.state).join(last, last.c.id == CrawlRun.id).subquery()
    query = select(Source.slug, runs.c.state).outerjoin(runs, runs.c.source_id == Source.id)
    query = query.where(Source.is_enabled, Source.kind != SourceKind.IMPORT)
    return {slug: str(state or NEVER) for slug, state in session.execute(query)}


def count_runs(session: Session, at: datetime) -> dict[RunState, int]:
    """Runs that were started within a day, by state."""
    newest = select(func.max(CrawlRun.id)).scalar_subquery()
    recent = (CrawlRun.id > newest - MOST_RUNS, CrawlRun.started_at > at - DAY)
    rows = session.execute(select(CrawlRun.state, func.count()).where(*recent).group_by(CrawlRun.state))
    return dict(rows.all())


def count_events(session: Session, at: datetime) -> list[tuple[str, str, int]]:
    """Addresses asked within a day, by outcome and cause."""
    newest = select(func.max(FetchEvent.id)).scalar_subquery()
    recent = (FetchEvent.id > newest - MOST_EVENTS, FetchEvent.at > at - DAY)
    columns = (FetchEvent.outcome, FetchEvent.cause)
    rows = session.execute(select(*columns, func.count()).where(*recent).group_by(*columns))
    return [(str(outcome), str(cause), count) for outcome, cause, count in rows]


def live_artifact(session: Session) -> Artifact | None:
    return session.scalar(select(Artifact).where(Artifact.state == ArtifactState.LIVE).limit(1))


@dataclass(frozen=True)
class JobFigures:
    """The newest success of all turns of one job, and its longest row of failures."""

    succeeded_at: datetime | None
    failures: int


def list_jobs(session: Session) -> dict[str, JobFigures]:
    """By name. A job may have several turns, as `crawl:antaranews` or `score:2`."""
    found = dict[str, JobFigures]()
    turns = select(JobTurn.name, JobTurn.succeeded_at, JobTurn.failures).order_by(JobTurn.name).limit(MOST_TURNS)
    for turn, succeeded_at, failures in session.execute(turns):
        name = turn.partition(":")[0]
        known = found.get(name, JobFigures(None, 0))
        newest = max(filter(None, (known.succeeded_at, succeeded_at)), default=None)
        found[name] = JobFigures(newest, max(known.failures, failures))
    return found


def newest_backup(session: Session) -> datetime | None:
    """When the last archive was made, by the trail; None where there never was one."""
    made = (AuditEvent.subject_type == "backup", AuditEvent.action == "cadangan.buat")
    return session.scalar(select(AuditEvent.at).where(*made).order_by(AuditEvent.id.desc()).limit(1))


def measure_database(session: Session) -> int:
    """Bytes on disk, as the database itself says."""
    if session.get_bind().dialect.name == "postgresql":
        return session.scalar(text("SELECT pg_database_size(current_database())")) or 0
    pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    return session.scalar(text(pages)) or 0


def current_revision(session: Session) -> str:
    """The revision of the tables. Raises where there are none."""
    return session.scalars(text("SELECT version_num FROM alembic_version")).one()
