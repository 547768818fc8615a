"""What each reader was told, so that it can be told when a case is gone for it, whatever the reason."""

import hashlib
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Case, InterchangeReader, Permission, ToldCase, record_event
from models.base import canonical_json
from service.accounts.actor import Actor, within
from service.interchange.numbering import Numbering, read_numbering
from service.interchange.repository import Place
from service.interchange.sharing import find_shared

BATCH = 500


def reach_of(actor: Actor, restores: tuple[int, ...] = ()) -> str:
    """Changes when the reader's area does, an agency of it is renamed, its right to names comes or goes, or we were restored."""
    areas = [actor.areas(permission) for permission in (Permission.READ_INTERCHANGE, Permission.OPEN_NAMES)]
    said: list[Any] = [None if area is None else sorted(map(repr, area)) for area in areas]
    said += restores[-1:]
    return hashlib.sha256(canonical_json(said).encode()).hexdigest()


def meet_reader(session: Session, actor: Actor, after: Place) -> InterchangeReader:
    """The reader behind a token. Where its reach changed, or its cursor is not from us to it, everything is told anew."""
    named = select(InterchangeReader).where(InterchangeReader.user_id == actor.id, InterchangeReader.name == actor.token)
    numbering = read_numbering(session)
    reach = reach_of(actor, numbering.restores)
    new = InterchangeReader(user_id=actor.id, name=actor.token, reach_sha256=reach)
    is_new = session.scalar(named) is None and _is_added(session, new)
    reader = new if is_new else session.scalars(named.with_for_update()).one()
    if (is_new and after > Place()) or reader.reach_sha256 != reach:
        reader.reach_sha256 = reach
        _tell_anew(session, actor, reader, numbering)
    return reader


def _is_added(session: Session, reader: InterchangeReader) -> bool:
    """False where another pull with the same token was first."""
    try:
        with session.begin_nested():
            session.add(reader)
    except IntegrityError:
        return False
    return True


def list_told(session: Session, reader: InterchangeReader, case_ids: list[int]) -> dict[int, ToldCase]:
    query = select(ToldCase).where(ToldCase.reader_id == reader.id, ToldCase.case_id.in_(case_ids))
    return {told.case_id: told for told in session.scalars(query.with_for_update())}


def remember(session: Session, reader: InterchangeReader, told: ToldCase | None, place: Place, *, is_gone: bool) -> None:
    """A tombstone keeps the place at which it was told first: behind it, the reader is told no more of that case."""
    row = told or ToldCase(reader_id=reader.id, case_id=place.case_id, version=place.version)
    if not (is_gone and row.is_gone):
        row.version = max(row.version, place.version)
    row.is_gone = is_gone
    session.add(row)


def _tell_anew(session: Session, actor: Actor, reader: InterchangeReader, numbering: Numbering) -> None:
    """What it was told and what it may know now stand at a new place of the trail, behind every cursor."""
    detail = {"token": reader.name, "jangkauan": reader.reach_sha256}
    subject = ("user", actor.id)
    event = record_event(session, "pertukaran.jangkauan", actor=actor.username, actor_id=actor.id, subject=subject, detail=detail)
    version = numbering.version_of(event.id)
    own = select(InterchangeReader.id).where(InterchangeReader.user_id == actor.id)
    known = set(session.scalars(select(ToldCase.case_id).where(ToldCase.reader_id.in_(own), ToldCase.is_gone.is_(False))))
    session.execute(update(ToldCase).where(ToldCase.reader_id == reader.id).values(version=version))
    held = set(session.scalars(select(ToldCase.case_id).where(ToldCase.reader_id == reader.id)))
    for case_id in sorted((known | _list_visible(session, actor)) - held):
        is_unknown = case_id not in known
        session.add(ToldCase(reader_id=reader.id, case_id=case_id, version=version, is_gone=is_unknown))
    session.flush()


def _list_visible(session: Session, actor: Actor) -> set[int]:
    area = within(Case.region_code, actor.areas(Permission.READ_INTERCHANGE))
    found, last = set[int](), 0
    while True:
        query = select(Case.id).where(area, Case.merged_into_id.is_(None), Case.id > last).order_by(Case.id).limit(BATCH)
        ids = list(session.scalars(query))
        if not ids:
            return found
        found, last = found | find_shared(session, actor, ids).keys(), ids[-1]


def is_in_area(session: Session, actor: Actor, case: Case) -> bool:
    area = within(Case.region_code, actor.areas(Permission.READ_INTERCHANGE))
    return session.scalar(select(Case.id).where(Case.id == case.id, area)) is not None
