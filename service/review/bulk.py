"""One deed on many flags: first a dry run, then one transaction. `undoing` takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update
from sqlalchemy.orm import Session

from models import (
    Assessment,
    BulkAction,
    BulkDeed,
    Flag,
    FlagState,
    Lease,
    LeaseEnd,
    NoViolationReason,
    Outcome,
    Permission,
    now,
    record_event,
)
from service.accounts.actor import Actor, within
from service.audit.searched import without_words
from service.errors import Forbidden, InvalidInput
from service.review import claims, repository
from service.review.conditions import state_is, unfinished
from service.review.keeping import LONGEST_HAND_NOTE, find_receiver
from service.review.repository import QueueRow

MOST_AT_ONCE = 500
MOST_OF_A_MONITOR = 50
"""Of somebody who does not manage the queue."""
SAMPLE = 10
LONGEST_REASON = 1000
FLAGS, BEFORE = "pemegang", "sebelum"
"""Kept with a deed: who held each flag, and how, so that undoing can give it back as it was held."""
OUTCOMES = (Outcome.DUPLICATE, Outcome.OUT_OF_AREA, Outcome.NO_VIOLATION)
"""Never `indikasi_pelanggaran`: what may harm somebody is read one by one."""


@dataclass(frozen=True)
class BulkRequest:
    """What a person wants to do, and with which flags."""

    deed: BulkDeed
    flag_ids: tuple[int, ...]
    outcome: Outcome | None = None
    no_violation_reason: NoViolationReason | None = None
    receiver: str = ""
    reason: str = ""
    query: str = ""


@dataclass(frozen=True)
class DryRun:
    """What the deed would do at this moment."""

    can: int
    held: int
    """Left out because somebody reads them."""
    other: int
    """Left out for another reason: assessed meanwhile, awaiting a second reader, out of the area."""
    sample: list[QueueRow]


def most_of(actor: Actor) -> int:
    return MOST_AT_ONCE if actor.may(Permission.MANAGE_QUEUE) else MOST_OF_A_MONITOR


def try_out(session: Session, actor: Actor, request: BulkRequest) -> DryRun:
    """Count without changing anything."""
    _check(session, actor, request)
    at = now()
    chosen = Flag.id.in_(request.flag_ids)
    able = list(session.scalars(select(Flag.id).where(chosen, *_conditions(session, actor, request, at)).order_by(Flag.id)))
    able = able[: _most_done(session, request, at)]
    held = select(func.count()).where(chosen, unfinished(), Flag.held_until > at, Flag.holder_id != actor.id)
    held_count = session.scalar(held.where(Flag.id.not_in(able))) or 0
    sample = repository.list_rows(session, actor, able[:SAMPLE])
    return DryRun(len(able), held_count, len(set(request.flag_ids)) - len(able) - held_count, sample)


def carry_out(session: Session, actor: Actor, request: BulkRequest) -> BulkAction:
    """Do it to every flag that it can be done to at this moment; the others stay as they are."""
    _check(session, actor, request)
    if not request.reason.strip() or len(request.reason) > LONGEST_REASON or "\0" in request.reason:
        raise InvalidInput("massal_alasan")
    at, asked = now(), len(set(request.flag_ids))
    _refuse_full_hands(session, request, at)
    action = BulkAction(
        user_id=actor.id, deed=request.deed, reason=request.reason.strip(), query=request.query, done=0, skipped=0
    )
    session.add(action)
    session.flush()
    before = _read_before(session, actor, request, at)
    request = replace(request, flag_ids=tuple(before))
    done = _do(session, actor, request, action, at)
    action.done, action.skipped = len(done), asked - len(done)
    held = {str(flag_id): before[flag_id] for flag_id in done}
    action.values = {"hasil": request.outcome, "penerima": request.receiver or None}
    action.values |= {FLAGS: {flag_id: holding and holding["holder_id"] for flag_id, holding in held.items()}}
    if request.deed is not BulkDeed.ASSESS:
        action.values |= {BEFORE: {flag_id: holding for flag_id, holding in held.items() if holding}}
    session.flush()
    detail = {"tindakan": request.deed.value, "alasan": action.reason, "penanda": done}
    detail |= {"saringan": without_words(request.query), "hasil": request.outcome, "penerima": request.receiver or None}
    detail |= {"dilewati": action.skipped}
    _record(session, actor, "massal.lakukan", action, detail)
    return action


def _check(session: Session, actor: Actor, request: BulkRequest) -> None:
    if not request.flag_ids:
        raise InvalidInput("massal_kosong")
    if len(set(request.flag_ids)) > most_of(actor):
        raise InvalidInput("massal_banyak")
    if request.deed is BulkDeed.ASSESS:
        if request.outcome not in OUTCOMES:
            raise InvalidInput("massal_hasil")
        if request.outcome is Outcome.NO_VIOLATION and request.no_violation_reason is None:
            raise InvalidInput("alasan")
    if request.deed is BulkDeed.HAND_OVER:
        if not actor.may(Permission.MANAGE_QUEUE):
            raise Forbidden
        find_receiver(session, request.receiver)


def _conditions(session: Session, actor: Actor, request: BulkRequest, at: datetime) -> list[ColumnElement[bool]]:
    """When the deed may be done to a flag: the same guard as that of a single one."""
    mine = claims.is_held_by(actor, at)
    free_or_mine = or_(claims.is_free(at), mine)
    managed = within(Flag.region_code, actor.areas(Permission.MANAGE_QUEUE))
    match request.deed:
        case BulkDeed.ASSESS:
            return [unfinished(), state_is(FlagState.OPEN), free_or_mine, claims.is_for(actor)]
        case BulkDeed.HAND_OVER:
            receiver, _ = find_receiver(session, request.receiver)
            return [unfinished(), managed, free_or_mine, claims.is_for(actor), claims.is_for(receiver)]
        case BulkDeed.RELEASE:
            # Whoever manages the queue may end what waits for days, never what somebody reads at this moment.
            waits = and_(Flag.held_until > at, or_(Flag.hold_reason.is_not(None), Flag.handed_at.is_not(None)))
            return [unfinished(), or_(mine, and_(waits, managed)), claims.is_for(actor)]


def _refuse_full_hands(session: Session, request: BulkRequest, at: datetime) -> None:
    """Of the receiver, who is handed nothing else until this transaction is over."""
    if request.deed is not BulkDeed.HAND_OVER:
        return
    claims.one_deed_at_a_time(session, find_receiver(session, request.receiver)[0])
    if not _most_done(session, request, at):
        raise InvalidInput("penerima_penuh")


def _most_done(session: Session, request: BulkRequest, at: datetime) -> int:
    """How many a deed may touch: nobody is handed more than their hands take."""
    if request.deed is not BulkDeed.HAND_OVER:
        return len(request.flag_ids)
    return claims.room_of(session, find_receiver(session, request.receiver)[0], at)


def _read_before(session: Session, actor: Actor, request: BulkRequest, at: datetime) -> dict[int, dict[str, Any] | None]:
    """Who holds what, and how; None of what is free. The rows are locked, so that the deed finds what was read."""
    columns = [getattr(Flag, name) for name in claims.FREED]
    query = select(Flag.id, *columns).where(Flag.id.in_(request.flag_ids), *_conditions(session, actor, request, at))
    query = query.order_by(Flag.id).limit(_most_done(session, request, at))
    rows = session.execute(query.with_for_update(skip_locked=True))
    return {row.id: _holding(row, at) for row in rows}


def _holding(row: Row[*tuple[Any, ...]], at: datetime) -> dict[str, Any] | None:
    if row.holder_id is None or row.held_until <= at:
        return None
    values = {name: getattr(row, name) for name in claims.FREED}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _do(session: Session, actor: Actor, request: BulkRequest, action: BulkAction, at: datetime) -> list[int]:
    flags = update(Flag).where(Flag.id.in_(request.flag_ids), *_conditions(session, actor, request, at))
    match request.deed:
        case BulkDeed.ASSESS:
            done = run(session, flags.values(**claims.FREED, state=FlagState.ASSESSED, assessed_at=at))
            end_leases(session, done, LeaseEnd.ASSESSED)
            _add_assessments(session, actor, request, action, done)
        case BulkDeed.HAND_OVER:
            receiver, _ = find_receiver(session, request.receiver)
            done = run(session, flags.values(**claims.handed_values(actor, receiver, _note(request), at)))
            end_leases(session, done, LeaseEnd.HANDED)
            session.add_all(Lease(flag_id=flag_id, user_id=receiver.id) for flag_id in done)
        case BulkDeed.RELEASE:
            done = run(session, flags.values(**claims.FREED))
            end_leases(session, done, LeaseEnd.RELEASED)
    session.flush()
    return done


def _note(request: BulkRequest) -> str:
    return request.reason.strip()[:LONGEST_HAND_NOTE]


def _add_assessments(session: Session, actor: Actor, request: BulkRequest, action: BulkAction, flag_ids: Sequence[int]) -> None:
    versions = select(Flag.id, Flag.item_version_id).where(Flag.id.in_(flag_ids)).order_by(Flag.id)
    session.add_all(
        Assessment(
            flag_id=flag_id,
            item_version_id=version_id,
            user_id=actor.id,
            outcome=request.outcome,
            no_violation_reason=request.no_violation_reason,
            note=request.reason.strip(),
            bulk_id=action.id,
        )
        for flag_id, version_id in session.execute(versions)
    )


def run(session: Session, statement: Any) -> list[int]:
    """The flags that an update has changed."""
    return sorted(session.scalars(statement.returning(Flag.id), execution_options={"synchronize_session": False}))


def end_leases(session: Session, flag_ids: Sequence[int], ended_by: LeaseEnd) -> None:
    """The history of claims that a deed has ended."""
    running = update(Lease).where(Lease.flag_id.in_(flag_ids), Lease.ended_at.is_(None))
    session.execute(running.values(ended_at=now(), ended_by=ended_by))


def _record(session: Session, actor: Actor, action: str, done: BulkAction, detail: dict[str, Any]) -> None:
    detail |= {"token": actor.token} if actor.token else {}
    record_event(session, action, actor=actor.username, actor_id=actor.id, subject=("bulk_action", done.id), detail=detail)
