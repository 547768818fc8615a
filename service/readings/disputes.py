"""Where two readers disagree: a coordinator who is neither of them has the last word."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models import (
    Assessment,
    AuditEvent,
    BulkAction,
    Flag,
    FlagState,
    Item,
    ItemVersion,
    Outcome,
    Permission,
    Source,
    now,
    record_event,
)
from service.accounts.actor import Actor, within
from service.errors import InvalidInput, NotFound
from service.readings.comparing import Comparison, compare, standing
from service.readings.errors import NotDisputed, OwnReading
from service.review import repository
from service.review.conditions import state_is, unfinished
from service.review.covering import MOST_COPIES, Copies, confirmed_mates, fit_to, start_action
from service.review.law import law_of, list_acts
from service.review.schemas import Judgement

PAGE_SIZE = 20


@dataclass(frozen=True)
class Dispute:
    flag: Flag
    item: Item
    version: ItemVersion
    source: Source
    comparison: Comparison | None
    may_resolve: bool
    """False for whoever was one of the two."""


def list_disputes(session: Session, actor: Actor, after: int = 0) -> list[Dispute]:
    """One page and one row more, the longest waiting first."""
    query = (
        select(Flag, Item, ItemVersion, Source)
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
        .join(Source, Source.id == Item.source_id)
        .where(unfinished(), state_is(FlagState.DISPUTED), Flag.id > after, _in_charge(actor))
        .order_by(Flag.id)
        .limit(PAGE_SIZE + 1)
    )
    return [_read(session, actor, *row) for row in session.execute(query)]


def may_resolve(session: Session, actor: Actor, flag: Flag) -> bool:
    return _why_not(session, actor, flag.id) is None


def find_copies(session: Session, actor: Actor, flag: Flag) -> Copies:
    """Confirmed copies on which two readers disagree as well, neither of them this person: one last word can cover them."""
    mates = select(Flag.id).where(Flag.item_id.in_(confirmed_mates(flag.item_id)), Flag.id != flag.id)
    disputed = mates.where(unfinished(), state_is(FlagState.DISPUTED), _in_charge(actor)).order_by(Flag.id).limit(MOST_COPIES)
    return Copies(tuple(one for one in session.scalars(disputed) if _why_not(session, actor, one) is None), 0)


def resolve(session: Session, actor: Actor, flag_id: int, judgement: Judgement, *, covers: bool = False) -> Assessment:
    """Write the last word down, for the confirmed copies too if asked for. The readings before it stay as they are."""
    refusal = _why_not(session, actor, flag_id)
    if refusal:
        raise refusal
    if actor.token and judgement.outcome is Outcome.INDICATION:
        raise InvalidInput("mesin")
    if judgement.act and judgement.act not in list_acts(session):
        raise InvalidInput("perbuatan")
    flag = session.get_one(Flag, flag_id)
    copies = find_copies(session, actor, flag).can if covers else ()
    action = start_action(session, actor, flag, judgement, copies) if copies else None
    finished = _finish(session, actor, [flag_id, *copies])
    if flag_id not in finished:
        raise NotDisputed
    assessment, event = _write(session, actor, flag_id, judgement, action)
    for copy_id in copies if action else ():
        if copy_id in finished:
            _write(session, actor, copy_id, fit_to(session, judgement, flag_id, copy_id), action, parent=event)
    if action:
        action.done, action.skipped = len(finished), len(copies) + 1 - len(finished)
    return assessment


def _finish(session: Session, actor: Actor, flag_ids: Sequence[int]) -> set[int]:
    """Those that are finished by this: what somebody else finished a moment ago is not among them.

    They are locked in one order first: two who end the same story must not wait for each other.
    """
    session.execute(select(Flag.id).where(Flag.id.in_(flag_ids)).order_by(Flag.id).with_for_update(key_share=True))
    disputed = update(Flag).where(Flag.id.in_(flag_ids), state_is(FlagState.DISPUTED), _in_charge(actor))
    finished = disputed.values(state=FlagState.ASSESSED, assessed_at=now()).returning(Flag.id)
    return set(session.scalars(finished, execution_options={"synchronize_session": False}))


def _write(
    session: Session,
    actor: Actor,
    flag_id: int,
    judgement: Judgement,
    action: BulkAction | None,
    *,
    parent: AuditEvent | None = None,
) -> tuple[Assessment, AuditEvent]:
    flag = session.get_one(Flag, flag_id, populate_existing=True)
    item, version = session.get_one(Item, flag.item_id), session.get_one(ItemVersion, flag.item_version_id)
    if judgement.evidence and max(mark.end for mark in judgement.evidence) > len(version.text):
        raise InvalidInput("bukti")
    violation = law_of(session, flag, item, version).violations.get(judgement.act or "")
    assessment = Assessment(
        flag_id=flag_id,
        item_version_id=flag.item_version_id,
        user_id=actor.id,
        violation_type_id=violation.id if violation else None,
        is_second=True,
        is_final=True,
        bulk_id=action.id if action else None,
        **judgement.model_dump(),
    )
    session.add(assessment)
    session.flush()
    event = record_event(
        session,
        "penilaian.tengahi",
        actor=actor.username,
        actor_id=actor.id,
        subject=("flag", flag_id),
        detail={"penilaian": assessment.id, "hasil": judgement.outcome.value},
        parent=parent,
    )
    return assessment, event


def _why_not(session: Session, actor: Actor, flag_id: int) -> Exception | None:
    """Why this person cannot have the last word on a flag."""
    flag = session.scalar(select(Flag).where(Flag.id == flag_id, _in_charge(actor)).execution_options(populate_existing=True))
    if flag is None:
        return NotFound()
    if flag.state is not FlagState.DISPUTED:
        return NotDisputed()
    readers = {row.assessment.user_id for row in standing(repository.list_assessments(session, flag_id))}
    return OwnReading() if actor.id in readers else None


def _in_charge(actor: Actor) -> ColumnElement[bool]:
    return within(Flag.region_code, actor.areas(Permission.MANAGE_QUEUE))


def _read(session: Session, actor: Actor, flag: Flag, item: Item, version: ItemVersion, source: Source) -> Dispute:
    comparison = compare(repository.list_assessments(session, flag.id))
    readers = {row.author.id for row in comparison.readings} if comparison else set[int]()
    return Dispute(flag, item, version, source, comparison, actor.id not in readers)
