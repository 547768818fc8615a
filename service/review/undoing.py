"""What one deed on many flags did, taken back as one event: of flags that nobody has touched since."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from models import (
    OF_ONE_DECISION,
    Assessment,
    BulkAction,
    BulkDeed,
    Flag,
    FlagState,
    Lease,
    LeaseEnd,
    Outcome,
    Permission,
    User,
    now,
    record_event,
)
from service.accounts.actor import Actor, Areas, within
from service.accounts.service import load_actor
from service.audit.repository import find_bulk_event
from service.errors import CannotUndo, NotFound
from service.review import claims
from service.review.bulk import BEFORE, FLAGS, end_leases, run
from service.review.conditions import state_is, unfinished


def get_action(session: Session, actor: Actor, action_id: int) -> BulkAction:
    """One's own deed, or somebody else's where all of its flags lie in the area in which this person manages the queue."""
    action = session.get(BulkAction, action_id)
    if action is None or not (action.user_id == actor.id or _manages(session, actor, action)):
        raise NotFound
    return action


def undo(session: Session, actor: Actor, action_id: int) -> tuple[BulkAction, int]:
    """Take back what can still be taken back where this person may do so. Returns how many flags that were.

    Raises NotFound where none of its flags lies there any more, as undoing a single assessment does: others can undo it.
    """
    action = get_action(session, actor, action_id)
    if OF_ONE_DECISION in action.values:
        raise CannotUndo  # It is taken back with the decision that covered these copies, not by itself.
    reached = _list_inside(session, action, actor.areas(_right_to_undo(actor, action)))
    if action.done and not reached:
        raise NotFound
    at = now()
    undone = update(BulkAction).where(BulkAction.id == action_id, BulkAction.undone_at.is_(None)).values(undone_at=at)
    if session.scalar(undone.returning(BulkAction.id)) is None:
        raise CannotUndo
    flag_ids = _undo_deed(session, actor, action, reached, at)
    record_event(
        session,
        "massal.batal",
        actor=actor.username,
        actor_id=actor.id,
        subject=("bulk_action", action.id),
        detail={"penanda": flag_ids},
        parent=find_bulk_event(session, action_id),
    )
    return action, len(flag_ids)


def _manages(session: Session, actor: Actor, action: BulkAction) -> bool:
    """A deed that names no flags, as one decision on copies does, is its author's alone."""
    flag_ids = _flag_ids(action)
    return bool(flag_ids) and _list_inside(session, action, actor.areas(Permission.MANAGE_QUEUE)) == flag_ids


def _right_to_undo(actor: Actor, action: BulkAction) -> Permission:
    return Permission.ASSESS if action.user_id == actor.id else Permission.MANAGE_QUEUE


def _list_inside(session: Session, action: BulkAction, areas: Areas) -> list[int]:
    """What lies inside, never what does not: to SQL a flag whose region nobody could read is neither."""
    inside = select(Flag.id).where(Flag.id.in_(_flag_ids(action)), within(Flag.region_code, areas))
    return list(session.scalars(inside.order_by(Flag.id)))


def _flag_ids(action: BulkAction) -> list[int]:
    return sorted(int(flag_id) for flag_id in action.values.get(FLAGS, {}))


def _undo_deed(session: Session, actor: Actor, action: BulkAction, flag_ids: list[int], at: datetime) -> list[int]:
    match action.deed:
        case BulkDeed.ASSESS:
            return _withdraw(session, actor, action, flag_ids)
        case BulkDeed.HAND_OVER:
            waiting = update(Flag).where(Flag.id.in_(flag_ids), *_still_waits(action, at))
            undone = run(session, waiting.values(**claims.FREED))
            end_leases(session, undone, LeaseEnd.RELEASED)
            _give_back(session, action, undone, at)
            return undone
        case BulkDeed.RELEASE:
            return _give_back(session, action, flag_ids, at)


