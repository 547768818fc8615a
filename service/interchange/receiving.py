"""Taking in what another house says: each change once, only what it signed, never over a row of our own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Origin, ReceivedCase, ReceivedEntry, ReceivedKind, now, record_event
from models.base import canonical_json
from service.cases.service import agency_key
from service.errors import NetraError
from service.interchange import schemas
from service.interchange.claims import follow_claim
from service.interchange.desk import is_erased, masker_of_subject
from service.interchange.refused import BY, note_refused
from service.interchange.signing import envelope_of, is_genuine

NUL = "\\u0000"
"""As JSON writes it."""


class OtherHouse(NetraError):
    """Another key answers at an address that we know, or our own does."""

    status = 409
    code = "asal_lain"


@dataclass
class Received:
    """What a pull did."""

    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list[str])

    def add(self, other: "Received") -> None:
        self.new += other.new
        self.changed += other.changed
        self.withdrawn += other.withdrawn
        self.known += other.known
        self.refused += other.refused


def get_origin(session: Session, said: schemas.Origin, url: str, *, own_key: str, expected_key: str = "") -> Origin:
    """The house behind an address. Its key is fixed by the operator, or else by its first answer, and then never changes."""
    known = session.scalar(select(Origin).where(Origin.url == url))
    fixed = known.key if known else expected_key or said.key
    if said.key != fixed or said.key == own_key:
        raise OtherHouse(url=url)
    found = known or session.scalar(select(Origin).where(Origin.key == said.key))
    if found is not None:
        found.url = url
        return found
    origin = Origin(key=said.key, name=said.name, url=url)
    session.add(origin)
    session.flush()
    detail = {"alamat": url, "kunci": said.key, "nama": said.name}
    record_event(session, "pertukaran.asal", actor=BY, subject=("origin", origin.id), detail=detail)
    return origin


def take_page(session: Session, origin: Origin, changes: Iterable[Any], cursor: str, *, own_key: str) -> Received:
    """All of a page and the cursor behind it, in the caller's transaction. A repeat changes nothing."""
    done = Received()
    for raw in changes:
        try:
            said = _read(raw, origin)
        except RefusedChange as error:
            done.refused.append(f"{_id_of(raw)}: {error}"[:200])
        else:
            _take(session, origin, said, done, own_key)
    if done.refused:
        note_refused(session, origin, origin.cursor, len(done.refused))
    origin.cursor, origin.pulled_at = cursor, now()
    return done


@dataclass(frozen=True)
class Said:
    """One change that its house signed."""

    change: schemas.Change
    document: schemas.CaseDocument | None
    envelope: dict[str, Any]


class RefusedChange(Exception):
    """One change that cannot be taken in; the others can."""


def _read(raw: Any, origin: Origin) -> Said:
    try:
        change = schemas.Change.model_validate(raw)
        document = schemas.CaseDocument.model_validate(change.document) if change.document is not None else None
    except ValidationError as error:
        raise RefusedChange(f"{error.errors()[0]['loc']}: {error.errors()[0]['msg']}") from error
    envelope = envelope_of(raw)
    if not is_genuine(envelope, change.document, change.signature, origin.key):
        raise RefusedChange(f"not signed by {origin.name}")
    if change.is_withdrawn is (document is not None):
        raise RefusedChange("a tombstone with a document, or a case without one")
    if NUL in canonical_json([envelope, change.document]):
        raise RefusedChange("holds a NUL, which no database keeps")
    return Said(change, document, envelope)


def _take(session: Session, origin: Origin, said: Said, done: Received, own_key: str) -> None:
    change, document = said.change, said.document
    query = select(ReceivedCase).where(ReceivedCase.origin_id == origin.id, ReceivedCase.remote_id == change.id)
    held = session.scalar(query)
    if held is not None and _is_known(held, change.version):
        done.known += 1
        return
    told = (change.document_sha256, change.reason, change.merged_into)
    is_same = held is not None and (held.sha256, held.withdrawal, held.merged_into_id) == told
    row = held or ReceivedCase(origin_id=origin.id, remote_id=change.id)
    row.version, row.sha256, row.signature = change.version, change.document_sha256, change.signature
    row.envelope = said.envelope
    if is_same:
        done.known += 1
        return
    mask = masker_of_subject(row.document)  # Of what it said until now.
    _fill(row, change, document)
    session.add(row)
    session.flush()
    follow_claim(session, origin, row, document, own_key)
    _take_entries(session, row, document, mask)
    done.withdrawn += change.is_withdrawn
    done.new += held is None and not change.is_withdrawn
    done.changed += held is not None and not change.is_withdrawn
    detail = {"asal": origin.name, "perkara_asal": change.id, "versi": change.version, "ditarik": change.is_withdrawn}
    detail |= {"sebab": change.reason, "digabung_ke": change.merged_into, "sha256": change.document_sha256}
    record_event(session, "pertukaran.terima", actor=BY, subject=("received_case", row.id), detail=detail)


def _is_known(held: ReceivedCase, version: int) -> bool:
    """Rows from before there were envelopes take theirs from the same version again; what had its time takes none."""
    lacks_envelope = held.envelope is None and not is_erased(held)
    return held.version > version or (held.version == version and not lacks_envelope)


def _fill(row: ReceivedCase, change: schemas.Change, document: schemas.CaseDocument | None) -> None:
    """Region and agency stay known of what was withdrawn, so that the people of the area see that it was."""
    row.document, row.changed_at = change.document, now()
    row.withdrawn_at = now() if change.is_withdrawn else None
    row.withdrawal, row.merged_into_id = change.reason, change.merged_into
    if document is not None:
        row.region_code, row.agency_key = document.region_code, agency_key(document.subject.agency)


def _take_entries(session: Session, row: ReceivedCase, document: schemas.CaseDocument | None, mask: Callable[[str], str]) -> None:
    """What is new is added; what is no longer said is marked, not deleted; what is said again counts again.

    The name may go with the document that told it, so what stays without it is masked for good.
    """
    held = {(entry.kind, entry.remote_id): entry for entry in _list_entries(session, row.id)}
    said = dict(_entries_of(document)) if document else {}
    for key, values in said.items():
        entry = held.get(key) or ReceivedEntry(received_case_id=row.id, kind=key[0], remote_id=key[1])
        for name, value in (values | {"withdrawn_at": None}).items():
            setattr(entry, name, value)
        session.add(entry)
    for key in held.keys() - said.keys():
        held[key].withdrawn_at = held[key].withdrawn_at or now()
        held[key].document_number = mask(held[key].document_number)[:120]
    session.flush()


def _entries_of(document: schemas.CaseDocument) -> Iterable[tuple[tuple[ReceivedKind, int], dict[str, Any]]]:
    groups = (
        (ReceivedKind.STATUS, "status", document.statuses),
        (ReceivedKind.FOLLOW_UP, "stage", document.follow_ups),
        (ReceivedKind.REFERRAL, "agency", document.referrals),
    )
    for kind, field_name, rows in groups:
        for row in rows:
            value = str(getattr(row, field_name))[:40]
            yield (kind, row.id), {"value": value, "on_day": row.on_day, "document_number": row.document_number}


def _list_entries(session: Session, received_id: int) -> list[ReceivedEntry]:
    return list(session.scalars(select(ReceivedEntry).where(ReceivedEntry.received_case_id == received_id)))


def _id_of(raw: Any) -> str:
    return str(raw.get("id"))[:20] if isinstance(raw, dict) else "?"
