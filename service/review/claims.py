"""Nobody gets the same item: each change of a flag's holder or state is one guarded statement."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from models import Flag, FlagState, Lease, LeaseEnd, Permission, QueueSettings, User, now, prepared
from models.base import BigId, UTCDateTime
from models.database import shared_alias
from models.queue.placing import OLDEST_SHARE
from service.accounts.actor import Actor, Areas, within
from service.review.conditions import held_by, is_skipped, narrowed, on_shelf, state_is, unfinished
from service.review.filters import QueueFilter, Shelf

MOST_HELD = 20
MOST_KEPT = 5
"""Of these, how many somebody may hold for days."""
HANDED_HOURS = 24
"""How long a flag that was handed over waits for its receiver."""

FREED: dict[str, Any] = {
    "holder_id": None,
    "held_until": None,
    "hold_reason": None,
    "handed_by_id": None,
    "handed_at": None,
    "hand_note": None,
}

EMPTIED: dict[str, Any] = {name: null() for name in FREED}
"""The same in a statement that is prepared."""

HELD = shared_alias(Flag)
"""Made once: an alias of so wide a table is a quarter of what a claim costs."""

T = TypeVar("T")
Given = T | BindParameter[T]
"""A value, or its gap in a statement that is prepared."""
WHO, WHICH, MOST = bindparam("user_id", None, BigId), bindparam("flag", None, BigId), bindparam("most", None, Integer)
AT, UNTIL = bindparam("at", None, UTCDateTime()), bindparam("until", None, UTCDateTime())
FIRST = literal_column("1", Integer)
"""One row. As a value it could be any number, for which PostgreSQL would plan each claim anew: a third of what one costs."""
Conditions = list[ColumnElement[bool]]
Order = tuple[Any, Any]


class Turn(NamedTuple):
    """What is known of a "take next" before it takes anything."""

    number: int
    """The how-manieth of this person."""
    has_handed: bool
    """Whether something that was handed to them waits to be opened."""
    has_expired: bool
    """Whether anybody holds anything for too long."""
    oldest_share: float
    """Of a person's turns, how many give the flag that waits longest."""


def next_turn(session: Session, actor: Actor) -> Turn:
    """Looks once, so that the common claim neither opens what was handed over nor searches for what ran out."""
    at, areas = now(), actor.areas(Permission.ASSESS)
    [(last, has_handed, ends_first, share)] = prepared.run(session, _look, areas, user_id=actor.id, at=at)
    has_expired = ends_first is not None and ends_first <= at
    return Turn((last or 0) + 1, bool(has_handed), has_expired, OLDEST_SHARE if share is None else share)


def _look(areas: Areas) -> Select[*tuple[Any, ...]]:
    last = select(func.max(Lease.turn)).where(Lease.user_id == WHO).scalar_subquery()
    handed = select(Flag.id).where(_is_handed_to(WHO, areas, AT)).correlate(None).exists()
    # The least moment is the first entry of an index; asked for any before now, PostgreSQL might read the whole table.
    ends_first = select(func.min(Flag.held_until)).where(Flag.held_until.is_not(None), is_unrestricted()).scalar_subquery()
    share = select(QueueSettings.oldest_share).order_by(QueueSettings.id.desc()).limit(FIRST).scalar_subquery()
    return select(last, handed, ends_first, share)


def claim_next(
    session: Session,
    actor: Actor,
    *,
    minutes: int,
    filters: QueueFilter | None = None,
    oldest: bool = False,
    has_expired: bool = True,
) -> int | None:
    """Take the first flag that this person may take, in one statement. None when there is nothing to take.

    `oldest` asks for the one that waits longest instead. Whoever knows that nobody holds anything for too long says so:
    PostgreSQL plans the shorter statement once, the longer one anew for each claim. It skips rows that another claim is
    taking at this moment; SQLite has one writer at a time.
    """
    at = now()
    filters = filters or QueueFilter()
    shelf = filters.shelf if filters.shelf in {Shelf.OPEN, Shelf.SECOND, Shelf.SKIPPED} else Shelf.UNFINISHED
    if shelf in {Shelf.UNFINISHED, Shelf.OPEN} and not filters.narrows:
        values = {"user_id": actor.id, "at": at, "until": at + timedelta(minutes=minutes), "most": MOST_HELD}
        return _one(prepared.run(session, _next_of_all, shelf, actor.areas(Permission.ASSESS), oldest, has_expired, **values))
    wanted = [unfinished(), on_shelf(shelf, actor.id), is_for(actor), holds_few(actor, at), *narrowed(session, filters)]
    if shelf is not Shelf.SKIPPED:
        wanted.append(~is_skipped(actor.id))
    first = _first([is_free(at), *wanted], _order(oldest=oldest)).with_only_columns(Flag.id)
    return _give(session, update(Flag).where(Flag.id == first.correlate(None).scalar_subquery()), actor, at, minutes)


