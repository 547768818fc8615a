"""Questions about alerts: which of them a person may see, which they have read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Alert, AlertRead, Permission, Region, Source, Watch, now, prepared
from models.base import BigId, UTCDateTime
from service.accounts.actor import Actor, Areas
from service.alerts.visibility import visible, visible_to

PAGE_SIZE = 50
MOST_COUNTED = 100
UNREAD_DAYS = 30
"""What is older is history: it stays on the page, and the count in the header forgets it."""


@dataclass(frozen=True)
class AlertRow:
    alert: Alert
    region: Region | None
    source: Source | None
    watch: Watch | None
    is_read: bool


def list_alerts(
    session: Session, actor: Actor, *, unread_only: bool = False, before: int | None = None, limit: int = PAGE_SIZE + 1
) -> list[AlertRow]:
    """The newest first."""
    query = _rows(actor).where(Alert.id < before if before is not None else true())
    if unread_only:
        query = query.where(~_is_read(actor), _is_recent())
    return [AlertRow(*row) for row in session.execute(query.order_by(Alert.id.desc()).limit(limit))]


def list_new(session: Session, actor: Actor, after: int, limit: int) -> list[AlertRow]:
    """Unread ones past an id, the oldest first: what a digest has not named yet."""
    query = _rows(actor).where(Alert.id > after, ~_is_read(actor))
    return [AlertRow(*row) for row in session.execute(query.order_by(Alert.id).limit(limit))]


def get_row(session: Session, actor: Actor, alert_id: int) -> AlertRow | None:
    row = session.execute(_rows(actor).where(Alert.id == alert_id)).one_or_none()
    return AlertRow(*row) if row else None


def newest_id(session: Session) -> int:
    return session.scalar(select(func.max(Alert.id))) or 0


def count_unread(session: Session, actor: Actor) -> int:
    """For the header of every page, so it is counted no further than MOST_COUNTED."""
    areas = (actor.areas(Permission.READ_QUEUE), actor.areas(Permission.READ_SOURCES))
    ((count,),) = prepared.run(session, _unread, *areas, user_id=actor.id, since=_oldest())
    return count


def _unread(queue: Areas, sources: Areas) -> Select[int]:
    user_id, since = bindparam("user_id", None, BigId), bindparam("since", None, UTCDateTime())
    is_read = exists().where(AlertRead.alert_id == Alert.id, AlertRead.user_id == user_id).correlate(Alert)
    some = select(Alert.id).where(visible(queue, sources, user_id), ~is_read, Alert.created_at >= since)
    return select(func.count()).select_from(some.limit(MOST_COUNTED).subquery())


def list_unread_ids(session: Session, actor: Actor, *, up_to: int, limit: int) -> list[int]:
    query = select(Alert.id).where(visible_to(actor), ~_is_read(actor), Alert.id <= up_to)
    return list(session.scalars(query.order_by(Alert.id.desc()).limit(limit)))


def mark_read(session: Session, actor: Actor, alert_ids: Sequence[int], at: datetime) -> list[int]:
    """Those that were not read before."""
    if not alert_ids:
        return []
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [{"user_id": actor.id, "alert_id": alert_id, "read_at": at} for alert_id in alert_ids]
    return list(session.scalars(insert(AlertRead).values(rows).on_conflict_do_nothing().returning(AlertRead.alert_id)))


def _rows(actor: Actor) -> Select[Alert, Region, Source, Watch, bool]:
    return (
        select(Alert, Region, Source, Watch, _is_read(actor))
        .outerjoin(Region, Region.code == Alert.region_code)
        .outerjoin(Source, Source.id == Alert.source_id)
        .outerjoin(Watch, Watch.id == Alert.watch_id)
        .where(visible_to(actor))
    )


def _is_read(actor: Actor) -> ColumnElement[bool]:
    return exists().where(AlertRead.alert_id == Alert.id, AlertRead.user_id == actor.id).correlate(Alert)


def _is_recent() -> ColumnElement[bool]:
    return Alert.created_at >= _oldest()


def _oldest() -> datetime:
    return now() - timedelta(days=UNREAD_DAYS)
