"""A page of changes for another house."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import Case, InterchangeReader, ToldCase, Withdrawal, record_event
from models.base import canonical_json
from service.accounts.actor import Actor
from service.cases.parts import list_cases_of, list_part_ids
from service.errors import Conflict, InvalidInput
from service.interchange import repository, schemas, sharing, telling
from service.interchange.documents import describe
from service.interchange.repository import Happened, Place
from service.interchange.signing import House, hash_of

EVENTS_AT_ONCE = 500
CASES_AT_ONCE = 50
BYTES_AT_ONCE = 8 * 1024 * 1024
"""A page that holds so much ends with the case that reached it."""


class CursorAhead(Conflict):
    """A cursor from a trail that went further than ours does: the database was put back without `netra restore`."""

    code = "kursor_di_depan"


@dataclass(frozen=True)
class Page:
    """What one page is made with."""

    session: Session
    actor: Actor
    house: House
    reader: InterchangeReader


def list_changes(session: Session, actor: Actor, house: House, after: str) -> schemas.ChangeList:
    """What changed after a cursor, the oldest first; a case stands once in a page, at its newest change in it."""
    start = read_cursor(after)
    if start.version > repository.read_head(session) + 1:
        raise CursorAhead
    page = Page(session, actor, house, telling.meet_reader(session, actor, start))
    happened = repository.list_happened(session, start, EVENTS_AT_ONCE, reader_id=page.reader.id)
    changes, end, has_more = _fill(page, _as_many(happened))
    if changes:
        _note(page, changes, end)
    origin = schemas.Origin(key=house.key, name=house.name)
    return schemas.ChangeList(origin=origin, changes=changes, cursor=str(end), next=str(end) if has_more else None)


def read_cursor(text: str) -> Place:
    version, _, case_id = text.partition(".")
    parts = [version or "0", case_id or "0"]
    if not all(part.isascii() and part.isdigit() and len(part) <= 19 and int(part) <= schemas.LARGEST_ID for part in parts):
        raise InvalidInput("kursor")
    return Place(*map(int, parts))


def _as_many(happened: Happened) -> Happened:
    """No more cases than a page takes."""
    seen, taken = set[int](), list[Place]()
    for place in happened.places:
        if place.case_id not in seen and len(seen) == CASES_AT_ONCE:
            return Happened(taken, taken[-1], has_more=True)
        seen.add(place.case_id)
        taken.append(place)
    return Happened(taken, happened.end, happened.has_more)


def _fill(page: Page, happened: Happened) -> tuple[list[schemas.Change], Place, bool]:
    firsts = {place.case_id: place for place in reversed(happened.places)}
    newest = {place.case_id: place for place in happened.places}
    told = telling.list_told(page.session, page.reader, list(newest))
    shared = sharing.find_shared(page.session, page.actor, list(newest))
    changes, size = list[schemas.Change](), 0
    for place in sorted(newest.values()):
        known = told.get(place.case_id)
        change = _tell(page, shared.get(place.case_id), known, firsts[place.case_id], place)
        if change is None:
            continue
        changes.append(change)
        telling.remember(page.session, page.reader, known, place, is_gone=change.is_withdrawn)
        size += len(canonical_json(change.document))
        if size >= BYTES_AT_ONCE and place != max(newest.values()):
            return changes, place, True
    return changes, happened.end, happened.has_more


def _tell(page: Page, case: Case | None, told: ToldCase | None, first: Place, place: Place) -> schemas.Change | None:
    """The case; its tombstone for whoever was told of it and is to forget it; nothing for whoever never was."""
    if case is not None:
        parts = list_cases_of(page.session, list_part_ids(page.session, case.id))
        shows_name = sharing.opens_name(page.actor, case, parts)
        document = describe(page.session, case, shows_name=shows_name).model_dump(mode="json")
        return _sign(page.house, place, document)
    if told is None or (told.is_gone and first.version > told.version):
        return None
    reason, into = _why_gone(page, page.session.get_one(Case, place.case_id))
    return _sign(page.house, place, None, reason, into)


def _why_gone(page: Page, case: Case) -> tuple[Withdrawal, int | None]:
    """What it was taken into is named only to whoever may know that case."""
    kept = case
    while kept.merged_into_id is not None:
        kept = page.session.get_one(Case, kept.merged_into_id)
    if kept is not case and sharing.find_shared(page.session, page.actor, [kept.id]):
        return Withdrawal.MERGED, kept.id
    is_in_reach = telling.is_in_area(page.session, page.actor, case)
    return (Withdrawal.TAKEN_BACK if is_in_reach else Withdrawal.OUT_OF_REACH), None


def _sign(
    house: House, place: Place, document: dict[str, object] | None, reason: Withdrawal | None = None, into: int | None = None
) -> schemas.Change:
    envelope: dict[str, object] = {
        "format": schemas.FORMAT,
        "origin": house.key,
        "id": place.case_id,
        "version": place.version,
        "is_withdrawn": document is None,
        "reason": reason.value if reason else None,
        "merged_into": into,
        "document_sha256": hash_of(document),
    }
    return schemas.Change.model_validate(envelope | {"document": document, "signature": house.sign(envelope)})


def _note(page: Page, changes: list[schemas.Change], end: Place) -> None:
    """What left the house, for whom, and whether with names."""
    named = any((change.document or {}).get("subject", {}).get("name") for change in changes)
    detail = {"token": page.actor.token, "perkara": [change.id for change in changes], "sampai": str(end), "nama": named}
    who = {"actor": page.actor.username, "actor_id": page.actor.id}
    record_event(page.session, "pertukaran.beri", subject=("user", page.actor.id), detail=detail, **who)
