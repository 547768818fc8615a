"""The plan: when each source is due and why, computed from the rows that its last run left behind.

Nothing of it is stored twice. Feeds say when they want to be polled, the frontier says what waits, cursors say how long a
platform wants to be left alone; `source_schedules` adds failures and pauses. A turn that was missed is simply overdue.
"""

import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Row, and_, case, func, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from crawler.catalogue import SourceFile
from crawler.storing.conflicts import insert_missing
from models import (
    ConnectorCursor,
    CrawlRun,
    Feed,
    FrontierState,
    FrontierUrl,
    HostClaim,
    Rights,
    RunState,
    Source,
    SourceKind,
    SourceSchedule,
    now,
)
from models.base import CLOCK_SLACK, UTCDateTime
from models.database import table_of
from models.source import NEVER

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Why(StrEnum):
    """What a source's turn waits for, or is there for."""

    NEW = "belum_pernah"
    RHYTHM = "jadwal"
    """A feed's own rhythm, or the cadence of a source without feeds."""
    REST = "sisa_halaman"
    """A run was cut or killed, and its pages wait."""
    LINKS = "tautan_baru"
    """Pages that others put into its frontier: a pasted link, a discovery."""
    PAUSE = "jeda_gagal"
    """After failures."""
    BREATH = "jeda"
    """A minute after a success, or while somebody crawls its host by hand."""
    PLATFORM = "jeda_platform"


@dataclass(frozen=True)
class Turn:
    """The next turn of one source, and what came of its last one."""

    source_id: int
    slug: str
    host: str
    due_at: datetime
    why: Why
    failures: int
    outcome: RunState | None
    reason: str
    ended_at: datetime | None
    worker: str | None
    """Who reads its host now."""
    is_running: bool
    """Its host is read for this very source."""


def plan_sources(session: Session, files: Iterable[SourceFile]) -> None:
    """A row for every source that is in the database, and one for its host; they follow the files."""
    hosts = {file.slug: host_of(file) for file in files}
    insert_missing(session, table_of(HostClaim), [{"host": host} for host in sorted(set(hosts.values()))], key=["host"])
    query = select(Source.id, Source.slug, SourceSchedule.host).outerjoin(SourceSchedule, SourceSchedule.source_id == Source.id)
    for source_id, slug, host in session.execute(query).all():
        if slug in hosts and host is None:
            row = {"source_id": source_id, "host": hosts[slug], "failures": 0, "reason": ""}
            insert_missing(session, table_of(SourceSchedule), [row], key=["source_id"])
        elif slug in hosts and host != hosts[slug]:
            mine = SourceSchedule.source_id == source_id
            session.execute(update(SourceSchedule).where(mine).values(host=hosts[slug]))


def host_of(file: SourceFile) -> str:
    """The host under which sections of one site take turns."""
    return file.hosts[0].lower().removeprefix("www.")


def list_turns(session: Session, slugs: Collection[str]) -> list[Turn]:
    """The plan of these sources, the most overdue first."""
    turns = turns_of(slugs)
    query = select(turns, HostClaim.worker, HostClaim.source_id.label("read_id")).join(HostClaim, HostClaim.host == turns.c.host)
    return [_turn(row) for row in session.execute(query.order_by(turns.c.due_at, turns.c.source_id))]


def turns_of(slugs: Collection[str]) -> CTE:
    """`source_id`, `slug`, `host` and `due_at` of enabled sources, with the moments that `due_at` is made of."""
    parts = _parts(slugs)
    wanted = _earlier(parts.c.polls_at, parts.c.rest_at)
    due = _later(_later(wanted, parts.c.not_before), parts.c.held_until)
    # Written down once: both engines would ask the subqueries of `parts` again for every mention of them.
    return select(parts, due.label("due_at")).cte("turns")


