"""A flag or a case that lies still because its person asked for that (UU 27/2022 Ps 11 and 41)."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Case, CorrectionDeed, CorrectionDeedKind, Flag, FlagState, LeaseEnd
from service.corrections.errors import AlreadyDone, DeedStands, NotInQueue
from service.corrections.notes import find_running
from service.corrections.targets import Target
from service.errors import CaseMerged, Conflict, InvalidInput
from service.review import claims
from service.review.conditions import state_is


def begin(session: Session, target: Target) -> dict[str, Any]:
    """Take a flag out of the queue, out of the hands of whoever holds it; a case is only marked. Returns what stood there."""
    flag_id, case_id = target.flag and target.flag.id, target.case and target.case.id
    if flag_id is None and case_id is None:
        raise InvalidInput("koreksi_sasaran")
    if target.case is not None:
        _lock(session, target.case)
    if find_running(session, CorrectionDeedKind.RESTRICT, flag_id=flag_id, case_id=case_id):
        raise AlreadyDone
    if target.flag is None:
        return {}
    if target.flag.state is FlagState.ASSESSED:
        raise NotInQueue
    before = target.flag.state
    taken = update(Flag).where(Flag.id == flag_id, state_is(before)).values(**claims.FREED, state=FlagState.RESTRICTED)
    if session.scalar(taken.returning(Flag.id).execution_options(synchronize_session=False)) is None:
        raise Conflict
    session.refresh(target.flag)
    claims.end_lease(session, target.flag.id, LeaseEnd.RELEASED)
    return {"keadaan": before.value}


def _lock(session: Session, case: Case) -> None:
    """Whoever refers, merges or splits a case holds it. What was taken into another one is restricted there."""
    session.scalars(select(Case).where(Case.id == case.id).with_for_update(), execution_options={"populate_existing": True}).one()
    if case.merged_into_id:
        raise CaseMerged(id=case.merged_into_id)


def end(session: Session, deed: CorrectionDeed) -> None:
    """Put a flag back as it stood, in nobody's hands."""
    if deed.flag_id is None:
        return
    back = update(Flag).where(Flag.id == deed.flag_id, state_is(FlagState.RESTRICTED))
    back = back.values(state=FlagState(deed.before["keadaan"])).returning(Flag.id)
    if session.scalar(back.execution_options(synchronize_session=False)) is None:
        raise DeedStands
    session.expire_all()