def _next_of_all(shelf: Shelf, areas: Areas, oldest: bool, has_expired: bool) -> ReturningUpdate[int]:
    """What most people ask for most often: the first of everything that they may take."""
    wanted = [unfinished(), on_shelf(shelf, WHO, AT), _is_of(WHO, areas), _holds_few(WHO, AT, MOST), ~is_skipped(WHO)]
    order = _order(oldest=oldest)
    first = _first_of_both(wanted, order, AT) if has_expired else _first_of_free(wanted, order).with_only_columns(Flag.id)
    given = update(Flag).where(Flag.id == first.correlate(None).scalar_subquery())
    return given.values(**(EMPTIED | {"holder_id": WHO, "held_until": UNTIL})).returning(Flag.id)


def _order(*, oldest: bool) -> Order:
    return (Flag.created_at, Flag.id) if oldest else (Flag.priority.desc(), Flag.id)


def _first(wanted: Conditions, order: Order) -> Select[int, float, datetime]:
    """Locked where the engine locks rows: PostgreSQL skips what another claim is taking at this moment."""
    query = select(Flag.id, Flag.priority, Flag.created_at).where(*wanted).order_by(*order)
    return query.limit(FIRST).with_for_update(skip_locked=True)


def _first_of_both(wanted: Conditions, order: Order, at: Given[datetime]) -> Select[int]:
    """Out of what nobody holds and what somebody held too long, each by an index that knows nothing of what is held."""
    by_age, is_by_age = func.coalesce(Flag.created_at, Flag.created_at), order[0] is Flag.created_at
    # Their order is none that an index has: SQLite would read the whole queue by it to find the few that ran out.
    few = (by_age if is_by_age else func.coalesce(Flag.priority, Flag.priority).desc(), Flag.id)
    never = _first_of_free(wanted, order)
    expired = _first([Flag.held_until <= at, *wanted], few)
    both = union_all(*[select(part.correlate(None).subquery()) for part in (never, expired)]).subquery()
    return select(both.c.id).order_by(both.c.created_at if is_by_age else both.c.priority.desc(), both.c.id).limit(FIRST)


def _first_of_free(wanted: Conditions, order: Order) -> Select[int, float, datetime]:
    return _first([Flag.holder_id.is_(None), *wanted], order)


def claim(session: Session, actor: Actor, flag_id: int, *, minutes: int) -> bool:
    """Take one named flag, if it is free and theirs to read."""
    at = now()
    named = update(Flag).where(Flag.id == flag_id, unfinished(), is_free(at), is_for(actor), holds_few(actor, at))
    return _give(session, named, actor, at, minutes) is not None


def open_handed(session: Session, actor: Actor, *, minutes: int) -> int | None:
    """Begin to read what somebody handed to this person, the longest waiting first; it was theirs already."""
    at, areas = now(), actor.areas(Permission.ASSESS)
    return _one(prepared.run(session, _first_handed, areas, user_id=actor.id, at=at, until=at + timedelta(minutes=minutes)))


def _first_handed(areas: Areas) -> ReturningUpdate[int]:
    waiting = select(Flag.id).where(_is_handed_to(WHO, areas, AT))
    first = waiting.order_by(Flag.handed_at, Flag.id).limit(FIRST).with_for_update(skip_locked=True).correlate(None)
    opened = update(Flag).where(Flag.id == first.scalar_subquery(), Flag.handed_at.is_not(None))
    return opened.values(handed_at=null(), held_until=UNTIL).returning(Flag.id)


def is_handed_to(actor: Actor) -> ColumnElement[bool]:
    """Waits to be opened by this person, who may still read it: areas change while something waits."""
    return _is_handed_to(actor.id, actor.areas(Permission.ASSESS), now())


