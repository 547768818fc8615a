"""Take, release, assess, undo: the rules of the queue. Every change ends with its event in the trail."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Assessment, AuditEvent, Flag, FlagState, Item, ItemVersion, LeaseEnd, Outcome, now, record_event
from service.accounts.actor import Actor
from service.audit.repository import find_assessment_event
from service.errors import (
    AlreadyAssessed,
    AlreadyHeld,
    CannotUndo,
    Forbidden,
    InvalidInput,
    LeaseLost,
    NotFound,
    OwnFirstReading,
    TooManyHeld,
)
from service.review import claims, repository
from service.review.filters import QueueFilter
from service.review.law import LawOfDay, law_of, list_acts
from service.review.schemas import Judgement


def take_next(session: Session, actor: Actor, *, minutes: int, filters: QueueFilter | None = None) -> int | None:
    """Hand out the next flag of the person's area (and of the filter on their screen)."""
    flag_id = claims.claim_next(session, actor, minutes=minutes, filters=filters)
    if flag_id is not None:
        _record_claim(session, actor, flag_id)
    return flag_id


def refuse_full_hands(session: Session, actor: Actor) -> None:
    """Say why nothing comes, instead of "the queue is empty"."""
    if repository.count_held(session, actor) >= claims.MOST_HELD:
        raise TooManyHeld(most=claims.MOST_HELD)


def take(session: Session, actor: Actor, flag_id: int, *, minutes: int) -> None:
    """Hold one named flag. Taking what one already holds extends it."""
    if claims.extend(session, actor, flag_id, minutes=minutes):
        _record(session, actor, "penanda.perpanjang", flag_id)
        return
    if not claims.claim(session, actor, flag_id, minutes=minutes):
        raise _why_not_free(session, actor, flag_id)
    _record_claim(session, actor, flag_id)


def extend(session: Session, actor: Actor, flag_id: int, *, minutes: int) -> datetime:
    until = claims.extend(session, actor, flag_id, minutes=minutes)
    if until is None:
        raise _why_not_held(session, actor, flag_id)
    _record(session, actor, "penanda.perpanjang", flag_id)
    return until


def held_until(session: Session, actor: Actor, flag_id: int) -> datetime:
    """Until when the person holds a flag that they hold."""
    flag = _get(session, actor, flag_id)
    if flag.held_until is None:
        raise LeaseLost
    return flag.held_until


def release(session: Session, actor: Actor, flag_id: int) -> None:
    if not claims.release(session, actor, flag_id):
        raise _why_not_held(session, actor, flag_id)
    claims.end_lease(session, flag_id, LeaseEnd.RELEASED)
    _record(session, actor, "penanda.lepas", flag_id)


def assess(session: Session, actor: Actor, flag_id: int, judgement: Judgement) -> Assessment:
    """Write a judgement down and move the flag on: to a second reader, or out of the queue."""
    flag = _get(session, actor, flag_id)
    if judgement.act and judgement.act not in list_acts(session):
        raise InvalidInput("perbuatan")
    if judgement.evidence and max(mark.end for mark in judgement.evidence) > _length(session, flag):
        raise InvalidInput("bukti")
    if flag.state is FlagState.SECOND and flag.first_assessor_id == actor.id:
        raise OwnFirstReading
    if actor.token and judgement.outcome is Outcome.INDICATION:
        raise InvalidInput("mesin")  # Law of the house: no state that harms someone is reached without a named person.
    is_second = flag.state is FlagState.SECOND
    asks_second = judgement.outcome is Outcome.INDICATION and not is_second
    law = _law(session, flag)
    if not claims.close(session, actor, flag, asks_second=asks_second):
        raise _why_not_held(session, actor, flag_id)
    claims.end_lease(session, flag_id, LeaseEnd.ASSESSED)
    violation = law.violations.get(judgement.act) if judgement.act else None
    assessment = Assessment(
        flag_id=flag_id,
        item_version_id=flag.item_version_id,
        user_id=actor.id,
        violation_type_id=violation.id if violation else None,
        is_second=is_second,
        **judgement.model_dump(),
    )
    session.add(assessment)
    session.flush()
    detail = {
        "penilaian": assessment.id,
        "hasil": judgement.outcome.value,
        "kedua": is_second,
        "bentuk": violation.code if violation else None,
    }
    _record(session, actor, "penanda.nilai", flag_id, detail=detail)
    return assessment


