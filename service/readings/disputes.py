"""Where two readers disagree: a coordinator who is neither of them has the last word."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models import Assessment, Flag, FlagState, Item, ItemVersion, Outcome, Permission, Source, now, record_event
from service.accounts.actor import Actor, within
from service.errors import InvalidInput, NotFound
from service.readings.comparing import Comparison, compare, standing
from service.readings.errors import NotDisputed, OwnReading
from service.review import repository
from service.review.conditions import state_is, unfinished
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


def resolve(session: Session, actor: Actor, flag_id: int, judgement: Judgement) -> Assessment:
    """Write the last word down; the flag is finished. The two readings stay as they are."""
    refusal = _why_not(session, actor, flag_id)
    if refusal:
        raise refusal
    if actor.token and judgement.outcome is Outcome.INDICATION:
        raise InvalidInput("mesin")
    if judgement.act and judgement.act not in list_acts(session):
        raise InvalidInput("perbuatan")
    finished = update(Flag).where(Flag.id == flag_id, state_is(FlagState.DISPUTED), _in_charge(actor))
    finished = finished.values(state=FlagState.ASSESSED, assessed_at=now()).returning(Flag.id)
    if session.scalar(finished.execution_options(synchronize_session=False)) is None:
        raise NotDisputed
    assessment = _write(session, actor, flag_id, judgement)
    record_event(
        session,
        "penilaian.tengahi",
        actor=actor.username,
        actor_id=actor.id,
        subject=("flag", flag_id),
        detail={"penilaian": assessment.id, "hasil": judgement.outcome.value},
    )
    return assessment


def _write(session: Session, actor: Actor, flag_id: int, judgement: Judgement) -> Assessment:
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
        **judgement.model_dump(),
    )
    session.add(assessment)
    session.flush()
    return assessment


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
