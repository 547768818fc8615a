"""Questions about tips: by code for their sender, by area for coordinators, by item for whoever reads a flag."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, null, select, true, update
from sqlalchemy.orm import Session, aliased

from models import (
    Artifact,
    Assessment,
    BulkAction,
    Flag,
    FlagState,
    Item,
    ItemKind,
    ItemVersion,
    Outcome,
    Permission,
    Prediction,
    Region,
    Tip,
    TipClosure,
)
from models.addresses import canonical_url
from models.base import BigId
from models.prepared import MOST_KEPT
from models.tip_items import METHOD
from service.accounts.actor import Actor, Areas, within
from service.items.privacy import mask_address
from service.tips.masking import mask_private

PAGE_SIZE = 50
MOST_ON_ITEM = 20


class TipShelf(StrEnum):
    OPEN = "terbuka"
    CLOSED = "ditutup"
    ALL = "semua"


@dataclass(frozen=True)
class TipRow:
    tip: Tip
    region: Region
    flag: Flag | None
    """None where it is none, or lies outside of the person's area."""
    count: int
    """Tips on the same link or the same words, this one among them."""
    kind: ItemKind
    """Of its item: the link of a page that an outlet published names nobody's account."""

    def shown(self, name: str) -> str:
        """What a sender wrote, as people may read it: masked, and nothing of it once they took it back."""
        written: str = "" if self.tip.withdrawn_at else getattr(self.tip, name)
        if name != "link":
            return mask_private(written)
        return (mask_address(written) if self.kind is ItemKind.POST or not written else canonical_url(written)) or ""


def get_by_code(session: Session, code_sha256: str) -> Tip | None:
    return session.scalar(select(Tip).where(Tip.code_sha256 == code_sha256))


def has_form(session: Session, form_sha256: str) -> bool:
    return session.scalar(select(Tip.id).where(Tip.form_sha256 == form_sha256)) is not None


def has_open_of_item(session: Session, item_id: int) -> bool:
    """Whether there is a tip on an item that nobody has put aside or taken back."""
    query = select(Tip.id).where(Tip.item_id == item_id, Tip.closed_at.is_(None), Tip.withdrawn_at.is_(None))
    return session.scalar(query.limit(1)) is not None


def hold_item(session: Session, item_id: int) -> None:
    """Until the transaction ends, nobody else joins a tip to a flag of the item, or closes a flag for one of its tips."""
    session.execute(select(Item.id).where(Item.id == item_id).with_for_update(key_share=True))


def hold_item_of(session: Session, tip_id: int) -> None:
    """The same by its tip, which is not held yet: items come before what hangs on them."""
    item_id = session.scalar(select(Tip.item_id).where(Tip.id == tip_id))
    if item_id is not None:
        hold_item(session, item_id)


def find_unfinished_flag(session: Session, item_id: int) -> int | None:
    return session.scalar(select(Flag.id).where(Flag.item_id == item_id, Flag.state != FlagState.ASSESSED))


def find_outcome(session: Session, flag_id: int) -> Outcome | None:
    """What the newest assessment of a flag says."""
    query = select(Assessment.outcome).where(Assessment.flag_id == flag_id).order_by(Assessment.id.desc())
    return session.scalar(query.limit(1))


def list_tips(session: Session, actor: Actor, shelf: TipShelf, before: int | None) -> list[TipRow]:
    """Of the person's area, the newest first: one page and one more."""
    visible_flag = within(Flag.region_code, actor.areas(Permission.READ_QUEUE))
    query = (
        select(Tip, Region, Flag, _count_alike(), Item.kind)
        .join(Region, Region.code == Tip.region_code)
        .join(Item, Item.id == Tip.item_id)
        .outerjoin(Flag, (Flag.id == Tip.flag_id) & visible_flag)
        .where(_is_theirs(actor), _on_shelf(shelf), Tip.id < before if before is not None else true())
    )
    rows = session.execute(query.order_by(Tip.id.desc()).limit(PAGE_SIZE + 1))
    return [TipRow(*row) for row in rows]


def count_open(session: Session, actor: Actor, *, most: int) -> int:
    """How many wait on the desk, counted no further than `most`."""
    some = select(Tip.id).where(_is_theirs(actor), _on_shelf(TipShelf.OPEN)).limit(most)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def get_tip(session: Session, actor: Actor, tip_id: int) -> Tip | None:
    return session.scalar(select(Tip).where(Tip.id == tip_id, _is_theirs(actor)).with_for_update())


def list_of_item(session: Session, actor: Actor, item_id: int) -> list[TipRow]:
    """What the public said of an item, as far as the person's area reaches."""
    found = session.execute(_on_item(actor.areas(Permission.READ_QUEUE)), {"item_id": item_id})
    return [TipRow(*row) for row in found]


