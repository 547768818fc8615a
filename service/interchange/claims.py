"""Which case of ours another house says that it answers: by the number that both carry, and never over what a person says."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Origin, ReceivedCase, ToldCase, record_event
from service.interchange import schemas
from service.interchange.refused import BY
from service.interchange.repository import CLAIMED, UNCLAIMED, UNLINKED


def follow_claim(
    session: Session, origin: Origin, row: ReceivedCase, document: schemas.CaseDocument | None, own_key: str
) -> None:
    """Stand at the case that the document names, or at none any more. A tombstone stays where the case stood."""
    if document is None or (row.case_id is not None and not row.is_ours):
        return
    before, found = row.case_id, _find_claimed(session, row, document, own_key)
    if found == before:
        return
    row.case_id, row.is_ours = found, found is not None
    session.flush()
    for action, case_id in ((UNCLAIMED, before), (CLAIMED, found)):
        if case_id is not None:
            detail = {"diterima": row.id, "asal": origin.name}
            record_event(session, action, actor=BY, subject=("case", case_id), detail=detail)


def _find_claimed(session: Session, row: ReceivedCase, document: schemas.CaseDocument, own_key: str) -> int | None:
    """Of the cases that left this house: nobody can answer one that nobody was told of."""
    named = [about.id for about in document.about if about.origin == own_key]
    told = set(session.scalars(select(ToldCase.case_id).where(ToldCase.case_id.in_(named)).distinct()))
    return next((case_id for case_id in named if case_id in told and not _was_unlinked(session, row, case_id)), None)


def _was_unlinked(session: Session, row: ReceivedCase, case_id: int) -> bool:
    """Whether a person has said that it is another case."""
    query = select(AuditEvent).where(AuditEvent.subject_type == "case", AuditEvent.subject_id == case_id)
    events = session.scalars(query.where(AuditEvent.action == UNLINKED))
    return any(event.detail.get("diterima") == row.id for event in events)
