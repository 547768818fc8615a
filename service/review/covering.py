"""One decision that covers the confirmed copies of a story, and the undo that takes all of it back.

Every flag of a deed is taken before its first event, which holds the trail until the end: whoever holds a flag
waits for nothing but the trail. Copies that another deed has in its hands at this moment are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from models import (
    OF_ONE_DECISION,
    Assessment,
    BulkAction,
    BulkDeed,
    ClusterMember,
    ClusterState,
    Flag,
    FlagState,
    ItemVersion,
    Outcome,
    now,
)
from service.accounts.actor import Actor
from service.audit.repository import find_assessment_event
from service.readings.lots import Lots
from service.review import claims, service
from service.review.conditions import state_is, unfinished
from service.review.schemas import Judgement

MOST_COPIES = 50
TAKEN_FOR = timedelta(minutes=1)


@dataclass(frozen=True)
class Copies:
    """Flags of confirmed copies that one decision can cover at this moment."""

    can: tuple[int, ...]
    held: int
    """Left out because somebody reads them."""


def find_copies(session: Session, actor: Actor, flag: Flag) -> Copies:
    """Unfinished flags of confirmed cluster mates, in the same state. None where the item's own membership is a guess."""
    at = now()
    members = confirmed_mates(flag.item_id)
    same = (Flag.item_id.in_(members), Flag.id != flag.id, unfinished(), state_is(flag.state))
    free = or_(claims.is_free(at), claims.is_held_by(actor, at))
    query = select(Flag.id, free).where(*same, claims.is_for(actor)).order_by(Flag.id).limit(MOST_COPIES)
    found = session.execute(query).all()
    return Copies(tuple(row[0] for row in found if row[1]), sum(not row[1] for row in found))


def assess(
    session: Session, actor: Actor, flag_id: int, judgement: Judgement, lots: Lots | None, *, covers: bool
) -> tuple[Assessment, int]:
    """Assess a flag and, if asked for, its copies. Returns the assessment and how many copies it covers."""
    action, copies, taken = None, tuple[int, ...](), list[int]()
    if covers:
        _lock(session, flag_id)
        flag = service.get_flag(session, actor, flag_id)
        copies = find_copies(session, actor, flag).can
        action = start_action(session, actor, flag, judgement, copies) if copies else None
        taken = _take(session, actor, copies)
    assessment = service.assess(session, actor, flag_id, judgement, lots=lots, bulk_id=action.id if action else None)
    if action is None:
        return assessment, 0
    parent = find_assessment_event(session, flag_id, assessment.id)
    for copy_id in taken:
        copied = fit_to(session, judgement, flag_id, copy_id)
        service.assess(session, actor, copy_id, copied, bulk_id=action.id, parent=parent)
    action.done, action.skipped = len(taken) + 1, len(copies) - len(taken)
    return assessment, len(taken)


def undo(session: Session, actor: Actor, assessment_id: int, *, minutes: int) -> Assessment:
    """Withdraw an assessment, and with it whatever was covered by the same decision and still stands."""
    assessment, expired_of = service.reopen(session, actor, assessment_id, minutes=minutes)
    action = session.get(BulkAction, assessment.bulk_id) if assessment.bulk_id else None
    covered = list[Assessment]()
    if action is not None and OF_ONE_DECISION in action.values:
        action.undone_at = now()
        standing = _standing_of(session, action.id, besides=assessment_id)
        covered = [other for other in standing if _reopen(session, other)]
    parent = find_assessment_event(session, assessment.flag_id, assessment_id)
    withdrawn = service.withdraw(session, actor, assessment, parent=parent, expired_of=expired_of)
    for other in covered:
        service.withdraw(session, actor, other, parent=parent)
    return withdrawn


def confirmed_mates(item_id: int) -> Select[int]:
    """Items that a person, or the same words, put into one cluster with this one."""
    own = aliased(ClusterMember)
    return (
        select(ClusterMember.item_id)
        .join(own, own.cluster_id == ClusterMember.cluster_id)
        .where(own.item_id == item_id, own.state == ClusterState.CONFIRMED, ClusterMember.state == ClusterState.CONFIRMED)
    )


