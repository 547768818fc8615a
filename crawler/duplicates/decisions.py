"""What a person says of clusters: split, merge, confirm, and take it back. Each leaves an event with who and why.

Where a person decided, the machine moves nothing any more; newcomers still join, as suggestions.
"""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crawler.duplicates.clusters import find_first, move_members
from crawler.errors import ClusterError
from crawler.storing.conflicts import hold_store
from models import AuditEvent, Cluster, ClusterMember, ClusterState, MembershipBasis, record_event

MOST_ITEMS = 5_000
"""An event names every item that it moved; more belong into several decisions."""
MERGED, SPLIT, CONFIRMED, UNDONE = "klaster.gabung", "klaster.pisah", "klaster.pasti", "klaster.batal"


def split_cluster(session: Session, cluster_id: int, item_ids: Sequence[int], *, actor: str, reason: str) -> int:
    """Take items out of a cluster, together, into one of their own; returns its number."""
    hold_store(session)
    old = _get(session, cluster_id)
    members, leaving = set(_list_members(session, cluster_id)), sorted(set(item_ids))
    strangers = [item_id for item_id in leaving if item_id not in members]
    if strangers:
        raise ClusterError(
            f"cluster {cluster_id} does not hold {strangers or 'nothing'}. See it: netra clusters show {cluster_id}"
        )
    if len(leaving) == len(members):
        raise ClusterError(f"these are all items of cluster {cluster_id}: nothing would be left to split from.")
    new = Cluster()
    session.add(new)
    session.flush()
    _carry(session, leaving, old, new, actor)
    detail = {"dari": old.id, "ke": new.id, "konten": leaving, "alasan": reason}
    record_event(session, "klaster.pisah", actor=actor, subject=("cluster", new.id), detail=detail)
    return new.id


def merge_clusters(session: Session, kept_id: int, gone_id: int, *, actor: str, reason: str) -> int:
    """Make two clusters one, under the number of the first; returns how many items moved."""
    hold_store(session)
    kept, gone = _get(session, kept_id), _get(session, gone_id)
    if kept_id == gone_id:
        raise ClusterError(f"cluster {kept_id} cannot be merged with itself. Name two.")
    moving = _list_members(session, gone_id)
    _carry(session, moving, gone, kept, actor)
    detail = {"dari": gone.id, "ke": kept.id, "konten": moving, "alasan": reason}
    record_event(session, "klaster.gabung", actor=actor, subject=("cluster", kept.id), detail=detail)
    return len(moving)


def confirm_cluster(session: Session, cluster_id: int, *, actor: str, reason: str) -> int:
    """Say that its members carry one story; returns how many were mere suggestions before."""
    hold_store(session)
    cluster = _get(session, cluster_id)
    _list_members(session, cluster_id)
    suggested = ClusterMember.state == ClusterState.SUGGESTED
    query = update(ClusterMember).where(ClusterMember.cluster_id == cluster_id, suggested).values(state=ClusterState.CONFIRMED)
    item_ids = sorted(session.scalars(query.returning(ClusterMember.item_id)))
    detail = {"konten": item_ids, "sebelum": cluster.decided_by, "alasan": reason}
    cluster.decided_by = actor
    record_event(session, "klaster.pasti", actor=actor, subject=("cluster", cluster_id), detail=detail)
    return len(item_ids)


def undo(session: Session, event_id: int, *, actor: str, reason: str) -> AuditEvent:
    """Put things back as they were before a split, a merge or a confirmation, the machine's too, where they still stand so."""
    hold_store(session)
    event = session.get(AuditEvent, event_id)
    if event is None or event.action not in (MERGED, SPLIT, CONFIRMED):
        raise ClusterError(
            f"event {event_id} is no split, merge or confirmation of a cluster. `netra clusters show` tells their numbers."
        )
    if session.scalar(select(AuditEvent.id).where(AuditEvent.parent_id == event_id, AuditEvent.action == UNDONE)):
        raise ClusterError(f"event {event_id} was taken back already.")
    if event.action == CONFIRMED:
        _take_back_confirmation(session, event)
    else:
        _send_back(session, event, actor)
    detail = {"konten": event.detail["konten"], "alasan": reason}
    subject = ("cluster", event.subject_id)
    return record_event(session, "klaster.batal", actor=actor, subject=subject, parent=event, detail=detail)


def _send_back(session: Session, event: AuditEvent, actor: str) -> None:
    now_in, before_in = _get(session, event.detail["ke"]), _get(session, event.detail["dari"])
    moved = event.detail["konten"]
    where = ClusterMember.item_id.in_(moved), ClusterMember.cluster_id == now_in.id
    if len(session.scalars(select(ClusterMember.item_id).where(*where)).all()) != len(moved):
        raise ClusterError(f"not all items of event {event.id} stand in cluster {now_in.id} any more. Split or merge by hand.")
    _carry(session, moved, now_in, before_in, actor)


def _take_back_confirmation(session: Session, event: AuditEvent) -> None:
    cluster = _get(session, event.subject_id or 0)
    where = ClusterMember.cluster_id == cluster.id, ClusterMember.item_id.in_(event.detail["konten"])
    session.execute(update(ClusterMember).where(*where).values(state=ClusterState.SUGGESTED))
    cluster.decided_by = event.detail["sebelum"]


def _carry(session: Session, item_ids: Sequence[int], old: Cluster, new: Cluster, actor: str) -> None:
    """Move items, and set anew which member of each cluster was seen first. Both are a person's decision from now on."""
    move_members(session, item_ids, new.id)
    for cluster in (old, new):
        cluster.first_item_id = find_first(session, _list_members(session, cluster.id))
        cluster.decided_by = actor
    session.execute(update(ClusterMember).where(ClusterMember.item_id.in_(item_ids)).values(basis=MembershipBasis.PERSON))
    session.flush()


def _get(session: Session, cluster_id: int) -> Cluster:
    cluster = session.get(Cluster, cluster_id, populate_existing=True)
    if cluster is None:
        raise ClusterError(f"there is no cluster {cluster_id}. See them: netra clusters list")
    return cluster


def _list_members(session: Session, cluster_id: int) -> list[int]:
    query = select(ClusterMember.item_id).where(ClusterMember.cluster_id == cluster_id).limit(MOST_ITEMS + 1)
    members = sorted(session.scalars(query))
    if len(members) > MOST_ITEMS:
        raise ClusterError(f"cluster {cluster_id} holds more than {MOST_ITEMS} items. Split some off first.")
    return members
