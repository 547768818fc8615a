"""Brings the places of flags up to date: days that pass, clusters that grow, new weights. In short batches, touching no lease."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, sessionmaker

from models.audit import AuditEvent, record_event
from models.base import CLOCK_SLACK, now
from models.cluster import ClusterMember
from models.database import reading_beside
from models.flag import Flag, FlagReason, FlagState, Prediction
from models.item import Item, ItemVersion
from models.legal.deadline import DAYS_TO_ACT, local_day
from models.queue.placing import current_generation, current_settings, move_to
from models.queue.priority import SUNK, Weights, place_of
from models.queue.raising import fill_in, placing_day, standing_of
from models.review import QueueGeneration, QueueSettings, RefreshCause

ACTOR = "sistem:antrean"
PLACED = "antrean.urut"
BATCH = 1_000
EVERY = timedelta(hours=1)
"""How often a watching run begins a new generation, at most: as long, a link to a further page of a list stays exact."""
EASTERNMOST = "91"
"""A province where a day begins first."""
SMALLEST_CHANGE = 1e-9

Progress = Callable[[int], None]
"""Called with the number of flags looked at so far."""


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did."""

    filled: int = 0
    """Flags from before there were places."""
    moved: int = 0
    generation: int = 0
    """None begun where it was stopped."""


def refresh_places(
    sessions: sessionmaker[Session],
    *,
    at: datetime | None = None,
    on_progress: Progress | None = None,
    must_stop: Callable[[], bool] = lambda: False,
) -> Refreshed:
    """Move every flag whose place is not what it should be, then let lists follow. Safe to kill, and to run twice at once.

    Stopped between two batches it begins no generation, and the next refresh looks at all of them again.
    """
    at, seen, moved = at or now(), 0, 0
    filled = place_missing(sessions)
    with reading_beside(sessions)() as session:
        weights_id = _find_new_weights(session)
        flag_ids = _list_all(session) if weights_id else [*_list_expired(session, at), *_list_grown(session)]
    for first in range(0, len(flag_ids), BATCH):
        if must_stop():
            return Refreshed(filled, moved)
        batch = flag_ids[first : first + BATCH]
        with sessions.begin() as session:
            moved += _move_batch(session, batch, at)
        seen += len(batch)
        if on_progress:
            on_progress(seen)
    return Refreshed(filled, moved, _begin_generation(sessions, weights_id))


def is_due(session: Session, at: datetime) -> bool:
    """Whether there are new weights, or the places were last looked at an hour ago or yesterday (where days begin first)."""
    if has_new_weights(session):
        return True
    last = session.scalar(select(QueueGeneration.created_at).order_by(QueueGeneration.id.desc()).limit(1))
    if last is None or last > at + CLOCK_SLACK:  # The clock was put back.
        return True
    return at - last >= EVERY or local_day(at, EASTERNMOST) != local_day(last, EASTERNMOST)


def has_new_weights(session: Session) -> bool:
    """Whether weights were set that no refresh has worked in yet."""
    return _find_new_weights(session) is not None


def _find_new_weights(session: Session) -> int | None:
    """The newest weights, where no event says that they are worked in: times say nothing after the clock was put back."""
    newest = session.scalar(select(func.max(QueueSettings.id)))
    of_them = (AuditEvent.subject_type == "queue_settings", AuditEvent.subject_id == newest)
    worked_in = select(AuditEvent.id).where(*of_them, AuditEvent.action == PLACED).limit(1)
    return None if newest is None or session.scalar(worked_in) is not None else newest


