"""What the trail knows of a case's names and dossiers: who opened, who made, and what changed from one to the next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent

MOST_EVENTS = 50
OPENED, DOSSIER, REFERRED = "perkara.buka_nama", "perkara.berkas", "perkara.teruskan"


@dataclass(frozen=True)
class Handed:
    """One look at a name, or one dossier."""

    at: datetime
    who: str
    detail: dict[str, Any]


def list_openings(session: Session, case_id: int) -> list[Handed]:
    """Names that were opened, or left in a dossier; the newest first."""
    events = _list_events(session, case_id, OPENED, DOSSIER)
    return [_say(event) for event in events if event.action == OPENED or event.detail.get("nama")]


def list_dossiers(session: Session, case_id: int) -> list[Handed]:
    return [_say(event) for event in _list_events(session, case_id, DOSSIER)]


def last_content(session: Session, case_id: int) -> Handed | None:
    """The newest dossier, a referral's among them, of which the trail keeps what each part was."""
    events = _list_events(session, case_id, DOSSIER, REFERRED)
    return next((_say(event) for event in events if isinstance(event.detail.get("bagian"), dict)), None)


def _list_events(session: Session, case_id: int, *actions: str) -> list[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.subject_type == "case", AuditEvent.subject_id == case_id)
    return list(session.scalars(query.where(AuditEvent.action.in_(actions)).order_by(AuditEvent.id.desc()).limit(MOST_EVENTS)))


def _say(event: AuditEvent) -> Handed:
    return Handed(event.at, event.actor, event.detail)
