"""Which snapshots are meant: those of some items, those since a day, or all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import Session

from models import Item, ItemVersion, Snapshot, VersionPart
from netra.evidence.errors import EvidenceError


@dataclass(frozen=True)
class Scope:
    """Items by number; none means every snapshot, or those that were fetched since then."""

    items: tuple[int, ...] = ()
    since: datetime | None = None


def select_snapshots(scope: Scope) -> Select[Snapshot]:
    """In the order of the files, so that each is read from its begin to its end."""
    query = select(Snapshot).order_by(Snapshot.warc_file, Snapshot.warc_offset, Snapshot.id)
    if scope.items:
        own = select(ItemVersion.snapshot_id).where(ItemVersion.item_id.in_(scope.items))
        parts = select(VersionPart.snapshot_id).join(ItemVersion, ItemVersion.id == VersionPart.version_id)
        query = query.where(Snapshot.id.in_(union(own, parts.where(ItemVersion.item_id.in_(scope.items)))))
    return query if scope.since is None else query.where(Snapshot.fetched_at >= scope.since)


def list_standing(session: Session, item_ids: Sequence[int]) -> set[int]:
    """The copies of their versions that still have their words."""
    stands = (ItemVersion.item_id.in_(item_ids), ItemVersion.erased_at.is_(None))
    own = select(ItemVersion.snapshot_id).where(*stands)
    parts = select(VersionPart.snapshot_id).join(ItemVersion, ItemVersion.id == VersionPart.version_id).where(*stands)
    return {number for number in session.scalars(union(own, parts)) if number is not None}


def count_snapshots(session: Session, scope: Scope) -> int:
    return session.scalar(select(func.count()).select_from(select_snapshots(scope).order_by(None).subquery())) or 0


def select_bare_versions(scope: Scope) -> Select[ItemVersion]:
    """Versions without a snapshot: their words cannot be proved."""
    query = select(ItemVersion).where(ItemVersion.snapshot_id.is_(None)).order_by(ItemVersion.id)
    if scope.items:
        query = query.where(ItemVersion.item_id.in_(scope.items))
    return query if scope.since is None else query.where(ItemVersion.created_at >= scope.since)


def load_items(session: Session, ids: Sequence[int]) -> list[Item]:
    """The items of these numbers, in order. Raises EvidenceError where one is unknown."""
    items = list(session.scalars(select(Item).where(Item.id.in_(ids)).order_by(Item.id)))
    if missing := sorted(set(ids) - {item.id for item in items}):
        raise EvidenceError(f"there is no item {', '.join(map(str, missing))}. The review room shows the number of each.")
    return items
