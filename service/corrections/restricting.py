"""A flag or a case that lies still because its person asked for that (UU 27/2022 Ps 11 and 41)."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Case, CorrectionDeed, CorrectionDeedKind, Flag, FlagState, LeaseEnd
from service.corrections.errors import AlreadyDone, DeedStands, NotInQueue
from service.corrections.notes import find_running
from service.corrections.targets import Target
from service.errors import CaseMerged, Conflict, InvalidInput, NetraError
from service.review import claims
from service.review.conditions import state_is


def begin(session: Session, target: Target) -> dict[str, Any]:
    """Take a flag out of the queue, out of the hands of whoever holds it; a case is only marked. Returns what stood there."""
    if target.case is not None:
        _lock(session, target.case)
    if obstacle := obstacle_to(session, target):
        raise obstacle
    if target.flag is None:
        return {}
    before = target.flag.state
    taken = update(Flag).where(Flag.id == target.flag.id, state_is(before)).values(**claims.FREED, state=FlagState.RESTRICTED)
    if session.scalar(taken.returning(Flag.id).execution_options(synchronize_session=False)) is None:
        raise Conflict
    session.refresh(target.flag)
    claims.end_lease(session, target.flag.id, LeaseEnd.RELEASED)
    return {"keadaan": before.value}


def obstacle_to(session: Session, target: Target) -> NetraError | None:
    """What was taken into another case is restricted there, and what is finished is in no queue."""
    flag_id, case_id = target.flag and target.flag.id, target.case and target.case.id
    if flag_id is None and case_id is None:
        return InvalidInput("koreksi_sasaran")
    if target.case is not None and target.case.merged_into_id:
        return CaseMerged(id=target.case.merged_into_id)
    if find_running(session, CorrectionDeedKind.RESTRICT, flag_id=flag_id, case_id=case_id):
        return AlreadyDone()
    return NotInQueue() if target.flag is not None and target.flag.state is FlagState.ASSESSED else None


def obstacle_to_ending(session: Session, deed: CorrectionDeed) -> NetraError | None:
    state = session.scalar(select(Flag.state).where(Flag.id == deed.flag_id)) if deed.flag_id is not None else None
    return DeedStands() if state not in {None, FlagState.RESTRICTED} else None


def _lock(session: Session, case: Case) -> None:
    """Whoever refers, merges or splits a case holds it."""
    session.scalars(select(Case).where(Case.id == case.id).with_for_update(), execution_options={"populate_existing": True}).one()


def end(session: Session, deed: CorrectionDeed) -> None:
    """Put a flag back as it stood, in nobody's hands."""
    if deed.flag_id is None:
        return
    back = update(Flag).where(Flag.id == deed.flag_id, state_is(FlagState.RESTRICTED))
    back = back.values(state=FlagState(deed.before["keadaan"])).returning(Flag.id)
    if session.scalar(back.execution_options(synchronize_session=False)) is None:
        raise DeedStands
    session.expire_all()
