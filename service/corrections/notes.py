"""What other rooms show of requests: notes of correction, and what lies still. Imports no other room, so that each may ask."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, exists, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from models import CaseLead, CorrectionDeed, CorrectionDeedKind, Flag
from models.base import BigId

MOST_NOTES = 50


@dataclass(frozen=True)
class CorrectionNote:
    """What the house says now, beside what was published."""

    id: int
    item_id: int | None
    case_id: int | None
    text: str
    noted_at: datetime


def list_of_item(session: Session, item_id: int) -> list[CorrectionNote]:
    return _read(session.scalars(_of_item(), {"item_id": item_id}))


def list_of_cases(session: Session, case_ids: Sequence[int]) -> list[CorrectionNote]:
    """Of the cases themselves, and of the items that lie in them now."""
    leads = select(Flag.item_id).join(CaseLead, CaseLead.flag_id == Flag.id)
    items = leads.where(CaseLead.case_id.in_(case_ids), CaseLead.removed_at.is_(None))
    return _read(session.scalars(_notes(or_(CorrectionDeed.case_id.in_(case_ids), CorrectionDeed.item_id.in_(items)))))


def note_of_item() -> ScalarSelect[str]:
    """The newest note of the item of a flag, for lists."""
    newest = select(CorrectionDeed.note).where(CorrectionDeed.item_id == Flag.item_id, *_is_standing_note())
    return newest.order_by(CorrectionDeed.id.desc()).limit(1).correlate(Flag).scalar_subquery()


def newest_of_cases(session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    """By case, for lists: the newest note of the case itself or of an item that lies in it now."""
    own = select(CorrectionDeed.case_id, CorrectionDeed.id, CorrectionDeed.note).where(CorrectionDeed.case_id.in_(case_ids))
    lying = (
        select(CaseLead.case_id, CorrectionDeed.id, CorrectionDeed.note)
        .join(Flag, Flag.id == CaseLead.flag_id)
        .join(CorrectionDeed, CorrectionDeed.item_id == Flag.item_id)
        .where(CaseLead.case_id.in_(case_ids), CaseLead.removed_at.is_(None))
    )
    notes = union_all(own.where(*_is_standing_note()), lying.where(*_is_standing_note())).subquery()
    return {case_id: note for case_id, _, note in session.execute(select(notes).order_by(notes.c.id))}


def is_any_restricted(session: Session, case_ids: Sequence[int]) -> bool:
    """Whether somebody asked that one of these cases lies still, or one that a lead of theirs left while it did."""
    running = (CorrectionDeed.kind == CorrectionDeedKind.RESTRICT, CorrectionDeed.undone_at.is_(None))
    lead, former = aliased(CaseLead), aliased(CaseLead)
    is_lead = (lead.case_id.in_(case_ids), lead.removed_at.is_(None), former.flag_id == lead.flag_id)
    left = (former.case_id == CorrectionDeed.case_id, former.removed_at >= CorrectionDeed.done_at)
    own = exists().where(CorrectionDeed.case_id.in_(case_ids), *running)
    return bool(session.scalar(select(own | exists().where(*is_lead, *left, *running))))


def find_running(session: Session, kind: CorrectionDeedKind, *, flag_id: int | None, case_id: int | None) -> int | None:
    """The deed of this kind that holds for a flag or a case."""
    column = CorrectionDeed.flag_id == flag_id if flag_id is not None else CorrectionDeed.case_id == case_id
    return session.scalar(
        select(CorrectionDeed.id).where(CorrectionDeed.kind == kind, CorrectionDeed.undone_at.is_(None), column)
    )


@cache
def _of_item() -> Select[CorrectionDeed]:
    return _notes(CorrectionDeed.item_id == bindparam("item_id", None, BigId))


def _notes(about: ColumnElement[bool]) -> Select[CorrectionDeed]:
    return select(CorrectionDeed).where(about, *_is_standing_note()).order_by(CorrectionDeed.id).limit(MOST_NOTES)


def _read(deeds: Iterable[CorrectionDeed]) -> list[CorrectionNote]:
    return [CorrectionNote(deed.id, deed.item_id, deed.case_id, deed.note, deed.done_at) for deed in deeds]


def _is_standing_note() -> tuple[ColumnElement[bool], ...]:
    """One that lost its words with its text says nothing any more."""
    is_note = CorrectionDeed.kind == CorrectionDeedKind.NOTE
    return is_note, CorrectionDeed.undone_at.is_(None), CorrectionDeed.note != ""
