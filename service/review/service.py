"""Take, release, assess, undo: the rules of the queue. Every change ends with its event in the trail."""

from datetime import datetime
from math import floor
from typing import Any

from sqlalchemy.orm import Session

from models import Assessment, AuditEvent, Flag, FlagState, Item, ItemVersion, LeaseEnd, Outcome, now, record_event
from service.accounts.actor import Actor
from service.errors import (
    AlreadyAssessed,
    AlreadyHeld,
    CannotUndo,
    Forbidden,
    InvalidInput,
    LeaseLost,
    NotFound,
    OwnFirstReading,
    Restricted,
    TooManyHeld,
)
from service.readings import second
from service.readings.comparing import disagrees
from service.readings.lots import Lots
from service.review import claims, repository
from service.review.filters import QueueFilter
from service.review.law import LawOfDay, law_of, list_acts
from service.review.schemas import Judgement

ROUNDING = 1e-9


def take_next(session: Session, actor: Actor, *, minutes: int, filters: QueueFilter | None = None) -> int | None:
    """Hand out what was handed to this person, or else the next flag of their area (and of the filter on their screen).

    A fixed share of a person's turns gives the flag that waits longest instead of the first one, so that nothing starves.
    """
    turn = claims.next_turn(session, actor)
    handed = claims.open_handed(session, actor, minutes=minutes) if turn.has_handed else None
    if handed is not None:
        record(session, actor, "penanda.terima", handed)
        return handed
    oldest = is_oldest_turn(turn.number, turn.oldest_share)
    has_expired = turn.has_expired
    flag_id = claims.claim_next(session, actor, minutes=minutes, filters=filters, oldest=oldest, has_expired=has_expired)
    if flag_id is not None:
        _record_claim(session, actor, flag_id, turn=turn.number)
    return flag_id


def is_oldest_turn(turn: int, share: float) -> bool:
    """Whether the share falls due with this turn.

    >>> [turn for turn in range(1, 16) if is_oldest_turn(turn, 0.2)]
    [5, 10, 15]
    """
    return floor(turn * share + ROUNDING) > floor((turn - 1) * share + ROUNDING)


def refuse_full_hands(session: Session, actor: Actor) -> None:
    """Say why nothing comes, instead of "the queue is empty". What was handed over comes always: it is theirs already."""
    if repository.count_held(session, actor) >= claims.MOST_HELD and not repository.list_handed(session, actor):
        raise TooManyHeld(most=claims.MOST_HELD)


def take(session: Session, actor: Actor, flag_id: int, *, minutes: int) -> None:
    """Hold one named flag. Taking what one already holds extends it."""
    if claims.extend(session, actor, flag_id, minutes=minutes):
        record(session, actor, "penanda.perpanjang", flag_id)
        return
    if not claims.claim(session, actor, flag_id, minutes=minutes):
        raise _why_not_free(session, actor, flag_id)
    _record_claim(session, actor, flag_id)


def extend(session: Session, actor: Actor, flag_id: int, *, minutes: int) -> datetime:
    until = claims.extend(session, actor, flag_id, minutes=minutes)
    if until is None:
        raise why_not_held(session, actor, flag_id)
    record(session, actor, "penanda.perpanjang", flag_id)
    return until


def held_until(session: Session, actor: Actor, flag_id: int) -> datetime:
    """Until when the person holds a flag that they hold."""
    until = claims.held_until(session, actor, flag_id)
    if until is None:
        raise LeaseLost
    return until


def release(session: Session, actor: Actor, flag_id: int) -> None:
    if not claims.release(session, actor, flag_id):
        raise why_not_held(session, actor, flag_id)
    claims.end_lease(session, flag_id, LeaseEnd.RELEASED)
    record(session, actor, "penanda.lepas", flag_id)