def _is_handed_to(user_id: Given[int], areas: Areas, at: Given[datetime]) -> ColumnElement[bool]:
    return and_(unfinished(), held_by(user_id, at), Flag.handed_at.is_not(None), _is_of(user_id, areas))


def start_lease(session: Session, flag_id: int, user_id: int, *, turn: int | None = None) -> int | None:
    """Write the history of a claim: end what ran out, begin anew. Returns whose lease had run out."""
    expired_of = end_lease(session, flag_id, LeaseEnd.EXPIRED)
    prepared.run(session, _new_lease, flag=flag_id, user_id=user_id, taking=turn, at=now())
    return expired_of


def _new_lease() -> ReturningInsert[int]:
    turn = bindparam("taking", None, Integer)
    return insert(Lease).values(flag_id=WHICH, user_id=WHO, turn=turn, taken_at=AT).returning(Lease.id)


def end_lease(session: Session, flag_id: int, ended_by: LeaseEnd) -> int | None:
    return _one(prepared.run(session, _ended_lease, ended_by, flag=flag_id, at=now()))


def _ended_lease(ended_by: LeaseEnd) -> ReturningUpdate[int]:
    ended = update(Lease).where(Lease.flag_id == WHICH, Lease.ended_at.is_(None)).values(ended_at=AT, ended_by=ended_by)
    return ended.returning(Lease.user_id)


def extend(session: Session, actor: Actor, flag_id: int, *, minutes: int) -> datetime | None:
    """The heartbeat; it opens what was handed over, and never shortens a hold. Nothing comes back from a lost lease."""
    at = now()
    held = update(Flag).where(Flag.id == flag_id, is_held_by(actor, at))
    until = case((Flag.hold_reason.is_(None), at + timedelta(minutes=minutes)), else_=Flag.held_until)
    return _run(session, held.values(held_until=until, handed_at=None).returning(Flag.held_until))


def held_until(session: Session, actor: Actor, flag_id: int) -> datetime | None:
    """None where the person does not hold it."""
    return _one(prepared.run(session, _end_of_hold, flag=flag_id, user_id=actor.id, at=now()))


def _end_of_hold() -> Select[*tuple[Any, ...]]:
    return select(Flag.held_until).where(Flag.id == WHICH, held_by(WHO, AT))


def keep(session: Session, actor: Actor, flag_id: int, *, until: datetime, reason: str) -> bool:
    """Hold a flag for days, if it is in one's hands and not too many are held that way."""
    at = now()
    one_deed_at_a_time(session, actor)
    kept = aliased(Flag)
    others = select(func.count()).select_from(kept)
    others = others.where(held_by(actor.id, at, kept), kept.hold_reason.is_not(None), kept.id != flag_id)
    held = update(Flag).where(Flag.id == flag_id, unfinished(), is_held_by(actor, at), others.scalar_subquery() < MOST_KEPT)
    return _run(session, held.values(held_until=until, hold_reason=reason, handed_at=None).returning(Flag.id)) is not None


def hand_over(session: Session, actor: Actor, flag_id: int, receiver: Actor, *, note: str) -> bool:
    """Put a flag from one's own hands into another person's, if they may read it and do not hold too many."""
    at = now()
    one_deed_at_a_time(session, receiver)
    mine = update(Flag).where(
        Flag.id == flag_id, unfinished(), is_held_by(actor, at), is_for(actor), is_for(receiver), holds_few(receiver, at)
    )
    values = handed_values(actor, receiver, note, at)
    return _run(session, mine.values(**values).returning(Flag.id)) is not None


def handed_values(actor: Actor, receiver: Actor, note: str, at: datetime) -> dict[str, Any]:
    """What a flag holds that waits for its receiver."""
    given = {"holder_id": receiver.id, "held_until": at + timedelta(hours=HANDED_HOURS)}
    return FREED | given | {"handed_by_id": actor.id, "handed_at": at, "hand_note": note}


def release(session: Session, actor: Actor, flag_id: int) -> bool:
    held = update(Flag).where(Flag.id == flag_id, is_held_by(actor, now()))
    return _run(session, held.values(**FREED).returning(Flag.id)) is not None


def close(session: Session, actor: Actor, flag: Flag, state: FlagState) -> bool:
    """Move a held flag on from the state in which it was read; a second click finds nothing to move."""
    shape = (flag.state, state, actor.areas(Permission.ASSESS))
    return _one(prepared.run(session, _closed, *shape, flag=flag.id, user_id=actor.id, at=now())) is not None


