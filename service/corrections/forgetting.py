"""The contact of a sender goes when its time is over, whether or not a timer of retention was set up."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.orm import Session

from models import Correction, record_event

SYSTEM = "sistem:koreksi"
CONTACT_KEPT = timedelta(days=30)
"""After the answer: as form and office are told. A shorter rule `kontak_koreksi` of retention wins, a longer one not."""


def is_contact_over(answered_before: datetime) -> ColumnElement[bool]:
    return and_(Correction.answered_at < answered_before, Correction.contact_sealed.is_not(None))


def forget_contacts(session: Session, answered_before: datetime) -> int:
    """Delete the contacts of requests that were answered before this moment; returns how many."""
    over = update(Correction).where(is_contact_over(answered_before)).values(contact_sealed=None)
    count = len(session.scalars(over.returning(Correction.id)).all())
    if count:
        record_event(session, "koreksi.lupa", actor=SYSTEM, subject=("correction", None), detail={"jumlah": count})
    return count


def forget(session: Session, at: datetime) -> int:
    return forget_contacts(session, at - CONTACT_KEPT)