def undo(session: Session, actor: Actor, assessment_id: int, *, minutes: int) -> Assessment:
    """Withdraw one's own newest assessment: a row of its own, and the flag comes back into one's hands."""
    assessment = repository.get_assessment(session, assessment_id)
    if assessment is None:
        raise NotFound
    flag = _get(session, actor, assessment.flag_id)
    if assessment.user_id != actor.id:
        raise Forbidden
    is_newest = repository.newest_assessment_id(session, flag.id) == assessment.id
    if not is_newest or assessment.outcome is Outcome.WITHDRAWN:
        raise CannotUndo
    before = FlagState.SECOND if assessment.is_second else FlagState.OPEN
    if not claims.reopen(session, actor, flag, before, minutes=minutes):
        raise CannotUndo
    expired_of = claims.start_lease(session, flag.id, actor.id)
    withdrawn = Assessment(
        flag_id=flag.id,
        item_version_id=assessment.item_version_id,
        user_id=actor.id,
        outcome=Outcome.WITHDRAWN,
        is_second=assessment.is_second,
        undoes_id=assessment.id,
    )
    session.add(withdrawn)
    session.flush()
    parent = find_assessment_event(session, flag.id, assessment.id)
    detail = {"penilaian": withdrawn.id, "membatalkan": assessment.id, "habis_waktu": expired_of}
    _record(session, actor, "penilaian.batal", flag.id, detail=detail, parent=parent)
    return withdrawn


def may_undo(session: Session, actor: Actor, assessment_id: int) -> Assessment | None:
    """The assessment that an undo button may be shown for."""
    assessment = repository.get_assessment(session, assessment_id)
    if assessment is None or assessment.user_id != actor.id or assessment.outcome is Outcome.WITHDRAWN:
        return None
    return assessment if repository.newest_assessment_id(session, assessment.flag_id) == assessment.id else None


def _get(session: Session, actor: Actor, flag_id: int) -> Flag:
    flag = repository.get_flag(session, actor, flag_id)
    if flag is None:
        raise NotFound
    return flag


def _length(session: Session, flag: Flag) -> int:
    return len(session.get_one(ItemVersion, flag.item_version_id).text)


def _law(session: Session, flag: Flag) -> LawOfDay:
    item = session.get_one(Item, flag.item_id)
    version = session.get_one(ItemVersion, flag.item_version_id)
    return law_of(session, flag, item, version)


def _why_not_free(session: Session, actor: Actor, flag_id: int) -> Exception:
    flag = _get(session, actor, flag_id)
    if flag.state is FlagState.ASSESSED:
        return AlreadyAssessed()
    if flag.state is FlagState.SECOND and flag.first_assessor_id == actor.id:
        return OwnFirstReading()
    if repository.count_held(session, actor) >= claims.MOST_HELD:
        return TooManyHeld(most=claims.MOST_HELD)
    return AlreadyHeld(holder=repository.holder_name(session, flag))


def _why_not_held(session: Session, actor: Actor, flag_id: int) -> Exception:
    flag = _get(session, actor, flag_id)
    if flag.state is FlagState.ASSESSED:
        return AlreadyAssessed()
    if flag.holder_id not in (None, actor.id) and flag.held_until and flag.held_until > now():
        return AlreadyHeld(holder=repository.holder_name(session, flag))
    return LeaseLost()


def _record_claim(session: Session, actor: Actor, flag_id: int) -> None:
    expired_of = claims.start_lease(session, flag_id, actor.id)
    if expired_of is not None:
        detail = {"pemegang": expired_of}
        record_event(session, "penanda.habis_waktu", actor="sistem:service", subject=("flag", flag_id), detail=detail)
    _record(session, actor, "penanda.ambil", flag_id)


def _record(
    session: Session,
    actor: Actor,
    action: str,
    flag_id: int,
    *,
    detail: dict[str, Any] | None = None,
    parent: AuditEvent | None = None,
) -> None:
    detail = (detail or {}) | ({"token": actor.token} if actor.token else {})
    record_event(
        session, action, actor=actor.username, actor_id=actor.id, subject=("flag", flag_id), detail=detail, parent=parent
    )
