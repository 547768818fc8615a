"""What stands against a deed at this moment: the page offers what nothing stands against, and the deed itself asks again."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Correction, CorrectionAnswer, CorrectionAsk, CorrectionDeed, CorrectionDeedKind, LegalHold
from service.corrections import rereading, restricting
from service.corrections.errors import AnswerEndsIt, CorrectionTakenBack, DeedStands, HeldByLaw, IdentityUnchecked
from service.corrections.targets import MOST_FOUND, Target
from service.errors import InvalidInput, NetraError


@dataclass(frozen=True)
class Refused:
    """What a deed of this kind could concern, but for what stands against it."""

    target: Target
    obstacle: NetraError


@dataclass(frozen=True)
class Offer:
    """One kind of deed on the page of a request."""

    obstacle: NetraError | None
    """Against all deeds of this kind, whatever they concern."""
    targets: list[Target]
    """Of what the request may concern, that to which it can be done."""
    refused: list[Refused]
    only: Target | None
    """The target, where nothing else was found at all: the one that is left of several may be the wrong one."""


def list_offers(session: Session, correction: Correction, found: list[Target]) -> dict[CorrectionDeedKind, Offer]:
    return {kind: _offer(session, correction, kind, found[:MOST_FOUND]) for kind in CorrectionDeedKind}


def list_answers(correction: Correction) -> list[CorrectionAnswer]:
    """What may be answered: nothing is granted to somebody of whom nobody has made sure."""
    return list(CorrectionAnswer) if correction.identity_at is not None else [CorrectionAnswer.REFUSED]


def keeps_restrictions(asked: CorrectionAsk, answer: CorrectionAnswer) -> bool:
    """Whether they outlast the answer: they are what was asked for, and what was granted."""
    return asked is CorrectionAsk.RESTRICT and answer is not CorrectionAnswer.REFUSED


def of_request(correction: Correction, kind: CorrectionDeedKind) -> NetraError | None:
    """A note and another reading need nobody to be sure of who asks, and no more does what lies still: they harm no one."""
    if correction.withdrawn_at is not None:
        return CorrectionTakenBack()
    if kind is CorrectionDeedKind.ERASE and correction.identity_at is None:
        return IdentityUnchecked()
    if kind is CorrectionDeedKind.RESTRICT and correction.answer is not None:
        return None if keeps_restrictions(correction.asked, correction.answer) else AnswerEndsIt()
    return None


def of_target(session: Session, kind: CorrectionDeedKind, target: Target) -> NetraError | None:
    match kind:
        case CorrectionDeedKind.NOTE:
            return None
        case CorrectionDeedKind.RESTRICT:
            return restricting.obstacle_to(session, target)
        case CorrectionDeedKind.ERASE:
            return _to_erasing(session, target)
        case CorrectionDeedKind.REREAD | CorrectionDeedKind.VERSION:
            if target.flag is None:
                return InvalidInput("koreksi_sasaran")
            asks = rereading.obstacle_to if kind is CorrectionDeedKind.REREAD else rereading.obstacle_to_newest
            return asks(session, target.flag)


def of_undoing(session: Session, deed: CorrectionDeed) -> NetraError | None:
    if deed.undone_at is not None or deed.kind is CorrectionDeedKind.ERASE:
        return DeedStands()
    match deed.kind:
        case CorrectionDeedKind.RESTRICT:
            return restricting.obstacle_to_ending(session, deed)
        case CorrectionDeedKind.REREAD | CorrectionDeedKind.VERSION:
            return rereading.obstacle_to_ending(session, deed)
        case _:
            return None


def _offer(session: Session, correction: Correction, kind: CorrectionDeedKind, found: list[Target]) -> Offer:
    obstacle = of_request(correction, kind)
    asked = [] if obstacle else [(target, of_target(session, kind, target)) for target in found]
    targets = [target for target, against in asked if against is None]
    refused = [Refused(target, against) for target, against in asked if against and not isinstance(against, InvalidInput)]
    return Offer(obstacle, targets, refused, targets[0] if targets and len(found) == 1 else None)


def _to_erasing(session: Session, target: Target) -> NetraError | None:
    if target.item is None:
        return InvalidInput("koreksi_sasaran")
    running = select(LegalHold.id).where(LegalHold.item_id == target.item.id, LegalHold.released_at.is_(None))
    return HeldByLaw(item=target.item.id) if session.scalar(running.limit(1)) is not None else None
