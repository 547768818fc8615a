"""Nobody gets the same item: each change of a flag's holder or state is one guarded statement."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Update, and_, func, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from models import Flag, FlagState, Lease, LeaseEnd, Permission, now
from service.accounts.actor import Actor, within
from service.review.filters import QueueFilter, Shelf, narrowed, on_shelf, state_is, unfinished

MOST_HELD = 20

T = TypeVar("T")


def claim_next(session: Session, actor: Actor, *, minutes: int, filters: QueueFilter | None = None) -> int | None:
    """Take the first flag that this person may take, in one statement. None when there is nothing to take.

    PostgreSQL skips rows that another claim is taking at this moment; SQLite has one writer at a time.
    """
    at = now()
    filters = filters or QueueFilter()
    shelf = filters.shelf if filters.shelf in {Shelf.OPEN, Shelf.SECOND} else Shelf.UNFINISHED
    first = (
        select(Flag.id)
        .where(
            unfinished(),
            on_shelf(shelf, actor.id),
            _is_free(at),
            _is_for(actor),
            _holds_few(actor, at),
            *narrowed(filters),
        )
        .order_by(Flag.priority.desc(), Flag.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .correlate(None)
        .scalar_subquery()
    )
    return _give(session, update(Flag).where(Flag.id == first), actor, at, minutes)


def claim(session: Session, actor: Actor, flag_id: int, *, minutes: int) -> bool:
    """Take one named flag, if it is free and theirs to read."""
    at = now()
    named = update(Flag).where(Flag.id == flag_id, unfinished(), _is_free(at), _is_for(actor), _holds_few(actor, at))
    return _give(session, named, actor, at, minutes) is not None


def start_lease(session: Session, flag_id: int, user_id: int) -> int | None:
    """Write the history of a claim: end what ran out, begin anew. Returns whose lease had run out."""
    expired_of = end_lease(session, flag_id, LeaseEnd.EXPIRED)
    session.add(Lease(flag_id=flag_id, user_id=user_id))
    session.flush()
    return expired_of


def end_lease(session: Session, flag_id: int, ended_by: LeaseEnd) -> int | None:
    ended = update(Lease).where(Lease.flag_id == flag_id, Lease.ended_at.is_(None)).values(ended_at=now(), ended_by=ended_by)
    return _run(session, ended.returning(Lease.user_id))


def extend(session: Session, actor: Actor, flag_id: int, *, minutes: int) -> datetime | None:
    """The heartbeat. Nothing comes back when the lease has run out."""
    at = now()
    held = update(Flag).where(Flag.id == flag_id, _is_held_by(actor, at))
    return _run(session, held.values(held_until=at + timedelta(minutes=minutes)).returning(Flag.held_until))


def release(session: Session, actor: Actor, flag_id: int) -> bool:
    held = update(Flag).where(Flag.id == flag_id, _is_held_by(actor, now()))
    return _run(session, held.values(holder_id=None, held_until=None).returning(Flag.id)) is not None


def close(session: Session, actor: Actor, flag: Flag, *, asks_second: bool) -> bool:
    """Move a held flag on from the state in which it was read; a second click finds nothing to move."""
    at = now()
    held = update(Flag).where(Flag.id == flag.id, Flag.state == flag.state, _is_held_by(actor, at), _is_for(actor))
    values: dict[str, Any] = {"state": FlagState.ASSESSED, "assessed_at": at}
    if asks_second:
        values = {"state": FlagState.SECOND, "first_assessor_id": actor.id}
    return _run(session, held.values(holder_id=None, held_until=None, **values).returning(Flag.id)) is not None


def reopen(session: Session, actor: Actor, flag: Flag, state: FlagState, *, minutes: int) -> bool:
    """Put a flag back into the state before an assessment and give it to the same person.

    Nothing happens while somebody else reads it, or when its item has got a new flag meanwhile.
    """
    at = now()
    other = aliased(Flag)
    newer = select(other.id).where(other.item_id == Flag.item_id, other.id != Flag.id, other.state != FlagState.ASSESSED)
    back = update(Flag).where(
        Flag.id == flag.id,
        Flag.state == flag.state,
        or_(_is_free(at), Flag.holder_id == actor.id),
        ~newer.correlate(Flag).exists(),
    )
    first_assessor_id = flag.first_assessor_id if state is FlagState.SECOND else None
    back = back.values(state=state, assessed_at=None, first_assessor_id=first_assessor_id)
    return _give(session, back, actor, at, minutes) is not None


def _run(session: Session, statement: ReturningUpdate[T]) -> T | None:
    """One round trip; rows that the session holds are read afresh where their new state matters."""
    return session.scalar(statement.execution_options(synchronize_session=False))


def _give(session: Session, chosen: Update, actor: Actor, at: datetime, minutes: int) -> int | None:
    until = at + timedelta(minutes=minutes)
    return _run(session, chosen.values(holder_id=actor.id, held_until=until).returning(Flag.id))


def _is_free(at: datetime) -> ColumnElement[bool]:
    return or_(Flag.holder_id.is_(None), Flag.held_until <= at)


def _is_held_by(actor: Actor, at: datetime) -> ColumnElement[bool]:
    return and_(Flag.holder_id == actor.id, Flag.held_until > at)


def _is_for(actor: Actor) -> ColumnElement[bool]:
    """In their area, and not a second reading of what they read first."""
    not_their_first = or_(state_is(FlagState.OPEN), Flag.first_assessor_id != actor.id, Flag.first_assessor_id.is_(None))
    return and_(within(Flag.region_code, actor.areas(Permission.ASSESS)), not_their_first)


def _holds_few(actor: Actor, at: datetime) -> ColumnElement[bool]:
    held = aliased(Flag)
    count = select(func.count()).select_from(held).where(held.holder_id == actor.id, held.held_until > at)
    return count.scalar_subquery() < MOST_HELD