def _parts(slugs: Collection[str]) -> CTE:
    last_id = select(func.max(CrawlRun.id)).where(CrawlRun.source_id == Source.id).correlate(Source).scalar_subquery()
    ahead = now() + CLOCK_SLACK
    was_put_back = and_(Feed.last_polled_at > ahead, Feed.next_poll_at < NEVER)
    next_poll_at = case((was_put_back, _at(LONG_AGO)), else_=func.coalesce(Feed.next_poll_at, _at(LONG_AGO)))
    polls = select(func.min(next_poll_at)).where(Feed.source_id == Source.id, Feed.is_enabled)
    held = select(func.max(ConnectorCursor.wait_until)).where(ConnectorCursor.source_id == Source.id)
    query = (
        select(
            Source.id.label("source_id"),
            Source.slug,
            SourceSchedule.host,
            SourceSchedule.failures,
            func.coalesce(SourceSchedule.outcome, CrawlRun.state).label("outcome"),
            func.coalesce(func.nullif(SourceSchedule.reason, ""), CrawlRun.reason, "").label("reason"),
            func.coalesce(SourceSchedule.ended_at, CrawlRun.finished_at).label("ended_at"),
            func.coalesce(polls.scalar_subquery(), _unless_put_back(SourceSchedule.next_at, ahead)).label("polls_at"),
            _rest_at().label("rest_at"),
            _was_cut().label("was_cut"),
            _unless_put_back(SourceSchedule.not_before, ahead).label("not_before"),
            func.coalesce(held.scalar_subquery(), _at(LONG_AGO)).label("held_until"),
        )
        .join(SourceSchedule, SourceSchedule.source_id == Source.id)
        .outerjoin(CrawlRun, CrawlRun.id == last_id)
        .where(Source.is_enabled, Source.kind != SourceKind.IMPORT, Source.slug.in_(list(slugs)))
    )
    return query.cte("parts").prefix_with("MATERIALIZED")


def _rest_at() -> ColumnElement[datetime]:
    """Pages that wait: at once after a cut run, and where others put them there after a sound one.

    What a sound run itself left (a page that failed, a robots.txt that could not be read) waits for the next poll.
    """
    newest = (
        select(FrontierUrl.discovered_at)
        .where(FrontierUrl.source_id == Source.id, FrontierUrl.state == FrontierState.WAITING)
        .order_by(FrontierUrl.id.desc())
        .limit(1)
        .correlate(Source)
        .scalar_subquery()
    )
    reads_pages = Source.rights != Rights.METADATA_ONLY
    return case(
        (and_(reads_pages, _was_cut(), newest.is_not(None)), CrawlRun.started_at),
        (and_(reads_pages, newest > CrawlRun.finished_at), newest),
        else_=_at(NEVER),
    )


def _unless_put_back(planned: InstrumentedAttribute[datetime | None], ahead: datetime) -> ColumnElement[datetime]:
    """What the end of the last turn planned; nothing where the clock was put back since."""
    return case((SourceSchedule.ended_at > ahead, _at(LONG_AGO)), else_=func.coalesce(planned, _at(LONG_AGO)))


def _was_cut() -> ColumnElement[bool]:
    """A run of this machine that seems to go on without a claim is dead, or somebody's own: its lock tells."""
    goes_on_here = CrawlRun.reason.endswith(f" di {socket.gethostname()}", autoescape=True)
    return func.coalesce(
        or_(CrawlRun.state == RunState.INTERRUPTED, and_(CrawlRun.state == RunState.RUNNING, goes_on_here)), False
    )


def _turn(row: Row[Any]) -> Turn:
    return Turn(
        row.source_id,
        row.slug,
        row.host,
        row.due_at,
        _why(row),
        row.failures,
        row.outcome,
        row.reason,
        row.ended_at,
        row.worker,
        row.worker is not None and row.read_id == row.source_id,
    )


def _why(row: Row[Any]) -> Why:
    """The moment that decided."""
    if row.due_at == LONG_AGO:
        return Why.NEW
    if row.held_until == row.due_at:
        return Why.PLATFORM
    if row.not_before == row.due_at:
        return Why.PAUSE if row.failures else Why.BREATH
    if row.polls_at == row.due_at:
        return Why.RHYTHM
    return Why.REST if row.was_cut else Why.LINKS


def _at(moment: datetime) -> ColumnElement[datetime]:
    return literal(moment, UTCDateTime())


def _earlier(one: ColumnElement[datetime], other: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """SQLite and PostgreSQL have different names for it."""
    return case((one < other, one), else_=other)


def _later(one: ColumnElement[datetime], other: ColumnElement[datetime]) -> ColumnElement[datetime]:
    return case((one > other, one), else_=other)
