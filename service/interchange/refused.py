"""What could not be taken in is asked for again: once we understand more than we did, or when somebody says so.

The trail remembers it. Each refusal is written down with the cursor from before its page, once until all of it is asked for
again; so a house that sends what nobody takes costs one row, and one more walk for each upgrade.
"""

import hashlib
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Origin, record_event
from models.base import canonical_json
from service.interchange.schemas import json_schema

BY = "sistem:pertukaran"
REFUSED, ANEW = "pertukaran.tolak", "pertukaran.ulang"


@cache
def understood() -> str:
    """Changes where an upgrade brought words or fields that were refused before."""
    return hashlib.sha256(canonical_json(json_schema()).encode()).hexdigest()


def note_refused(session: Session, origin: Origin, before: str, count: int) -> None:
    """`before` is the cursor by which the page was asked for."""
    newest = _find_newest(session, origin)
    if newest is None or newest.action == ANEW:
        detail = {"sejak": before, "skema": understood(), "jumlah": count}
        record_event(session, REFUSED, actor=BY, subject=("origin", origin.id), detail=detail)


def go_back(session: Session, origin: Origin, *, anew: bool) -> None:
    """Put the cursor before what was refused by an older schema, or before everything; what is known already changes nothing."""
    newest = _find_newest(session, origin)
    is_due = newest is not None and newest.action == REFUSED and newest.detail.get("skema") != understood()
    if anew or is_due:
        origin.cursor = "" if anew or newest is None else str(newest.detail.get("sejak", ""))
        detail = {"sejak": origin.cursor, "skema": understood()}
        record_event(session, ANEW, actor=BY, subject=("origin", origin.id), detail=detail)


def _find_newest(session: Session, origin: Origin) -> AuditEvent | None:
    query = select(AuditEvent).where(AuditEvent.subject_type == "origin", AuditEvent.subject_id == origin.id)
    query = query.where(AuditEvent.action.in_((REFUSED, ANEW))).order_by(AuditEvent.id.desc())
    return session.scalars(query.limit(1)).first()
