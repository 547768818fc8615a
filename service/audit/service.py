"""The trail as a person may see it, and the check of its chain."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import AuditEvent, record_event
from models.audit import ChainReport
from service.accounts.actor import Actor
from service.audit import repository
from service.audit.repository import TrailFilter


@dataclass(frozen=True)
class TrailRow:
    event: AuditEvent
    is_hidden: bool
    """Who and what: it would tell a second reader whom they follow, and what that person found."""


@dataclass(frozen=True)
class Trail:
    rows: list[TrailRow]
    next_before: int | None


def read_trail(session: Session, actor: Actor, filters: TrailFilter) -> Trail:
    events = repository.list_events(session, actor, filters)
    has_more = len(events) > repository.PAGE_SIZE
    events = events[: repository.PAGE_SIZE]
    rows = hide_first_readings(session, actor, events)
    if filters.actor:  # Whoever is asked for by name is named by every row that comes.
        rows = [row for row in rows if not row.is_hidden]
    return Trail(rows, events[-1].id if has_more else None)


def hide_first_readings(session: Session, actor: Actor, events: list[AuditEvent]) -> list[TrailRow]:
    """Whoever may still become the second reader must not learn the first reading from the trail."""
    if not actor.assesses:
        return [TrailRow(event, is_hidden=False) for event in events]
    flag_ids = {event.subject_id for event in events if event.subject_type == "flag" and event.subject_id}
    awaiting = repository.list_awaiting_second(session, flag_ids, first_is_not=actor.id)
    return [TrailRow(event, _is_of(event, awaiting) and event.actor_id != actor.id) for event in events]


def record_check(session: Session, actor: Actor, report: ChainReport) -> None:
    detail = {"jejak": report.events, "putus": len(report.breaks), "kepala": report.head}
    record_event(session, "jejak.periksa", actor=actor.username, actor_id=actor.id, subject=("audit", None), detail=detail)


def _is_of(event: AuditEvent, flag_ids: set[int]) -> bool:
    return event.subject_type == "flag" and event.subject_id in flag_ids
