"""Questions about requests: by code for their sender, by area for those who answer."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from models import Correction, CorrectionDeed, Permission, Region, User
from service.accounts.actor import Actor, within

PAGE_SIZE = 50
MOST_DEEDS = 200


class CorrectionShelf(StrEnum):
    OPEN = "terbuka"
    ANSWERED = "dijawab"
    ALL = "semua"


@dataclass(frozen=True)
class CorrectionRow:
    correction: Correction
    region: Region | None


@dataclass(frozen=True)
class DeedRow:
    deed: CorrectionDeed
    author: User


def get_by_code(session: Session, code_sha256: str) -> Correction | None:
    return session.scalar(select(Correction).where(Correction.code_sha256 == code_sha256))


def has_form(session: Session, form_sha256: str) -> bool:
    return session.scalar(select(Correction.id).where(Correction.form_sha256 == form_sha256)) is not None


def list_corrections(session: Session, actor: Actor, shelf: CorrectionShelf, after: int | None) -> list[CorrectionRow]:
    """Of the person's area: what waits by its clock, which is by number, the rest the newest first; one more than a page."""
    is_open = shelf is CorrectionShelf.OPEN
    query = select(Correction, Region).outerjoin(Region, Region.code == Correction.region_code)
    query = query.where(is_theirs(actor), _on_shelf(shelf))
    if after is not None:
        query = query.where(Correction.id > after if is_open else Correction.id < after)
    ordered = query.order_by(Correction.id if is_open else Correction.id.desc())
    return [CorrectionRow(*row) for row in session.execute(ordered.limit(PAGE_SIZE + 1))]


def get_row(session: Session, actor: Actor, correction_id: int) -> CorrectionRow | None:
    query = select(Correction, Region).outerjoin(Region, Region.code == Correction.region_code)
    row = session.execute(query.where(Correction.id == correction_id, is_theirs(actor))).one_or_none()
    return CorrectionRow(*row) if row else None


def get_correction(session: Session, actor: Actor, correction_id: int) -> Correction | None:
    """Locked: two answers at once would overwrite each other."""
    query = select(Correction).where(Correction.id == correction_id, is_theirs(actor))
    return session.scalar(query.with_for_update(), execution_options={"populate_existing": True})


def list_deeds(session: Session, correction_id: int) -> list[DeedRow]:
    query = select(CorrectionDeed, User).join(User, User.id == CorrectionDeed.done_by_id)
    query = query.where(CorrectionDeed.correction_id == correction_id).order_by(CorrectionDeed.id)
    return [DeedRow(*row) for row in session.execute(query.limit(MOST_DEEDS))]


def get_deed(session: Session, correction_id: int, deed_id: int) -> CorrectionDeed | None:
    named = (CorrectionDeed.id == deed_id, CorrectionDeed.correction_id == correction_id)
    return session.scalar(select(CorrectionDeed).where(*named).with_for_update())


def is_open() -> ColumnElement[bool]:
    return and_(Correction.answered_at.is_(None), Correction.withdrawn_at.is_(None))


def is_theirs(actor: Actor) -> ColumnElement[bool]:
    return within(Correction.region_code, actor.areas(Permission.ANSWER_CORRECTIONS))


def _on_shelf(shelf: CorrectionShelf) -> ColumnElement[bool]:
    match shelf:
        case CorrectionShelf.OPEN:
            return is_open()
        case CorrectionShelf.ANSWERED:
            return or_(Correction.answered_at.is_not(None), Correction.withdrawn_at.is_not(None))
        case CorrectionShelf.ALL:
            return true()
