"""Questions to the trail."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from models import AuditEvent, Flag, FlagState, Permission
from service.accounts.actor import Actor, within

PAGE_SIZE = 100


@dataclass(frozen=True)
class TrailFilter:
    action: str = ""
    actor: str = ""
    before: int | None = None
    """Only events older than this one."""


def list_events(session: Session, actor: Actor, filters: TrailFilter) -> list[AuditEvent]:
    """Newest first, one page and one event more."""
    query = select(AuditEvent).where(_visible(actor)).order_by(AuditEvent.id.desc()).limit(PAGE_SIZE + 1)
    if filters.action:
        query = query.where(AuditEvent.action == filters.action)
    if filters.actor:
        query = query.where(AuditEvent.actor == filters.actor)
    if filters.before is not None:
        query = query.where(AuditEvent.id < filters.before)
    return list(session.scalars(query))


def list_events_of_flag(session: Session, flag_id: int) -> list[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.subject_type == "flag", AuditEvent.subject_id == flag_id)
    return list(session.scalars(query.order_by(AuditEvent.id)))


def find_assessment_event(session: Session, flag_id: int, assessment_id: int) -> AuditEvent | None:
    """The event that wrote an assessment down."""
    events = list_events_of_flag(session, flag_id)
    return next((e for e in events if e.action == "penanda.nilai" and e.detail.get("penilaian") == assessment_id), None)


def list_awaiting_second(session: Session, flag_ids: set[int], *, first_is_not: int) -> set[int]:
    """Which of these flags wait for a second reader, and not because of this person."""
    query = select(Flag.id).where(Flag.id.in_(flag_ids), Flag.state == FlagState.SECOND, Flag.first_assessor_id != first_is_not)
    return set(session.scalars(query))


def head(session: Session) -> AuditEvent | None:
    return session.scalar(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1))


def _visible(actor: Actor) -> ColumnElement[bool]:
    """A reader of one area sees the flags of that area, and what they did themselves."""
    areas = actor.areas(Permission.READ_AUDIT)
    if areas is None:
        return true()
    own_flag = exists().where(Flag.id == AuditEvent.subject_id, within(Flag.region_code, areas))
    return or_(AuditEvent.actor_id == actor.id, and_(AuditEvent.subject_type == "flag", own_flag.correlate(AuditEvent)))