def _still_waits(action: BulkAction, at: datetime) -> list[ColumnElement[bool]]:
    """As the deed left it: not opened, and not handed over anew since, whose moment lies behind that of the deed's row."""
    receiver = select(User.id).where(User.username == action.values["penerima"]).scalar_subquery()
    handed = (Flag.holder_id == receiver, Flag.handed_by_id == action.user_id, Flag.handed_at <= action.created_at)
    return [unfinished(), Flag.held_until > at, *handed]


def _withdraw(session: Session, actor: Actor, action: BulkAction, flag_ids: list[int]) -> list[int]:
    """A withdrawal for each assessment of the deed that still stands, and its flag is open again."""
    query = select(Assessment).where(Assessment.bulk_id == action.id, Assessment.outcome != Outcome.WITHDRAWN)
    query = query.where(Assessment.flag_id.in_(flag_ids))
    given = {assessment.flag_id: assessment for assessment in session.scalars(query.order_by(Assessment.id))}
    newest = select(func.max(Assessment.id)).where(Assessment.flag_id == Flag.id).correlate(Flag).scalar_subquery()
    standing = [assessment.id for assessment in given.values()]
    back = update(Flag).where(Flag.id.in_(given), state_is(FlagState.ASSESSED), newest.in_(standing), ~claims.has_newer())
    undone = run(session, back.values(state=FlagState.OPEN, assessed_at=None))
    session.add_all(
        Assessment(
            flag_id=flag_id,
            item_version_id=given[flag_id].item_version_id,
            user_id=actor.id,
            outcome=Outcome.WITHDRAWN,
            undoes_id=given[flag_id].id,
            bulk_id=action.id,
        )
        for flag_id in undone
    )
    session.flush()
    return undone


def _give_back(session: Session, action: BulkAction, flag_ids: list[int], at: datetime) -> list[int]:
    """To whoever held them before the deed, with the time that it took from them; not into full hands."""
    before: Mapping[str, Mapping[str, Any]] = action.values.get(BEFORE, {})
    held = {flag_id: _read_holding(before[str(flag_id)], action, at) for flag_id in flag_ids if str(flag_id) in before}
    holders = {user_id: _load(session, user_id) for user_id in {holding["holder_id"] for holding in held.values()}}
    given = list[int]()
    for flag_id, holding in sorted(held.items()):
        holder = holders[holding["holder_id"]]
        if holder is not None and _hold_again(session, action, flag_id, holder, holding, at):
            claims.start_lease(session, flag_id, holder.id)
            given.append(flag_id)
    return given


def _until(until: datetime, reason: str | None, action: BulkAction, at: datetime) -> datetime:
    """The clock of a lease stood still while the deed stood. A hold for days ends on its day, unless that passed meanwhile."""
    is_ahead = reason is not None and until > at
    return until if is_ahead else until + (at - action.created_at)


def _hold_again(session: Session, action: BulkAction, flag_id: int, holder: Actor, holding: dict[str, Any], at: datetime) -> bool:
    """Not where somebody has taken it since; what was handed over was still waiting."""
    back = update(Flag).where(Flag.id == flag_id, unfinished(), claims.is_free(at))
    back = back.where(claims.is_for(holder), claims.holds_few(holder, at))
    if action.deed is BulkDeed.RELEASE:
        taken = select(Lease.id).where(Lease.flag_id == flag_id, Lease.taken_at > action.created_at)
        back = back.where(~taken.exists())
    return bool(run(session, back.values(**holding)))


def _read_holding(stored: Mapping[str, Any], action: BulkAction, at: datetime) -> dict[str, Any]:
    """Moments stand in the row of the deed as texts."""
    until = _until(datetime.fromisoformat(stored["held_until"]), stored["hold_reason"], action, at)
    handed_at = stored["handed_at"] and datetime.fromisoformat(stored["handed_at"])
    return {**stored, "held_until": until, "handed_at": handed_at}


def _load(session: Session, user_id: int) -> Actor | None:
    user = session.get(User, user_id)
    return load_actor(session, user) if user and user.is_active else None