def _closed(before: FlagState, state: FlagState, areas: Areas) -> ReturningUpdate[int]:
    held = update(Flag).where(Flag.id == WHICH, Flag.state == before, held_by(WHO, AT), _is_of(WHO, areas))
    values: dict[str, Any] = {"state": state}
    if state is FlagState.ASSESSED:
        values["assessed_at"] = AT
    if state is FlagState.SECOND:
        values["first_assessor_id"] = WHO
    return held.values(**EMPTIED, **values).returning(Flag.id)


def reopen(session: Session, actor: Actor, flag: Flag, state: FlagState, *, minutes: int) -> bool:
    """Put a flag back into the state before an assessment and give it to the same person, or to nobody for a third one.

    Nothing happens while somebody else reads it, or when its item has got a new flag meanwhile.
    """
    at = now()
    back = update(Flag).where(
        Flag.id == flag.id,
        Flag.state == flag.state,
        is_unrestricted(),
        or_(is_free(at), Flag.holder_id == actor.id),
        ~has_newer(),
    )
    first_assessor_id = flag.first_assessor_id if state is not FlagState.OPEN else None
    back = back.values(state=state, assessed_at=None, first_assessor_id=first_assessor_id)
    if state is FlagState.DISPUTED:
        return _run(session, back.values(**FREED).returning(Flag.id)) is not None
    return _give(session, back, actor, at, minutes) is not None


def has_newer() -> ColumnElement[bool]:
    """Whether the item has an unfinished flag besides this one."""
    other = aliased(Flag)
    newer = select(other.id).where(other.item_id == Flag.item_id, other.id != Flag.id, other.state != FlagState.ASSESSED)
    return newer.correlate(Flag).exists()


def is_free(at: datetime) -> ColumnElement[bool]:
    return or_(Flag.holder_id.is_(None), Flag.held_until <= at)


def is_held_by(actor: Actor, at: datetime) -> ColumnElement[bool]:
    return held_by(actor.id, at)


def is_for(actor: Actor) -> ColumnElement[bool]:
    """In their area, not a second reading of what they read first, nothing that waits for a third person or lies still."""
    return _is_of(actor.id, actor.areas(Permission.ASSESS))


def _is_of(user_id: Given[int], areas: Areas) -> ColumnElement[bool]:
    not_their_first = or_(state_is(FlagState.OPEN), Flag.first_assessor_id != user_id, Flag.first_assessor_id.is_(None))
    undisputed = state_is(FlagState.DISPUTED, negated=True)
    return and_(within(Flag.region_code, areas), not_their_first, undisputed, is_unrestricted())


def is_unrestricted() -> ColumnElement[bool]:
    return state_is(FlagState.RESTRICTED, negated=True)


def _run(session: Session, statement: ReturningUpdate[T]) -> T | None:
    """One round trip; rows that the session holds are read afresh where their new state matters."""
    return session.scalar(statement.execution_options(synchronize_session=False))


def _one(rows: list[tuple[Any, ...]]) -> Any:
    """The value of a statement that finds one or none."""
    return rows[0][0] if rows else None


def _give(session: Session, chosen: Update, actor: Actor, at: datetime, minutes: int) -> int | None:
    until = at + timedelta(minutes=minutes)
    return _run(session, chosen.values(**(FREED | {"holder_id": actor.id, "held_until": until})).returning(Flag.id))


def one_deed_at_a_time(session: Session, actor: Actor) -> None:
    """Two deeds at once would both count what is held before either is done; on SQLite there is one writer anyway."""
    session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))


def room_of(session: Session, actor: Actor, at: datetime) -> int:
    """How many more somebody's hands take."""
    held = select(func.count()).where(held_by(actor.id, at))
    return max(0, MOST_HELD - (session.scalar(held) or 0))


def holds_few(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """Whether one more would not be too many."""
    return _holds_few(actor.id, at, MOST_HELD)


def _holds_few(user_id: Given[int], at: Given[datetime], most: Given[int]) -> ColumnElement[bool]:
    count = select(func.count()).select_from(HELD).where(held_by(user_id, at, HELD))
    return count.correlate(None).scalar_subquery() < most
