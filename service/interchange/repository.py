"""What changed, in the order of the commits.

A sequence hands out numbers before transactions end, so that on PostgreSQL a later number can become visible first, and
a cursor over it would skip what commits behind it. The trail has no such gap: its numbers are drawn under one lock that is
held until the commit (models.record_event), so whoever sees event n sees every event before it. Every change of a case
writes an event in its own transaction; the trail is our list of changes, and its ids are our cursor.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from models import AuditEvent, Case, CaseLead, CaseReferral, CaseStatus, Origin, Permission, ReceivedCase
from service.accounts.actor import Actor, within

CASE, FLAG = "case", "flag"
UNCHANGING = ("perkara.buka_nama", "perkara.berkas")
"""Looks at a case; they leave it as it was."""
READINGS = ("penanda.nilai", "penilaian.batal")
MERGES = ("perkara.gabung", "perkara.batal_gabung")


@dataclass(frozen=True)
class Happened:
    version: int
    case_id: int


def list_happened(session: Session, after: int, most: int) -> list[Happened]:
    """What touched cases after an event, in order; several entries of one event stand together."""
    of_cases = select(AuditEvent).where(
        AuditEvent.subject_type == CASE, AuditEvent.id > after, AuditEvent.action.not_in(UNCHANGING)
    )
    events = list(session.scalars(of_cases.order_by(AuditEvent.id).limit(most)))
    last = events[-1].id if len(events) == most else None
    found = [Happened(event.id, case_id) for event in events for case_id in _cases_of(event)]
    found += [Happened(*row) for row in session.execute(_of_leads(after, last, most))]
    ordered = sorted(found, key=lambda one: (one.version, one.case_id))
    return _whole(ordered, most)


def find_shared(session: Session, actor: Actor, case_ids: Sequence[int]) -> dict[int, Case]:
    """Those that were ever referred, or that answer a case of another house, in the reader's area."""
    shared = exists().where(CaseReferral.case_id == Case.id).correlate(Case) | _answers()
    area = within(Case.region_code, actor.areas(Permission.READ_INTERCHANGE))
    return {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(case_ids), shared, area))}


def is_withdrawn(session: Session, case: Case) -> bool:
    """Taken into another case, or every referral taken back."""
    if case.merged_into_id is not None:
        return True
    corrected = select(CaseStatus.corrects_id).where(CaseStatus.case_id == case.id, CaseStatus.corrects_id.is_not(None))
    standing = select(CaseReferral.id).where(CaseReferral.case_id == case.id, CaseReferral.status_id.not_in(corrected))
    return session.scalar(standing.limit(1)) is None and find_answered(session, case.id) is None


def find_answered(session: Session, case_id: int) -> tuple[ReceivedCase, Origin] | None:
    """The case of another house that one of ours was made from."""
    query = select(ReceivedCase, Origin).join(Origin, Origin.id == ReceivedCase.origin_id)
    row = session.execute(query.where(ReceivedCase.case_id == case_id, ReceivedCase.is_ours.is_(False)).limit(1)).first()
    return (row[0], row[1]) if row else None


def _answers() -> ColumnElement[bool]:
    return exists().where(ReceivedCase.case_id == Case.id, ReceivedCase.is_ours.is_(False)).correlate(Case)


def _of_leads(after: int, last: int | None, most: int) -> Select[int, int]:
    """Readings of flags that lie in a case."""
    query = (
        select(AuditEvent.id, CaseLead.case_id)
        .join(CaseLead, CaseLead.flag_id == AuditEvent.subject_id)
        .where(AuditEvent.subject_type == FLAG, AuditEvent.id > after, AuditEvent.action.in_(READINGS))
        .where(CaseLead.removed_at.is_(None))
    )
    query = query.where(AuditEvent.id <= last) if last is not None else query
    return query.order_by(AuditEvent.id).limit(most)


def _cases_of(event: AuditEvent) -> list[int]:
    """A merge changes two cases and is written down at one of them."""
    own = [event.subject_id] if event.subject_id else []
    other = event.detail.get("perkara") if event.action in MERGES else None
    return [*own, *([other] if isinstance(other, int) else [])]


def _whole(ordered: list[Happened], most: int) -> list[Happened]:
    """As many as asked for, without cutting an event in two."""
    if len(ordered) <= most:
        return ordered
    end = ordered[most - 1].version
    return [one for one in ordered if one.version <= end]
