"""Which cases other houses are told of. docs/interchange.md says the same in words.

A case leaves the house only when it has left it already by a person's hand: it was referred (two readers and a coordinator),
or an institution recommended, followed up, sanctioned or closed it, as somebody entered; or it answers another house's case.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from models import Case, CaseReferral, CaseStage, Origin, Permission, ReceivedCase, Stage
from service.accounts.actor import Actor, within
from service.cases import repository as cases
from service.cases.entries import standing_for
from service.cases.rights import may_open_names

DONE_BY_INSTITUTIONS = (Stage.RECOMMENDED, Stage.FOLLOWED_UP, Stage.SANCTIONED)


def find_shared(session: Session, actor: Actor, case_ids: Sequence[int]) -> dict[int, Case]:
    """Those of these that the reader is to know as they are now."""
    area = within(Case.region_code, actor.areas(Permission.READ_INTERCHANGE))
    query = select(Case).where(Case.id.in_(case_ids), Case.merged_into_id.is_(None), area)
    found = {case.id: case for case in session.scalars(query)}
    parts = find_parts(session, list(found))
    due = _list_due(session, [case_id for ids in parts.values() for case_id in ids])
    return {case_id: case for case_id, case in found.items() if due & set(parts[case_id])}


def find_parts(session: Session, case_ids: Sequence[int]) -> dict[int, list[int]]:
    """Each case with all that were taken into it, and into those."""
    parts = {case_id: [case_id] for case_id in case_ids}
    whole_of, level = {case_id: case_id for case_id in case_ids}, list(case_ids)
    while level:
        taken = session.execute(select(Case.id, Case.merged_into_id).where(Case.merged_into_id.in_(level)))
        new = [(row[0], row[1]) for row in taken if row[0] not in whole_of]
        level = [case_id for case_id, _ in new]
        for case_id, into in new:
            whole_of[case_id] = whole_of[into or case_id]
            parts[whole_of[case_id]].append(case_id)
    return parts


def opens_name(actor: Actor, case: Case, parts: Sequence[Case]) -> bool:
    """A token that may open names gets them: its owner has that right there and where whoever a part names is, and its
    scopes leave it. A person says why first.
    """
    return bool(actor.token) and may_open_names(actor, case, parts)


def find_answered(session: Session, case_ids: Sequence[int]) -> list[tuple[ReceivedCase, Origin]]:
    """The cases of other houses that ours were made from, or that a person said are the same."""
    query = select(ReceivedCase, Origin).join(Origin, Origin.id == ReceivedCase.origin_id)
    query = query.where(ReceivedCase.case_id.in_(case_ids), ReceivedCase.is_ours.is_(False))
    return [(row[0], row[1]) for row in session.execute(query.order_by(ReceivedCase.id))]


def _list_due(session: Session, case_ids: Sequence[int]) -> set[int]:
    by_deed = or_(_answers(), _was_acted_on(), _was_closed())
    due = set(session.scalars(select(Case.id).where(Case.id.in_(case_ids), by_deed)))
    referred = select(CaseReferral.case_id).where(CaseReferral.case_id.in_(case_ids)).distinct()
    return due | {case_id for case_id in session.scalars(referred) if case_id not in due and _is_referred(session, case_id)}


def _is_referred(session: Session, case_id: int) -> bool:
    """Whether one referral stands that nobody took back, as corrected or not."""
    statuses = cases.list_statuses(session, case_id)
    return any(standing_for(statuses, row.status.id) for row in cases.list_referrals(session, case_id))


def _answers() -> ColumnElement[bool]:
    return exists().where(ReceivedCase.case_id == Case.id, ReceivedCase.is_ours.is_(False)).correlate(Case)


def _was_acted_on() -> ColumnElement[bool]:
    return exists().where(CaseStage.case_id == Case.id, CaseStage.stage.in_(DONE_BY_INSTITUTIONS)).correlate(Case)


def _was_closed() -> ColumnElement[bool]:
    """By an institution that had it: what never reached one ends in the house and stays there."""
    is_reported = exists().where(CaseStage.case_id == Case.id, CaseStage.stage == Stage.REPORTED).correlate(Case)
    return Case.ended_on.is_not(None) & is_reported