def assess(
    session: Session,
    actor: Actor,
    flag_id: int,
    judgement: Judgement,
    *,
    lots: Lots | None = None,
    bulk_id: int | None = None,
    parent: AuditEvent | None = None,
) -> Assessment:
    """Write a judgement down and move the flag on: to a second reader, to a third where two disagree, or out of the queue."""
    flag = get_flag(session, actor, flag_id)
    if judgement.act and judgement.act not in list_acts(session):
        raise InvalidInput("perbuatan")
    if judgement.evidence and max(mark.end for mark in judgement.evidence) > _length(session, flag):
        raise InvalidInput("bukti")
    if flag.state is FlagState.SECOND and flag.first_assessor_id == actor.id:
        raise OwnFirstReading
    if actor.token and judgement.outcome is Outcome.INDICATION:
        raise InvalidInput("mesin")  # Law of the house: no state that harms someone is reached without a named person.
    is_second = flag.state is FlagState.SECOND
    is_drawn = not is_second and judgement.outcome is not Outcome.INDICATION and second.is_drawn(session, actor, lots, flag)
    state = _state_after(session, flag, judgement, is_drawn=is_drawn)
    law = _law(session, flag)
    if not claims.close(session, actor, flag, state):
        raise why_not_held(session, actor, flag_id)
    claims.end_lease(session, flag_id, LeaseEnd.ASSESSED)
    violation = law.violations.get(judgement.act) if judgement.act else None
    assessment = Assessment(
        flag_id=flag_id,
        item_version_id=flag.item_version_id,
        user_id=actor.id,
        violation_type_id=violation.id if violation else None,
        is_second=is_second,
        bulk_id=bulk_id,
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
    detail |= {"undian": True} if is_drawn else {}
    detail |= {"beda_pendapat": True} if state is FlagState.DISPUTED else {}
    record(session, actor, "penanda.nilai", flag_id, detail=detail, parent=parent)
    return assessment


def reopen(session: Session, actor: Actor, assessment_id: int, *, minutes: int) -> tuple[Assessment, int | None]:
    """Take the flag of one's own newest assessment back into one's hands, for `withdraw`. With it, whose lease had run out."""
    assessment = repository.get_assessment(session, assessment_id)
    if assessment is None:
        raise NotFound
    flag = get_flag(session, actor, assessment.flag_id)
    if assessment.user_id != actor.id:
        raise Forbidden
    is_newest = repository.newest_assessment_id(session, flag.id) == assessment.id
    if not is_newest or assessment.outcome is Outcome.WITHDRAWN:
        raise CannotUndo
    before = FlagState.SECOND if assessment.is_second else FlagState.OPEN
    before = FlagState.DISPUTED if assessment.is_final else before
    if not claims.reopen(session, actor, flag, before, minutes=minutes):
        raise CannotUndo
    # What two people disagree on is in nobody's hands.
    expired_of = claims.start_lease(session, flag.id, actor.id) if before is not FlagState.DISPUTED else None
    return assessment, expired_of


def withdraw(
    session: Session, actor: Actor, assessment: Assessment, *, parent: AuditEvent | None, expired_of: int | None = None
) -> Assessment:
    """The row and the event that take an assessment back; its flag was moved before."""
    withdrawn = Assessment(
        flag_id=assessment.flag_id,
        item_version_id=assessment.item_version_id,
        user_id=actor.id,
        outcome=Outcome.WITHDRAWN,
        is_second=assessment.is_second,
        is_final=assessment.is_final,
        undoes_id=assessment.id,
        bulk_id=assessment.bulk_id,
    )
    session.add(withdrawn)
    session.flush()
    detail = {"penilaian": withdrawn.id, "membatalkan": assessment.id, "habis_waktu": expired_of}
    record(session, actor, "penilaian.batal", assessment.flag_id, detail=detail, parent=parent)
    return withdrawn


def may_undo(session: Session, actor: Actor, assessment_id: int) -> Assessment | None:
    """The assessment that an undo button may be shown for."""
    assessment = repository.get_assessment(session, assessment_id)
    if assessment is None or assessment.user_id != actor.id or assessment.outcome is Outcome.WITHDRAWN:
        return None
    return assessment if repository.newest_assessment_id(session, assessment.flag_id) == assessment.id else None


def get_flag(session: Session, actor: Actor, flag_id: int) -> Flag:
    """A flag that the person may work on."""
    flag = repository.get_flag(session, actor, flag_id)
    if flag is None:
        raise NotFound
    return flag


def _state_after(session: Session, flag: Flag, judgement: Judgement, *, is_drawn: bool) -> FlagState:
    """Where a judgement moves its flag."""
    if flag.state is not FlagState.SECOND:
        return FlagState.SECOND if is_drawn or judgement.outcome is Outcome.INDICATION else FlagState.ASSESSED
    first = second.find_first(session, flag.id)
    is_disputed = first is not None and disagrees(first, judgement)
    return FlagState.DISPUTED if is_disputed else FlagState.ASSESSED


def _length(session: Session, flag: Flag) -> int:
    return len(session.get_one(ItemVersion, flag.item_version_id).text)


def _law(session: Session, flag: Flag) -> LawOfDay:
    item = session.get_one(Item, flag.item_id)
    version = session.get_one(ItemVersion, flag.item_version_id)
    return law_of(session, flag, item, version)


def _why_not_free(session: Session, actor: Actor, flag_id: int) -> Exception:
    flag = get_flag(session, actor, flag_id)
    if flag.state is FlagState.RESTRICTED:
        return Restricted()
    if flag.state in {FlagState.ASSESSED, FlagState.DISPUTED}:
        return AlreadyAssessed()
    if flag.state is FlagState.SECOND and flag.first_assessor_id == actor.id:
        return OwnFirstReading()
    if repository.count_held(session, actor) >= claims.MOST_HELD:
        return TooManyHeld(most=claims.MOST_HELD)
    return AlreadyHeld(holder=repository.holder_name(session, flag))


def why_not_held(session: Session, actor: Actor, flag_id: int) -> Exception:
    """What came between a person and the flag that they held."""
    flag = get_flag(session, actor, flag_id)
    if flag.state is FlagState.RESTRICTED:
        return Restricted()
    if flag.state in {FlagState.ASSESSED, FlagState.DISPUTED}:
        return AlreadyAssessed()
    if flag.holder_id not in (None, actor.id) and flag.held_until and flag.held_until > now():
        return AlreadyHeld(holder=repository.holder_name(session, flag))
    return LeaseLost()


def _record_claim(session: Session, actor: Actor, flag_id: int, *, turn: int | None = None) -> None:
    expired_of = claims.start_lease(session, flag_id, actor.id, turn=turn)
    if expired_of is not None:
        detail = {"pemegang": expired_of}
        record_event(session, "penanda.habis_waktu", actor="sistem:service", subject=("flag", flag_id), detail=detail)
    detail = {"giliran": turn} if turn else None
    record(session, actor, "penanda.ambil", flag_id, detail=detail)


def record(
    session: Session,
    actor: Actor,
    action: str,
    flag_id: int,
    *,
    detail: dict[str, Any] | None = None,
    parent: AuditEvent | None = None,
) -> None:
    """The event of a deed on one flag; a machine's token is named in it."""
    detail = (detail or {}) | ({"token": actor.token} if actor.token else {})
    record_event(
        session, action, actor=actor.username, actor_id=actor.id, subject=("flag", flag_id), detail=detail, parent=parent
    )
