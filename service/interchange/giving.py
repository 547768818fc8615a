"""A page of changes for another house."""

from sqlalchemy.orm import Session

from models import Case
from service.accounts.actor import Actor
from service.errors import InvalidInput
from service.interchange import repository, schemas
from service.interchange.documents import describe
from service.interchange.signing import House, hash_of

EVENTS_AT_ONCE = 500
CASES_AT_ONCE = 50


def list_changes(session: Session, actor: Actor, house: House, after: str) -> schemas.ChangeList:
    """What changed after a cursor, the oldest first; a case stands once in a page, at its newest change in it."""
    position = read_cursor(after)
    happened = repository.list_happened(session, position, EVENTS_AT_ONCE)
    versions = dict[int, int]()
    taken = 0
    for one in happened:
        if one.case_id not in versions and len(versions) == CASES_AT_ONCE and one.version > position:
            break
        versions[one.case_id], position, taken = one.version, one.version, taken + 1
    shared = repository.find_shared(session, actor, list(versions))
    ordered = sorted((version, case_id) for case_id, version in versions.items() if case_id in shared)
    changes = [_change(session, house, shared[case_id], version) for version, case_id in ordered]
    has_more = taken < len(happened) or len(happened) >= EVENTS_AT_ONCE
    origin = schemas.Origin(key=house.key, name=house.name)
    return schemas.ChangeList(origin=origin, changes=changes, cursor=str(position), next=str(position) if has_more else None)


def read_cursor(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and int(text) <= schemas.LARGEST_ID):
        raise InvalidInput("kursor")
    return int(text)


def _change(session: Session, house: House, case: Case, version: int) -> schemas.Change:
    is_gone = repository.is_withdrawn(session, case)
    document = None if is_gone else describe(session, case).model_dump(mode="json")
    envelope = {
        "format": schemas.FORMAT,
        "origin": house.key,
        "id": case.id,
        "version": version,
        "is_withdrawn": is_gone,
        "document_sha256": hash_of(document),
    }
    return schemas.Change(**envelope, document=document, signature=house.sign(envelope))
