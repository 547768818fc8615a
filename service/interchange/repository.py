"""What changed, in the order of the commits.

A sequence hands out numbers before transactions end, so that on PostgreSQL a later number can become visible first, and
a cursor over it would skip what commits behind it. The trail has no such gap: its numbers are drawn under one lock that is
held until the commit (models.record_event), so whoever sees event n sees every event before it. Every change of a case
writes an event in its own transaction; the trail is our list of changes, and its numbers are our cursor (with restores
counted above them, `numbering`). What is to be told anew
to one reader alone (models.ToldCase) stands at the place of the event that said so.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models import Assessment, AuditEvent, CaseLead, ToldCase
from service.interchange.numbering import Numbering, read_numbering

CASE, FLAG, DEED = "case", "flag", "bulk_action"
CLAIMED, UNCLAIMED, UNLINKED = "pertukaran.jawab", "pertukaran.jawab_gugur", "pertukaran.lepas"
"""Another house says that it answers a case, or no longer; a person says that it does not."""
UNCHANGING = ("perkara.buka_nama", "perkara.berkas", CLAIMED, UNCLAIMED)
"""They leave a case as it was."""
READINGS = ("penanda.nilai", "penilaian.batal", "penilaian.tengahi")
READ_AT_ONCE = ("massal.lakukan", "massal.batal")
"""Readings of many flags, written down once, at their deed."""
TWO_CASES = ("perkara.gabung", "perkara.batal_gabung", "perkara.pisah", "perkara.batal_pisah")
"""They change two cases and are written down at one of them."""


@dataclass(frozen=True, order=True)
class Place:
    """A case of an event: where a reader stands in the list of changes."""

    version: int = 0
    case_id: int = 0
    """0 lies before all cases of the event."""

    def __str__(self) -> str:
        return f"{self.version}.{self.case_id}"


@dataclass(frozen=True)
class Happened:
    places: list[Place]
    end: Place
    """Nothing up to here is left out."""
    has_more: bool


def list_happened(session: Session, after: Place, most: int, *, reader_id: int | None = None) -> Happened:
    """What touched cases behind a place, in order."""
    span = _read_span(session, after)  # Of one moment: the lists below are asked one by one.
    lists = [_of_cases(session, span, most), _of_leads(session, span, most), _of_deeds(session, span, most)]
    if reader_id is not None:
        lists.append(_of_reader(session, reader_id, after, span.head, most))
    cut = [found[-1] for found in lists if len(found) >= most]
    end = min(cut, default=Place(max(span.head, after.version - 1) + 1))
    places = sorted({place for found in lists for place in found if after < place <= end and place.case_id})
    return Happened(places[:most], places[most - 1] if len(places) > most else end, bool(cut) or len(places) > most)


def read_head(session: Session) -> int:
    """The version of the newest event."""
    return _read_span(session, Place()).head


@dataclass(frozen=True)
class Span:
    """The events behind a place, up to now."""

    numbering: Numbering
    first_id: int
    last_id: int

    @property
    def head(self) -> int:
        return self.numbering.version_of(self.last_id)

    def place(self, event_id: int, case_id: int) -> Place:
        return Place(self.numbering.version_of(event_id), case_id)

    def holds(self) -> ColumnElement[bool]:
        return AuditEvent.id.between(self.first_id, self.last_id)


def _read_span(session: Session, after: Place) -> Span:
    numbering, last_id = read_numbering(session), session.scalar(select(func.max(AuditEvent.id))) or 0
    return Span(numbering, numbering.first_event(after.version), last_id)


def _of_cases(session: Session, span: Span, most: int) -> list[Place]:
    """Events that change nothing are places without a case, so that one sees how far the list reaches."""
    query = select(AuditEvent).where(AuditEvent.subject_type == CASE, span.holds())
    events = session.scalars(query.order_by(AuditEvent.id).limit(most))
    return sorted(span.place(event.id, case_id) for event in events for case_id in _cases_of(event))


def _of_leads(session: Session, span: Span, most: int) -> list[Place]:
    """Readings of flags that lie in a case."""
    query = (
        select(AuditEvent.id, CaseLead.case_id)
        .join(CaseLead, CaseLead.flag_id == AuditEvent.subject_id)
        .where(AuditEvent.subject_type == FLAG, span.holds(), AuditEvent.action.in_(READINGS))
        .where(CaseLead.removed_at.is_(None))
    )
    return [span.place(*row) for row in session.execute(query.order_by(AuditEvent.id).limit(most))]


def _of_deeds(session: Session, span: Span, most: int) -> list[Place]:
    """Deeds on many flags, for each case in which one of their readings lies; handing over and releasing read nothing."""
    query = (
        select(AuditEvent.id, CaseLead.case_id)
        .join(Assessment, Assessment.bulk_id == AuditEvent.subject_id)
        .join(CaseLead, CaseLead.flag_id == Assessment.flag_id)
        .where(AuditEvent.subject_type == DEED, span.holds(), AuditEvent.action.in_(READ_AT_ONCE))
        .where(CaseLead.removed_at.is_(None))
        .distinct()
    )
    rows = session.execute(query.order_by(AuditEvent.id, CaseLead.case_id).limit(most))
    return [span.place(*row) for row in rows]


def _of_reader(session: Session, reader_id: int, after: Place, head: int, most: int) -> list[Place]:
    rest = and_(ToldCase.version == after.version, ToldCase.case_id > after.case_id)
    behind = or_(ToldCase.version > after.version, rest) & (ToldCase.version <= head)
    query = select(ToldCase.version, ToldCase.case_id).where(ToldCase.reader_id == reader_id, behind)
    return [Place(*row) for row in session.execute(query.order_by(ToldCase.version, ToldCase.case_id).limit(most))]


def _cases_of(event: AuditEvent) -> Iterable[int]:
    if event.action in UNCHANGING:
        return [0]
    other = event.detail.get("perkara") if event.action in TWO_CASES else None
    return {event.subject_id or 0, other if isinstance(other, int) else event.subject_id or 0}