@lru_cache(maxsize=MOST_KEPT)
def _on_item(areas: Areas) -> Select[*tuple[Any, ...]]:
    own = (Tip.item_id == bindparam("item_id", None, BigId), Tip.closed_at.is_(None))
    query = select(Tip, Region, null(), _count_alike(), Item.kind).join(Region, Region.code == Tip.region_code)
    query = query.join(Item, Item.id == Tip.item_id).where(*own, within(Tip.region_code, areas))  # pyright: ignore[reportArgumentType]
    return query.order_by(Tip.id).limit(MOST_ON_ITEM)


def get_flag(session: Session, actor: Actor, flag_id: int) -> Flag | None:
    """None where it lies outside of the area in which this person assesses: it is not theirs to finish."""
    reached = within(Flag.region_code, actor.areas(Permission.ASSESS))
    return session.scalar(select(Flag).where(Flag.id == flag_id, reached))


def is_found_on_page(session: Session, flag: Flag) -> bool:
    """Whether a flag rests on a page as well: it was read after the tip, and a machine saw signs in it above its line."""
    query = select(Prediction.id).join(Artifact, Artifact.id == Prediction.artifact_id)
    query = query.join(ItemVersion, ItemVersion.id == Prediction.item_version_id)
    above = Prediction.probability >= Artifact.threshold
    found = query.where(Prediction.id == flag.prediction_id, above, ItemVersion.method != METHOD)
    return session.scalar(found) is not None


def has_other_open(session: Session, tip: Tip) -> bool:
    """Whether the flag rests on another tip that still stands."""
    others = select(Tip.id).where(Tip.flag_id == tip.flag_id, Tip.id != tip.id)
    standing = others.where(Tip.closed_at.is_(None), Tip.withdrawn_at.is_(None))
    return session.scalar(standing.limit(1)) is not None


def list_running_deeds(session: Session, flag_id: int) -> list[int]:
    """The deeds by which the desk closed a flag, for whichever of its tips, and that nobody has undone."""
    query = select(Tip.bulk_id).join(BulkAction, BulkAction.id == Tip.bulk_id)
    rows = session.scalars(query.where(Tip.flag_id == flag_id, BulkAction.undone_at.is_(None)).order_by(Tip.bulk_id.desc()))
    return [bulk_id for bulk_id in rows if bulk_id is not None]


def get_words(session: Session, item_id: int) -> tuple[Item, ItemVersion] | None:
    """An item with its newest version; None where that was erased."""
    query = select(Item, ItemVersion).join(ItemVersion, ItemVersion.id == Item.current_version_id)
    row = session.execute(query.where(Item.id == item_id, ItemVersion.erased_at.is_(None))).one_or_none()
    return (row[0], row[1]) if row else None


def close(session: Session, actor: Actor, tip_id: int, closure: TipClosure, at: datetime) -> bool:
    """False where it is closed already."""
    still_open = update(Tip).where(Tip.id == tip_id, Tip.closed_at.is_(None))
    closed = still_open.values(closed_at=at, closed_by_id=actor.id, closure=closure)
    return session.scalar(closed.returning(Tip.id), execution_options={"synchronize_session": "fetch"}) is not None


def forget_contacts(session: Session, today: date) -> int:
    """Delete the contacts whose time has passed; returns how many."""
    passed = update(Tip).where(Tip.contact_until < today, Tip.contact_sealed.is_not(None))
    gone = session.scalars(passed.values(contact_sealed=None).returning(Tip.id))
    return len(gone.all())


def list_provinces(session: Session) -> list[Region]:
    return list(session.scalars(select(Region).where(Region.parent_code.is_(None)).order_by(Region.name)))


def list_regencies(session: Session, province: str) -> list[Region]:
    return list(session.scalars(select(Region).where(Region.parent_code == province).order_by(Region.name)))


def reachable_codes(session: Session, actor: Actor, code: str) -> frozenset[str]:
    """The code, if it is that of a region in which this person keeps the desk."""
    theirs = within(Region.code, actor.areas(Permission.MANAGE_TIPS))  # pyright: ignore[reportArgumentType]
    known = session.scalar(select(Region.code).where(Region.code == code.replace("\0", ""), theirs))
    return frozenset({known}) if known else frozenset()


def get_region(session: Session, code: str) -> Region | None:
    return session.get(Region, code)


def _count_alike() -> ScalarSelect[int]:
    """A number and nothing else: others may have been sent from outside of the reader's area."""
    other = aliased(Tip)
    return select(func.count()).where(other.item_id == Tip.item_id).correlate(Tip).scalar_subquery()


def _is_theirs(actor: Actor) -> ColumnElement[bool]:
    return within(Tip.region_code, actor.areas(Permission.MANAGE_TIPS))  # pyright: ignore[reportArgumentType]


def _on_shelf(shelf: TipShelf) -> ColumnElement[bool]:
    match shelf:
        case TipShelf.OPEN:
            return Tip.closed_at.is_(None)
        case TipShelf.CLOSED:
            return Tip.closed_at.is_not(None)
        case TipShelf.ALL:
            return true()
