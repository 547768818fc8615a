"""Clusters as people look at them. Lists are short and end where the next one begins."""

from dataclasses import dataclass

from sqlalchemy import Integer, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from crawler.duplicates.decisions import CONFIRMED, MERGED, SPLIT, UNDONE
from models import AuditEvent, Cluster, ClusterMember, ClusterState, Item, ItemVersion, Overlap, OverlapKind, Source

MOST_SHOWN = 200


@dataclass(frozen=True)
class ClusterRow:
    cluster: Cluster
    size: int
    suggested: int
    """Members that nobody confirmed."""
    title: str
    """Of the member that was seen first."""


@dataclass(frozen=True)
class MemberRow:
    member: ClusterMember
    item: Item
    title: str
    source: str


def list_clusters(session: Session, limit: int, *, before: int | None = None) -> list[ClusterRow]:
    """The newest clusters of two members or more; `before` goes on behind the last one seen."""
    size = func.count(ClusterMember.item_id)
    suggested = func.sum((ClusterMember.state == ClusterState.SUGGESTED).cast(Integer))
    grouped = (
        select(ClusterMember.cluster_id, size.label("size"), suggested.label("suggested"))
        .where(ClusterMember.cluster_id < before if before else ClusterMember.cluster_id.is_not(None))
        .group_by(ClusterMember.cluster_id)
        .having(size > 1)
        .order_by(ClusterMember.cluster_id.desc())
        .limit(limit)
        .subquery()
    )
    query = (
        select(Cluster, grouped.c.size, grouped.c.suggested, func.coalesce(ItemVersion.title, ""))
        .join(grouped, grouped.c.cluster_id == Cluster.id)
        .outerjoin(Item, Item.id == Cluster.first_item_id)
        .outerjoin(ItemVersion, ItemVersion.id == Item.current_version_id)
        .order_by(Cluster.id.desc())
    )
    return [ClusterRow(*row) for row in session.execute(query)]


def list_members(session: Session, cluster_id: int) -> list[MemberRow]:
    """The members, first seen first, as far as a page holds them."""
    query = (
        select(ClusterMember, Item, func.coalesce(ItemVersion.title, ""), Source.slug)
        .join(Item, Item.id == ClusterMember.item_id)
        .join(Source, Source.id == Item.source_id)
        .outerjoin(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(ClusterMember.cluster_id == cluster_id)
        .order_by(Item.first_seen_at, Item.id)
        .limit(MOST_SHOWN)
    )
    return [MemberRow(*row) for row in session.execute(query)]


def list_overlaps(session: Session, cluster_id: int) -> list[Overlap]:
    """Where its members share words with items outside of it."""
    inside = select(ClusterMember.item_id).where(ClusterMember.cluster_id == cluster_id)
    touches = or_(
        and_(Overlap.item_id.in_(inside), Overlap.other_id.not_in(inside)),
        and_(Overlap.other_id.in_(inside), Overlap.item_id.not_in(inside)),
    )
    query = select(Overlap).where(touches).order_by(Overlap.kind, Overlap.containment.desc()).limit(MOST_SHOWN)
    return list(session.scalars(query))


def list_decisions(session: Session, cluster_id: int) -> list[AuditEvent]:
    """What made it as it is and was not taken back, the machine's merges too; the newest first."""
    later = aliased(AuditEvent)
    same = later.subject_type == AuditEvent.subject_type, later.subject_id == AuditEvent.subject_id  # As the index has them.
    taken_back = select(later.id).where(*same, later.parent_id == AuditEvent.id, later.action == UNDONE).exists()
    query = (
        select(AuditEvent)
        .where(AuditEvent.subject_type == "cluster", AuditEvent.subject_id == cluster_id)
        .where(AuditEvent.action.in_((MERGED, SPLIT, CONFIRMED)), ~taken_back)
        .order_by(AuditEvent.id.desc())
        .limit(MOST_SHOWN)
    )
    return list(session.scalars(query))


def list_merge_suggestions(session: Session, limit: int) -> list[tuple[int, int, Overlap]]:
    """Pairs of clusters that may be one, unless people decided on both; the newest first, each pair once."""
    one, other = aliased(ClusterMember), aliased(ClusterMember)
    mine, theirs = aliased(Cluster), aliased(Cluster)
    query = (
        select(one.cluster_id, other.cluster_id, Overlap)
        .join(one, one.item_id == Overlap.item_id)
        .join(other, other.item_id == Overlap.other_id)
        .join(mine, mine.id == one.cluster_id)
        .join(theirs, theirs.id == other.cluster_id)
        .where(Overlap.kind == OverlapKind.MERGE, one.cluster_id != other.cluster_id)
        .where(or_(mine.decided_by.is_(None), theirs.decided_by.is_(None)))
        .order_by(Overlap.item_id.desc())
        .limit(limit * 4)
    )
    pairs = dict[tuple[int, int], tuple[int, int, Overlap]]()
    for row in session.execute(query):
        pairs.setdefault((min(row[0], row[1]), max(row[0], row[1])), (row[0], row[1], row[2]))
    return list(pairs.values())[:limit]
