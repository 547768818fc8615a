"""Questions about items: their versions, their copies, the same story elsewhere."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import (
    Artifact,
    AuditDraw,
    AuditSample,
    ClusterMember,
    DrawPurpose,
    Flag,
    Item,
    ItemVersion,
    Permission,
    PostRecord,
    Prediction,
    Region,
    Snapshot,
    Source,
    TimeStamp,
    VersionPart,
)
from models.base import BigId
from models.item import PICTURE
from models.prepared import MOST_KEPT
from models.tip_items import METHOD as BY_TIP
from models.tip_items import SOURCE_SLUG as TIPS
from service.accounts.actor import Actor, Areas, within

MOST_MATES = 20


@dataclass(frozen=True)
class Mate:
    """Another item that carries the same story."""

    item: Item
    version: ItemVersion
    source: Source
    member: ClusterMember
    flag_id: int | None
    """Its newest flag in the person's area."""


def get_item(session: Session, actor: Actor, item_id: int) -> Item | None:
    """An item of the person's area, by its own region or by that of one of its flags."""
    areas = actor.areas(Permission.READ_QUEUE)
    flagged = select(Flag.id).where(Flag.item_id == item_id, within(Flag.region_code, areas)).exists()
    return session.scalar(select(Item).where(Item.id == item_id, or_(within(Item.region_code, areas), flagged)))


def get_snapshot(session: Session, item_id: int, snapshot_id: int) -> Snapshot | None:
    """A copy, if it belongs to the item: the page of a version, a further page, or its picture.

    None once the version was erased: its bytes wait to be overwritten, or stay for the others of one file.
    """
    stands = (ItemVersion.item_id == item_id, ItemVersion.erased_at.is_(None))
    own = select(ItemVersion.snapshot_id).where(*stands)
    parts = select(VersionPart.snapshot_id).join(ItemVersion, ItemVersion.id == VersionPart.version_id).where(*stands)
    belongs = or_(Snapshot.id.in_(own), Snapshot.id.in_(parts))
    return session.scalar(select(Snapshot).where(Snapshot.id == snapshot_id, belongs))


def has_method(session: Session, snapshot_id: int, method: str) -> bool:
    """Whether a version whose text came in this way was read from the copy."""
    query = select(ItemVersion.id).where(ItemVersion.snapshot_id == snapshot_id, ItemVersion.method == method)
    return session.scalar(query.limit(1)) is not None


def get_picture(session: Session, item_id: int) -> Snapshot | None:
    """The newest picture of its page that was not erased."""
    return session.scalar(_picture(), {"item_id": item_id})


@cache
def _picture() -> Select[Snapshot]:
    query = (
        select(Snapshot)
        .join(VersionPart, VersionPart.snapshot_id == Snapshot.id)
        .join(ItemVersion, ItemVersion.id == VersionPart.version_id)
        .where(ItemVersion.item_id == bindparam("item_id", None, BigId), VersionPart.number == PICTURE)
        .where(ItemVersion.erased_at.is_(None))
    )
    return query.order_by(Snapshot.id.desc()).limit(1)


def list_handles(session: Session, item_id: int) -> list[str]:
    """What its versions name as the author's account."""
    query = select(ItemVersion.author).where(ItemVersion.item_id == item_id, ItemVersion.author.startswith("@"))
    return list(session.scalars(query.distinct()))


def get_gone_at(session: Session, item_id: int) -> datetime | None:
    """When a post was found deleted or hidden on its platform."""
    return session.scalar(select(PostRecord.gone_at).where(PostRecord.item_id == item_id))


def get_snapshot_of(session: Session, version: ItemVersion) -> Snapshot | None:
    return session.get(Snapshot, version.snapshot_id) if version.snapshot_id else None


def get_stamp(session: Session, snapshot: Snapshot | None) -> TimeStamp | None:
    """The oldest time-stamp of a copy: it proves the most."""
    if snapshot is None:
        return None
    query = select(TimeStamp).where(TimeStamp.snapshot_id == snapshot.id)
    return session.scalar(query.order_by(TimeStamp.stamped_at, TimeStamp.id).limit(1))


def get_artifact(session: Session, prediction: Prediction | None) -> Artifact | None:
    return session.get(Artifact, prediction.artifact_id) if prediction else None


def get_purpose(session: Session, flag_id: int) -> DrawPurpose | None:
    """What a flag was drawn for; None for one that no draw knows."""
    query = select(AuditDraw.purpose).join(AuditSample, AuditSample.draw_id == AuditDraw.id)
    return session.scalar(query.where(AuditSample.flag_id == flag_id).limit(1))


def get_source(session: Session, item: Item) -> Source:
    return session.get_one(Source, item.source_id)


def source_of(session: Session, version: ItemVersion, source: Source) -> Source:
    """Whose words a version holds: a tip below the erased page of an outlet is the public's, and not the outlet's."""
    if version.method != BY_TIP or source.slug == TIPS:
        return source
    return session.scalar(select(Source).where(Source.slug == TIPS)) or source


def get_region(session: Session, code: str | None) -> Region | None:
    return session.get(Region, code) if code else None


def list_versions(session: Session, item_id: int) -> list[ItemVersion]:
    return list(session.scalars(_versions(), {"item_id": item_id}))


@cache
def _versions() -> Select[ItemVersion]:
    own = select(ItemVersion).where(ItemVersion.item_id == bindparam("item_id", None, BigId))
    return own.order_by(ItemVersion.number)


def list_flag_ids(session: Session, actor: Actor, item_id: int) -> list[int]:
    visible = within(Flag.region_code, actor.areas(Permission.READ_QUEUE))
    return list(session.scalars(select(Flag.id).where(Flag.item_id == item_id, visible).order_by(Flag.id)))


def list_mates(session: Session, actor: Actor, item_id: int) -> list[Mate]:
    """The cluster as far as the person's area reaches, first seen first, the item itself among them."""
    found = session.execute(_mates(actor.areas(Permission.READ_QUEUE)), {"item_id": item_id})
    mates = [Mate(*row) for row in found.all()]
    return [replace(mate, source=source_of(session, mate.version, mate.source)) for mate in mates]


@lru_cache(maxsize=MOST_KEPT)
def _mates(areas: Areas) -> Select[*tuple[Any, ...]]:
    own, item_id = aliased(ClusterMember), bindparam("item_id", None, BigId)
    newest_flag = (
        select(func.max(Flag.id))
        .where(Flag.item_id == Item.id, within(Flag.region_code, areas))
        .correlate(Item)
        .scalar_subquery()
    )
    return (
        select(Item, ItemVersion, Source, ClusterMember, newest_flag)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .join(Source, Source.id == Item.source_id)
        .join(ClusterMember, ClusterMember.item_id == Item.id)
        .join(own, own.cluster_id == ClusterMember.cluster_id)
        .where(own.item_id == item_id, or_(Item.id == item_id, within(Item.region_code, areas), newest_flag.is_not(None)))
        .order_by(Item.first_seen_at, Item.id)
        .limit(MOST_MATES)
    )