def start_action(session: Session, actor: Actor, flag: Flag, judgement: Judgement, copies: Sequence[int]) -> BulkAction:
    """The deed that ties a decision and its copies together, by which both are taken back."""
    values = {OF_ONE_DECISION: flag.cluster_id, "penanda": flag.id, "hasil": judgement.outcome.value}
    action = BulkAction(user_id=actor.id, deed=BulkDeed.ASSESS, values=values, reason=judgement.note, done=0, skipped=len(copies))
    session.add(action)
    session.flush()
    return action


def _lock(session: Session, flag_id: int) -> None:
    """The flag that the deed is about comes first: whoever waits for it holds nothing yet."""
    session.execute(select(Flag.id).where(Flag.id == flag_id).with_for_update(key_share=True))


def _unlocked(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """What is wanted and in the hands of no other deed: nobody waits for a copy."""
    free = select(Flag.id).where(*wanted).order_by(Flag.id).with_for_update(skip_locked=True, key_share=True)
    return Flag.id.in_(free.correlate(None))


def _take(session: Session, actor: Actor, flag_ids: Sequence[int]) -> list[int]:
    """Hold the copies for the length of this transaction, as far as nobody has taken one meanwhile."""
    at = now()
    free = or_(claims.is_free(at), claims.is_held_by(actor, at))
    wanted = [Flag.id.in_(flag_ids), unfinished(), free, claims.is_for(actor)]
    taken = update(Flag).where(_unlocked(*wanted))
    taken = taken.values(**(claims.FREED | {"holder_id": actor.id, "held_until": at + TAKEN_FOR})).returning(Flag.id)
    found = sorted(session.scalars(taken, execution_options={"synchronize_session": False}))
    for flag_id in found:
        claims.start_lease(session, flag_id, actor.id)
    return found


def fit_to(session: Session, judgement: Judgement, flag_id: int, copy_id: int) -> Judgement:
    """The judgement as a copy gets it. Marks are places in a text: they mean nothing in another one."""
    query = select(ItemVersion.text_sha256).join(Flag, Flag.item_version_id == ItemVersion.id)
    is_same = len(set(session.scalars(query.where(Flag.id.in_((flag_id, copy_id)))))) == 1
    return judgement if is_same else judgement.model_copy(update={"evidence": []})


def _standing_of(session: Session, action_id: int, *, besides: int) -> list[Assessment]:
    undoing = aliased(Assessment)
    query = select(Assessment).where(
        Assessment.bulk_id == action_id,
        Assessment.id != besides,
        Assessment.outcome != Outcome.WITHDRAWN,
        ~select(undoing.id).where(undoing.undoes_id == Assessment.id).exists(),
    )
    return list(session.scalars(query.order_by(Assessment.id)))


def _reopen(session: Session, assessment: Assessment) -> bool:
    """Put a copy back as it was, in nobody's hands; not where somebody has read or holds it since."""
    before = FlagState.SECOND if assessment.is_second else FlagState.OPEN
    before = FlagState.DISPUTED if assessment.is_final else before
    wanted = [Flag.id == assessment.flag_id, claims.is_free(now()), ~claims.has_newer(), _is_newest(assessment)]
    back = update(Flag).where(_unlocked(*wanted, claims.is_unrestricted()))
    values = {"state": before, "assessed_at": None} | ({} if assessment.is_second else {"first_assessor_id": None})
    return session.scalar(back.values(**values).returning(Flag.id).execution_options(synchronize_session=False)) is not None


def _is_newest(assessment: Assessment) -> ColumnElement[bool]:
    newest = select(func.max(Assessment.id)).where(Assessment.flag_id == Flag.id).correlate(Flag).scalar_subquery()
    return newest == assessment.id


def count_copies(session: Session, assessment: Assessment) -> int:
    """How many copies an assessment covers, itself not counted."""
    if assessment.bulk_id is None:
        return 0
    action = session.get(BulkAction, assessment.bulk_id)
    return action.done - 1 if action and OF_ONE_DECISION in action.values else 0
