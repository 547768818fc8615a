"""What came in, as people read it: in their area, with what it says differently from us; and making a case from it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Origin, Permission, ReceivedCase, ReceivedEntry, ReceivedKind, Region
from service.accounts.actor import Actor, reaches, within
from service.cases import repository as cases
from service.cases.derived import derive
from service.cases.entries import holding
from service.cases.service import agency_key, record
from service.errors import Conflict, NotFound
from service.interchange.schemas import CaseDocument

PAGE_SIZE = 50
SAME_DOCUMENT, SAME_STAGE = "nomor_sama", "tahap_sama"


@dataclass(frozen=True)
class EntryRow:
    entry: ReceivedEntry
    conflict: str | None
    """Key of the catalogue (`pertukaran.beda.…`): one of our own rows says something else."""


@dataclass(frozen=True)
class ReceivedRow:
    case: ReceivedCase
    origin: Origin
    document: CaseDocument | None
    entries: list[EntryRow]


class AlreadyTaken(Conflict):
    """Somebody made a case from it, or it was withdrawn."""

    code = "sudah_dijadikan"


def list_received(session: Session, actor: Actor, *, before: int | None = None) -> list[ReceivedRow]:
    """Newest first, one page and one row more."""
    query = select(ReceivedCase, Origin).join(Origin, Origin.id == ReceivedCase.origin_id)
    query = query.where(within(ReceivedCase.region_code, actor.areas(Permission.READ_CASES)))
    query = query.where(ReceivedCase.id < before) if before is not None else query
    rows = session.execute(query.order_by(ReceivedCase.id.desc()).limit(PAGE_SIZE + 1))
    return [_row(session, row[0], row[1]) for row in rows]


def adopt(session: Session, actor: Actor, received_id: int) -> Case:
    """A case of our own from one of another house: its facts are copied once, and from then on each house keeps its own."""
    area = within(ReceivedCase.region_code, actor.areas(Permission.MANAGE_CASES))
    received = session.scalar(select(ReceivedCase).where(ReceivedCase.id == received_id, area).with_for_update())
    if received is None:
        raise NotFound
    if received.case_id is not None or received.document is None:
        raise AlreadyTaken
    said = CaseDocument.model_validate(received.document)
    region = said.region_code if said.region_code and session.get(Region, said.region_code) else None
    if not reaches(actor.areas(Permission.MANAGE_CASES), region):
        raise NotFound
    case = Case(
        title=said.title[:200],
        region_code=region,
        office=said.subject.office[:200],
        agency=said.subject.agency[:200],
        agency_key=agency_key(said.subject.agency),
        subject_status=said.subject.status,
        act=said.act,
        happened_on=said.happened_on,
        place=said.place[:300],
        discovered_at=said.discovered_at,
        opened_by_id=actor.id,
    )
    session.add(case)
    session.flush()
    received.case_id = case.id
    derive(session, case)
    record(session, actor, "pertukaran.jadikan", case, {"diterima": received.id})
    return case


def _row(session: Session, received: ReceivedCase, origin: Origin) -> ReceivedRow:
    query = select(ReceivedEntry).where(ReceivedEntry.received_case_id == received.id)
    entries = list(session.scalars(query.order_by(ReceivedEntry.on_day, ReceivedEntry.id)))
    document = CaseDocument.model_validate(received.document) if received.document else None
    return ReceivedRow(received, origin, document, _compare(session, received, entries))


def _compare(session: Session, received: ReceivedCase, entries: list[ReceivedEntry]) -> list[EntryRow]:
    """Against our own rows of the same case: the same document with another content, the same stage on another day."""
    if received.case_id is None:
        return [EntryRow(entry, None) for entry in entries]
    statuses = holding(cases.list_statuses(session, received.case_id))
    steps = holding(cases.list_follow_ups(session, received.case_id))
    documents = {row.document_number: (row.status.value, row.on_day) for row in statuses if row.document_number}
    stages = {row.stage.value: row.on_day for row in steps}

    def conflict_of(entry: ReceivedEntry) -> str | None:
        ours = documents.get(entry.document_number)
        if entry.withdrawn_at is not None:
            return None
        if entry.kind is ReceivedKind.STATUS and ours and ours != (entry.value, entry.on_day):
            return SAME_DOCUMENT
        is_other_day = stages.get(entry.value, entry.on_day) != entry.on_day
        return SAME_STAGE if entry.kind is ReceivedKind.FOLLOW_UP and is_other_day else None

    return [EntryRow(entry, conflict_of(entry)) for entry in entries]
