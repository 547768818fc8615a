"""Questions about one source, its days, runs, alarms and quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import (
    CrawlRun,
    Feed,
    FetchCause,
    QuarantinedPage,
    QuarantineState,
    Region,
    Source,
    SourceAlarm,
    SourceDay,
    SourceDayCause,
    User,
    now,
)
from models.health.baseline import SPAN
from models.health.tally import day_of

LAST_RUNS = 10
LAST_ALARMS = 20
LAST_PAGES = 30


@dataclass(frozen=True)
class AlarmRow:
    alarm: SourceAlarm
    acknowledged_by: User | None


def list_provinces(session: Session) -> list[Region]:
    return list(session.scalars(select(Region).where(Region.parent_code.is_(None)).order_by(Region.name)))


def list_days(session: Session, source_id: int) -> list[SourceDay]:
    """The last 28 days in which something happened, today among them."""
    since = day_of(now()) - timedelta(days=SPAN - 1)
    days = select(SourceDay).where(SourceDay.source_id == source_id, SourceDay.on_day >= since)
    return list(session.scalars(days.order_by(SourceDay.on_day)))


def count_causes(session: Session, source_id: int) -> list[tuple[FetchCause, int]]:
    """Of the same days, the most frequent first."""
    since, total = day_of(now()) - timedelta(days=SPAN - 1), func.sum(SourceDayCause.count)
    causes = select(SourceDayCause.cause, total).where(SourceDayCause.source_id == source_id, SourceDayCause.on_day >= since)
    rows = session.execute(causes.group_by(SourceDayCause.cause).order_by(total.desc(), SourceDayCause.cause))
    return [(cause, int(count)) for cause, count in rows]


def list_feeds(session: Session, source_id: int) -> list[Feed]:
    return list(session.scalars(select(Feed).where(Feed.source_id == source_id).order_by(Feed.is_enabled.desc(), Feed.id)))


def list_runs(session: Session, source_id: int) -> list[CrawlRun]:
    runs = select(CrawlRun).where(CrawlRun.source_id == source_id).order_by(CrawlRun.id.desc())
    return list(session.scalars(runs.limit(LAST_RUNS)))


def list_alarms(session: Session, source_id: int) -> list[AlarmRow]:
    """The open ones, then the newest of the others."""
    query = (
        select(SourceAlarm, User)
        .outerjoin(User, User.id == SourceAlarm.acknowledged_by_id)
        .where(SourceAlarm.source_id == source_id)
        .order_by(SourceAlarm.closed_at.is_not(None), SourceAlarm.id.desc())
        .limit(LAST_ALARMS)
    )
    return [AlarmRow(alarm, user) for alarm, user in session.execute(query)]


def list_quarantine(session: Session, source_id: int) -> list[QuarantinedPage]:
    pages = select(QuarantinedPage).where(
        QuarantinedPage.source_id == source_id, QuarantinedPage.state == QuarantineState.WAITING
    )
    return list(session.scalars(pages.order_by(QuarantinedPage.at.desc(), QuarantinedPage.id.desc()).limit(LAST_PAGES)))


def get_alarm(session: Session, alarm_id: int) -> tuple[SourceAlarm, Source] | None:
    query = select(SourceAlarm, Source).join(Source, Source.id == SourceAlarm.source_id).where(SourceAlarm.id == alarm_id)
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None


def acknowledge(session: Session, alarm_id: int, user_id: int) -> Sequence[int]:
    """Empty where somebody was faster, or the alarm is over."""
    seen = update(SourceAlarm).where(
        SourceAlarm.id == alarm_id, SourceAlarm.acknowledged_at.is_(None), SourceAlarm.closed_at.is_(None)
    )
    return session.scalars(seen.values(acknowledged_at=now(), acknowledged_by_id=user_id).returning(SourceAlarm.id)).all()
