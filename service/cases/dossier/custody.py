"""Who fetched, looked at, checked, stamped and handed on each stored copy, as the trail knows it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, TimeStamp
from service.cases.dossier import facts
from service.cases.dossier.roles import SYSTEM, Roles
from service.cases.repository import LeadRow

MOST_EVENTS = 500


def custody_of(session: Session, leads: list[LeadRow], roles: Roles) -> list[facts.CustodyEvent]:
    """By copy and time. A copy that several leads share is told with the first of them."""
    numbers = dict[int, int]()
    events = list[facts.CustodyEvent]()
    for number, row in enumerate(leads, 1):
        if row.snapshot and row.snapshot.id not in numbers:
            numbers[row.snapshot.id] = number
            events.append(_event(number, row.snapshot.fetched_at, "diambil", [SYSTEM]))
    stamps = select(TimeStamp).where(TimeStamp.snapshot_id.in_(numbers)).order_by(TimeStamp.id).limit(MOST_EVENTS)
    for stamp in session.scalars(stamps):
        found = _event(numbers[stamp.snapshot_id], stamp.stamped_at, "stempel", [SYSTEM])
        events.append(found.model_copy(update={"authority": stamp.authority}))
    trail = select(AuditEvent).where(AuditEvent.subject_type == "snapshot", AuditEvent.subject_id.in_(numbers))
    trail = trail.where(AuditEvent.action != "bukti.stempel")  # The stamp itself says more.
    for event in session.scalars(trail.order_by(AuditEvent.id).limit(MOST_EVENTS)):
        found = _event(numbers[event.subject_id or 0], event.at, event.action, roles.of(event.actor_id))
        events.append(found.model_copy(update={"is_whole": event.detail.get("utuh")}))
    return sorted(events, key=lambda event: (event.evidence_number, event.at))


def _event(number: int, at: object, action: str, roles: list[str]) -> facts.CustodyEvent:
    values = {"evidence_number": number, "at": at, "action": action, "roles": roles, "is_whole": None, "authority": None}
    return facts.CustodyEvent.model_validate(values)
