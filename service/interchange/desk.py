"""What came in, as people read it: in their area, with what it says differently from us; and making a case from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Case, CaseStatus, Origin, Permission, ReceivedCase, ReceivedEntry, Region
from service.accounts.actor import Actor, reaches, within
from service.cases.derived import derive
from service.cases.privacy import masker_for
from service.cases.service import agency_key, get_for_change, record
from service.errors import Conflict, NotFound
from service.interchange.comparing import EntryRow, compare
from service.interchange.repository import UNLINKED
from service.interchange.schemas import CaseDocument
from service.interchange.sharing import find_parts
from service.interchange.signing import is_genuine

PAGE_SIZE = 50
MOST_SUGGESTED = 5
WRITTEN = frozenset({"title", "office", "agency", "place", "excerpt", "note", "document_number"})
"""Fields of a document in which people may have written a name."""


@dataclass(frozen=True)
class ReceivedRow:
    case: ReceivedCase
    origin: Origin
    document: CaseDocument | None
    entries: list[EntryRow]
    is_whole: bool
    """What lies here is what the other house signed, byte for byte."""
    suggested: list[int]
    """Cases of ours with a document number that stands in it too: perhaps the same case, and a person decides."""


class AlreadyTaken(Conflict):
    """Somebody made a case from it, or it was withdrawn."""

    code = "sudah_dijadikan"


def list_received(session: Session, actor: Actor, *, before: int | None = None) -> list[ReceivedRow]:
    """Newest first, one page and one row more."""
    query = _rows().where(within(ReceivedCase.region_code, actor.areas(Permission.READ_CASES)))
    query = query.where(ReceivedCase.id < before) if before is not None else query
    rows = session.execute(query.order_by(ReceivedCase.id.desc()).limit(PAGE_SIZE + 1))
    return [_row(session, actor, row[0], row[1]) for row in rows]


def list_of_case(session: Session, actor: Actor, case_id: int) -> list[ReceivedRow]:
    """What other houses say of one of our cases: of those that it took in too, and there of what theirs were taken into."""
    found = dict[int, ReceivedRow]()
    query = _rows().where(ReceivedCase.case_id.in_(find_parts(session, [case_id])[case_id])).limit(PAGE_SIZE)
    waiting = [(row[0], row[1]) for row in session.execute(query.order_by(ReceivedCase.id))]
    while waiting:
        received, origin = waiting.pop(0)
        if received.id in found:
            continue
        found[received.id] = _row(session, actor, received, origin, case_id=case_id)
        into = _rows().where(ReceivedCase.origin_id == origin.id, ReceivedCase.remote_id == received.merged_into_id)
        waiting += [(row[0], row[1]) for row in session.execute(into)] if received.merged_into_id else []
    return list(found.values())


def adopt(session: Session, actor: Actor, received_id: int) -> Case:
    """A case of our own from one of another house: its facts are copied once, and from then on each house keeps its own."""
    received = _get_to_take(session, actor, received_id)
    said = CaseDocument.model_validate(received.document)
    region = said.region_code if said.region_code and session.get(Region, said.region_code) else None
    if not reaches(actor.areas(Permission.MANAGE_CASES), region, agency_key=agency_key(said.subject.agency)):
        raise NotFound
    case = Case(**_facts_of(said), region_code=region, opened_by_id=actor.id)
    session.add(case)
    session.flush()
    received.case_id = case.id
    derive(session, case)
    record(session, actor, "pertukaran.jadikan", case, {"diterima": received.id})
    return case


def link(session: Session, actor: Actor, received_id: int, case_id: int) -> Case:
    """A person says that a case of another house is one that we have already. Nothing is copied."""
    received = _get_to_take(session, actor, received_id)
    case = get_for_change(session, actor, case_id)
    received.case_id = case.id
    record(session, actor, "pertukaran.kaitkan", case, {"diterima": received.id})
    return case


def unlink(session: Session, actor: Actor, received_id: int) -> Case:
    """Say that it is another case, whoever said that it is the same; both stay as they are, and a claim does not come back."""
    received = session.scalar(_in_reach(actor, received_id))
    if received is None or received.case_id is None:
        raise NotFound
    case = get_for_change(session, actor, received.case_id, merged=True)
    received.case_id, received.is_ours = None, False
    record(session, actor, UNLINKED, case, {"diterima": received.id})
    return case


def is_whole(received: ReceivedCase, origin: Origin) -> bool:
    """Whether row, document and signature still fit each other. What changed at rest, or never was signed, does not.

    Of what was withdrawn and has had its time nothing is left that could be false.
    """
    if is_erased(received):
        return True
    envelope = received.envelope or {}
    said = {"id": received.remote_id, "version": received.version, "document_sha256": received.sha256}
    said |= {"reason": received.withdrawal, "merged_into": received.merged_into_id}
    fits = all(envelope.get(name) == value for name, value in said.items())
    return fits and is_genuine(envelope, received.document, received.signature, origin.key)


def is_erased(received: ReceivedCase) -> bool:
    """A tombstone of which retention left its number."""
    is_empty = received.envelope is None and received.document is None and not received.signature
    return received.withdrawn_at is not None and is_empty


def masker_of_subject(document: dict[str, Any] | None) -> Callable[[str], str]:
    """Hides the name that came with a case of another house, if one did."""
    subject = (document or {}).get("subject", {})
    return masker_for(subject.get("name") or "", subject.get("number") or "")


def _rows() -> Select[ReceivedCase, Origin]:
    return select(ReceivedCase, Origin).join(Origin, Origin.id == ReceivedCase.origin_id)


def _in_reach(actor: Actor, received_id: int) -> Select[ReceivedCase]:
    area = within(ReceivedCase.region_code, actor.areas(Permission.MANAGE_CASES))
    return select(ReceivedCase).where(ReceivedCase.id == received_id, area).with_for_update()


def _get_to_take(session: Session, actor: Actor, received_id: int) -> ReceivedCase:
    received = session.scalar(_in_reach(actor, received_id))
    if received is None:
        raise NotFound
    if received.case_id is not None or received.document is None:
        raise AlreadyTaken
    return received


def _facts_of(said: CaseDocument) -> dict[str, Any]:
    subject = said.subject
    return {
        "title": said.title[:200],
        "office": subject.office[:200],
        "agency": subject.agency[:200],
        "agency_key": agency_key(subject.agency),
        "subject_name": subject.name or "",
        "subject_number": subject.number or "",
        "subject_status": subject.status,
        "act": said.act,
        "happened_on": said.happened_on,
        "place": said.place[:300],
        "discovered_at": said.discovered_at,
    }


def _row(session: Session, actor: Actor, received: ReceivedCase, origin: Origin, *, case_id: int | None = None) -> ReceivedRow:
    query = select(ReceivedEntry).where(ReceivedEntry.received_case_id == received.id)
    entries = list(session.scalars(query.order_by(ReceivedEntry.on_day, ReceivedEntry.id)))
    mask = masker_of_subject(received.document)
    document = _masked(CaseDocument.model_validate(received.document), mask) if received.document else None
    ours = case_id or received.case_id
    rows = compare(session, ours, entries, mask)
    suggested = _suggest(session, actor, entries) if ours is None and document is not None else []
    return ReceivedRow(received, origin, document, rows, is_whole(received, origin), suggested)


def _masked(document: CaseDocument, mask: Callable[[str], str]) -> CaseDocument:
    """What came with a name is shown as our own cases are: the name is opened at the case that is made from it."""
    bare = document.model_copy(update={"subject": document.subject.model_copy(update={"name": None, "number": None})})
    return CaseDocument.model_validate(_mask_all(bare.model_dump(mode="json"), mask))


def _mask_all(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_mask_all(one, mask) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: mask(one) if key in WRITTEN and isinstance(one, str) else _mask_all(one, mask) for key, one in value.items()}


def _suggest(session: Session, actor: Actor, entries: list[ReceivedEntry]) -> list[int]:
    numbers = {entry.document_number for entry in entries if entry.document_number and entry.withdrawn_at is None}
    query = select(Case.id).join(CaseStatus, CaseStatus.case_id == Case.id).where(CaseStatus.document_number.in_(numbers))
    query = query.where(Case.merged_into_id.is_(None), within(Case.region_code, actor.areas(Permission.MANAGE_CASES)))
    return list(session.scalars(query.distinct().order_by(Case.id).limit(MOST_SUGGESTED))) if numbers else []