def place_missing(sessions: sessionmaker[Session]) -> int:
    """Fill in what flags from before there were places lack. Finds nothing from the second time on."""
    filled = 0
    while True:
        with sessions.begin() as session:
            query = (
                select(Flag, Item, ItemVersion, Prediction)
                .join(Item, Item.id == Flag.item_id)
                .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
                .outerjoin(Prediction, Prediction.id == Flag.prediction_id)
                .where(Flag.score.is_(None))
                .order_by(Flag.id)
                .limit(BATCH)
            )
            rows = session.execute(query).all()
            for flag, item, version, prediction in rows:
                fill_in(session, flag, item, version, prediction)
        filled += len(rows)
        if len(rows) < BATCH:
            return filled


def _list_all(session: Session) -> list[int]:
    return list(session.scalars(select(Flag.id).where(Flag.state != FlagState.ASSESSED).order_by(Flag.id)))


def _list_expired(session: Session, at: datetime) -> list[int]:
    """Flags whose last day may have passed, somewhere in the country, and that stand among those in time."""
    stands = and_(Flag.state != FlagState.ASSESSED, Flag.priority > -SUNK / 2)
    passed = and_(Flag.due_on < local_day(at, EASTERNMOST), Flag.reason != FlagReason.AUDIT)
    drawn = and_(Flag.created_at < at - timedelta(days=DAYS_TO_ACT), Flag.reason == FlagReason.AUDIT)
    found = [session.scalars(select(Flag.id).where(stands, one)) for one in (passed, drawn)]  # Each has an index of its own.
    return sorted(flag_id for flag_ids in found for flag_id in flag_ids)


def _list_grown(session: Session) -> list[int]:
    """Flags whose cluster has another size than the last refresh counted."""
    size = func.count()
    sizes = select(ClusterMember.cluster_id, size.label("size")).group_by(ClusterMember.cluster_id).subquery()
    query = select(Flag.id).join(sizes, sizes.c.cluster_id == Flag.cluster_id)
    return list(session.scalars(query.where(Flag.state != FlagState.ASSESSED, Flag.reach != sizes.c.size).order_by(Flag.id)))


def _move_batch(session: Session, flag_ids: Sequence[int], at: datetime) -> int:
    query = select(Flag).where(Flag.id.in_(flag_ids), Flag.state != FlagState.ASSESSED).order_by(Flag.id).with_for_update()
    flags = list(session.scalars(query))
    sizes = _count_members(session, {flag.cluster_id for flag in flags if flag.cluster_id is not None})
    weights = current_settings(session).weights
    places = dict[int, float]()
    for flag in flags:
        flag.reach = sizes.get(flag.cluster_id or 0, 1)
        place = _place(flag, weights, at)
        if abs(place - flag.priority) > SMALLEST_CHANGE:
            places[flag.id] = place
    session.flush()
    move_to(session, places)
    return len(places)


def _place(flag: Flag, weights: Weights, at: datetime) -> float:
    placed_by = placing_day(flag)
    return place_of(standing_of(flag), weights, placed_by, is_expired=placed_by < local_day(at, flag.region_code))


def _count_members(session: Session, cluster_ids: set[int]) -> dict[int, int]:
    query = select(ClusterMember.cluster_id, func.count()).where(ClusterMember.cluster_id.in_(cluster_ids))
    return {row[0]: row[1] for row in session.execute(query.group_by(ClusterMember.cluster_id))}


def _begin_generation(sessions: sessionmaker[Session], weights_id: int | None) -> int:
    """Let lists show the new places from now on, if there are any; the event says how many moved, and by which weights."""
    cause = RefreshCause.DAYS if weights_id is None else RefreshCause.WEIGHTS
    with sessions.begin() as session:
        pending = Flag.placed_in > current_generation(session)
        changed = session.scalar(select(func.count()).where(pending)) or 0
        generation = QueueGeneration(cause=cause, changed=changed)
        session.add(generation)
        session.flush()
        if changed or weights_id:
            detail = {"sebab": cause.value, "berubah": changed}
            subject = ("queue_settings", weights_id) if weights_id else ("queue_generation", generation.id)
            record_event(session, PLACED, actor=ACTOR, subject=subject, detail=detail)
        return generation.id
