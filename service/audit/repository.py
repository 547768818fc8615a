"""Questions to the trail."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import Session

from models import AuditEvent, Case, Flag, FlagState, Permission
from models.base import BigId
from service.accounts.actor import Actor, within

PAGE_SIZE = 100


@dataclass(frozen=True)
class TrailFilter:
    action: str = ""
    actor: str = ""
    before: int | None = None
    """Only events older than this one."""


def list_events(session: Session, actor: Actor, filters: TrailFilter, *, most: int = PAGE_SIZE + 1) -> list[AuditEvent]:
    """Newest first, one page and one event more."""
    query = select(AuditEvent).where(*_conditions(actor, filters)).order_by(AuditEvent.id.desc())
    return list(session.scalars(query.limit(most)))


def count_events(session: Session, actor: Actor, filters: TrailFilter, *, most: int) -> int:
    """How many, counted to `most`."""
    some = select(AuditEvent.id).where(*_conditions(actor, filters)).limit(most)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _conditions(actor: Actor, filters: TrailFilter) -> list[ColumnElement[bool]]:
    conditions = [_visible(actor)]
    if filters.action:
        conditions.append(AuditEvent.action == filters.action)
    if filters.actor:
        conditions.append(AuditEvent.actor == filters.actor)
    if filters.before is not None:
        conditions.append(AuditEvent.id < filters.before)
    return conditions


def list_events_of_flag(session: Session, flag_id: int) -> list[AuditEvent]:
    return list(session.scalars(_of_flag(), {"flag_id": flag_id}))


@cache
def _of_flag() -> Select[AuditEvent]:
    own = (AuditEvent.subject_type == "flag", AuditEvent.subject_id == bindparam("flag_id", None, BigId))
    return select(AuditEvent).where(*own).order_by(AuditEvent.id)


def find_assessment_event(session: Session, flag_id: int, assessment_id: int) -> AuditEvent | None:
    """The event that wrote an assessment down."""
    events = list_events_of_flag(session, flag_id)
    return next(
        (e for e in events if e.action in {"penanda.nilai", "penilaian.tengahi"} and e.detail.get("penilaian") == assessment_id),
        None,
    )


def find_bulk_event(session: Session, action_id: int) -> AuditEvent | None:
    """The event that wrote a deed on many flags down."""
    query = select(AuditEvent).where(AuditEvent.subject_type == "bulk_action", AuditEvent.subject_id == action_id)
    return session.scalars(query.order_by(AuditEvent.id).limit(1)).first()


def list_awaiting_second(session: Session, flag_ids: set[int], *, first_is_not: int) -> set[int]:
    """Which of these flags wait for a second reader, and not because of this person."""
    if not flag_ids:
        return set()
    query = select(Flag.id).where(
        Flag.id.in_(flag_ids), Flag.state.in_((FlagState.SECOND, FlagState.RESTRICTED)), Flag.first_assessor_id != first_is_not
    )
    return set(session.scalars(query))


def head(session: Session) -> AuditEvent | None:
    return session.scalar(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1))


def _visible(actor: Actor) -> ColumnElement[bool]:
    """A reader of one area sees the flags and cases of that area, and what they did themselves."""
    areas = actor.areas(Permission.READ_AUDIT)
    if areas is None:
        return true()
    own_flag = exists().where(Flag.id == AuditEvent.subject_id, within(Flag.region_code, areas))
    own_case = exists().where(Case.id == AuditEvent.subject_id, within(Case.region_code, areas))
    return or_(
        AuditEvent.actor_id == actor.id,
        and_(AuditEvent.subject_type == "flag", own_flag.correlate(AuditEvent)),
        and_(AuditEvent.subject_type == "case", own_case.correlate(AuditEvent)),
    )
