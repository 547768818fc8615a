"""One story, one cluster: where a text goes as it is stored.

A newcomer that resembles a member is held against the one that was seen first too, and a text that resembles two others
makes them one only if these share words themselves: else a round-up would make two stories one, and a chain of small
changes would tie together what has nothing in common.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from crawler.duplicates import candidates
from crawler.duplicates.candidates import Stored
from crawler.duplicates.relation import Comparable, Relation, relate
from crawler.duplicates.sketches import Sketch, draw_sketch
from models import Cluster, ClusterMember, ClusterState, Item, MembershipBasis, Overlap, OverlapKind, now, record_event

ACTOR = "sistem:klaster"
MOST_MOVED = 50
"""The machine merges only where it moves so few items: what it did must be undone easily."""
MOST_OVERLAPS = 4
ADD_MEMBER, ADD_OVERLAP = insert(ClusterMember), insert(Overlap)
"""Made once: this runs for every text that is stored."""


@dataclass(frozen=True)
class Mate:
    """A stored text and how the new one stands to it."""

    stored: Stored
    relation: Relation


def assign_cluster(session: Session, item: Item, text: str) -> int | None:
    """Put the item beside the texts that carry its story; returns its cluster, None where it stands alone.

    Called again for a changed text, it looks at the membership anew. The caller holds the store lock, so two copies that
    arrive together see each other.
    """
    own = candidates.load(session, item.id)
    if own is None:
        return assign_new(session, {item.id: text})[item.id]
    sketch = draw_sketch(text)
    if sketch is None:
        return _forget(session, own)
    candidates.forget_keys(session, own)
    mates = _rank(session, sketch, candidates.take_in(session, {item.id: sketch})[item.id])
    session.execute(delete(Overlap).where(or_(Overlap.item_id == item.id, Overlap.other_id == item.id)))
    return _join(session, item.id, sketch, mates) if own.cluster_id is None else _look_again(session, own, sketch, mates)


def assign_new(session: Session, texts: Mapping[int, str]) -> dict[int, int | None]:
    """As `assign_cluster`, for items that never had a text, in their order: each sees those before it."""
    drawn = {item_id: draw_sketch(text) for item_id, text in texts.items()}
    sketches = {item_id: sketch for item_id, sketch in drawn.items() if sketch is not None}
    near = candidates.take_in(session, sketches)
    joined = {
        item_id: _join(session, item_id, sketch, _rank(session, sketch, near[item_id])) for item_id, sketch in sketches.items()
    }
    return {item_id: joined.get(item_id) for item_id in texts}


def take_out(session: Session, item_id: int) -> None:
    """As if the item had never come: no copy is found by it, and a cluster that it began has the next one as its first.

    The caller holds the store lock, and has made sure that no person decided on its cluster.
    """
    if (own := candidates.load(session, item_id)) is not None:
        candidates.forget(session, own)
    session.execute(delete(Overlap).where(or_(Overlap.item_id == item_id, Overlap.other_id == item_id)))
    left = delete(ClusterMember).where(ClusterMember.item_id == item_id).returning(ClusterMember.cluster_id)
    cluster_id = session.execute(left).scalar()
    cluster = session.get(Cluster, cluster_id) if cluster_id is not None else None
    if cluster is not None and cluster.first_item_id == item_id:
        others = select(ClusterMember.item_id).where(ClusterMember.cluster_id == cluster.id)
        cluster.first_item_id = find_first(session, list(session.scalars(others)))
        mine = update(ClusterMember).where(ClusterMember.item_id == cluster.first_item_id)
        session.execute(mine.values(basis=MembershipBasis.FIRST, similarity=1.0, containment=1.0))
        session.flush()


def _forget(session: Session, own: Stored) -> int | None:
    """A text of which nothing is left to compare keeps its cluster: what it said before belongs there."""
    candidates.forget(session, own)
    if own.cluster_id is not None:
        _mark_changed(session, own)
    return own.cluster_id


def _rank(session: Session, sketch: Sketch, found: Sequence[Stored]) -> list[Mate]:
    """Those that share words, the most similar first, the oldest of equals, as they stand at this moment."""
    related = {stored.item_id: relate(sketch, stored) for stored in found}
    related = {item_id: relation for item_id, relation in related.items() if relation.basis or relation.is_quote}
    mates = [Mate(stored, related[item_id]) for item_id, stored in candidates.load_all(session, related).items()]
    return sorted(mates, key=lambda mate: (-mate.relation.similarity, mate.stored.item_id))


def _join(session: Session, item_id: int, sketch: Sketch, mates: Sequence[Mate]) -> int | None:
    home = _find_home(session, sketch, mates)
    if home is None:
        _note_overlaps(session, item_id, mates)
        return None
    cluster_id = home.stored.cluster_id or _start(session, home)
    _add(session, cluster_id, item_id, home.relation)
    _gather(session, cluster_id, item_id, home, mates)
    return cluster_id


def _find_home(session: Session, sketch: Sketch, mates: Sequence[Mate]) -> Mate | None:
    """The most similar text that stands alone, or whose cluster began with a text of the same story."""
    return next((mate for mate in mates if mate.relation.basis and _fits(session, sketch, mate)), None)


def _fits(session: Session, sketch: Comparable, mate: Mate) -> bool:
    first_id = mate.stored.first_item_id
    if mate.stored.cluster_id is None or first_id in (None, mate.stored.item_id):
        return True
    first = candidates.load(session, first_id)
    return first is not None and relate(sketch, first).is_kin


def _gather(session: Session, cluster_id: int, item_id: int, home: Mate, mates: Sequence[Mate]) -> None:
    """Two copies may be alike only through a third that comes last: bring them together, or say that a person should."""
    apart, met = list[Mate](), {cluster_id}
    for mate in mates:
        if mate is home or mate.stored.cluster_id in met:
            continue
        is_one = mate.relation.basis is not None and relate(home.stored, mate.stored).is_kin
        if is_one and mate.stored.cluster_id is None:
            _add(session, cluster_id, mate.stored.item_id, mate.relation)
        elif is_one and mate.stored.cluster_id and _merge(session, cluster_id, mate):
            met.add(mate.stored.cluster_id)
        else:
            apart.append(mate)
    _note_overlaps(session, item_id, apart)


def _start(session: Session, home: Mate) -> int:
    """A cluster of the one that was there first."""
    cluster = Cluster(first_item_id=home.stored.item_id)
    session.add(cluster)
    session.flush()
    _add(session, cluster.id, home.stored.item_id, home.relation, basis=MembershipBasis.FIRST)
    return cluster.id


def _add(session: Session, cluster_id: int, item_id: int, relation: Relation, *, basis: MembershipBasis | None = None) -> None:
    values = {
        "item_id": item_id,
        "cluster_id": cluster_id,
        "similarity": relation.similarity if basis is None else 1.0,
        "containment": relation.containment if basis is None else 1.0,
        "basis": basis or relation.basis,
        "state": _state_of(relation),
        "created_at": now(),
    }
    session.connection().execute(ADD_MEMBER, values)


def _state_of(relation: Relation) -> ClusterState:
    """The same words are the same words: nothing is left to judge, unless they are so few that anybody says them."""
    is_certain = relation.is_identical and not relation.is_short
    return ClusterState.CONFIRMED if is_certain else ClusterState.SUGGESTED


def _merge(session: Session, cluster_id: int, mate: Mate) -> bool:
    """Make two clusters one, where no person decided on either and the smaller is small. False leaves it to a person."""
    clusters = [session.get_one(Cluster, known, populate_existing=True) for known in (cluster_id, mate.stored.cluster_id)]
    members = [_list_some(session, cluster.id) for cluster in clusters]
    if any(cluster.decided_by for cluster in clusters) or len(members[1]) > MOST_MOVED:
        return False
    kept, gone = clusters
    move_members(session, members[1], kept.id)
    kept.first_item_id = find_first(session, [known for known in (kept.first_item_id, gone.first_item_id) if known])
    session.flush()
    detail = {"ke": kept.id, "dari": gone.id, "konten": members[1], "kemiripan": round(mate.relation.similarity, 3)}
    record_event(session, "klaster.gabung", actor=ACTOR, subject=("cluster", kept.id), detail=detail)
    return True


def _list_some(session: Session, cluster_id: int) -> list[int]:
    query = select(ClusterMember.item_id).where(ClusterMember.cluster_id == cluster_id)
    return list(session.scalars(query.limit(MOST_MOVED + 1)))


def move_members(session: Session, item_ids: Sequence[int], cluster_id: int) -> None:
    session.execute(update(ClusterMember).where(ClusterMember.item_id.in_(item_ids)).values(cluster_id=cluster_id))


def find_first(session: Session, item_ids: Sequence[int]) -> int | None:
    """The item that was seen first."""
    return session.scalar(select(Item.id).where(Item.id.in_(item_ids)).order_by(Item.first_seen_at, Item.id).limit(1))


def _note_overlaps(session: Session, item_id: int, mates: Sequence[Mate]) -> None:
    """Quotes, and clusters that may be one, for people to see."""
    rows = [
        {
            "item_id": item_id,
            "other_id": mate.stored.item_id,
            "kind": OverlapKind.MERGE if mate.relation.basis else OverlapKind.QUOTE,
            "similarity": mate.relation.similarity,
            "containment": mate.relation.containment,
            "created_at": now(),
        }
        for mate in mates[:MOST_OVERLAPS]
    ]
    if rows:
        session.connection().execute(ADD_OVERLAP, rows)


def _look_again(session: Session, own: Stored, sketch: Sketch, mates: Sequence[Mate]) -> int | None:
    """A changed text: it stays where it still belongs or a person put it, else it goes where it belongs now.

    Where it belongs nowhere it stays too, and says so: a withdrawn article is part of the story of its copies.
    """
    at_home = next((mate for mate in mates if mate.relation.basis and mate.stored.cluster_id == own.cluster_id), None)
    home = at_home or _first_of(session, own, sketch) or (None if own.decided_by else _find_home(session, sketch, mates))
    if home is None:
        _mark_changed(session, own)
    elif home.stored.cluster_id == own.cluster_id:
        _renew(session, own, home.relation)
    elif own.item_id != own.first_item_id:
        return _move(session, own, home)
    return own.cluster_id


def _first_of(session: Session, own: Stored, sketch: Sketch) -> Mate | None:
    if own.first_item_id in (None, own.item_id):
        return None
    first = candidates.load(session, own.first_item_id)
    mate = Mate(first, relate(sketch, first)) if first else None
    return mate if mate and mate.relation.basis else None


def _renew(session: Session, own: Stored, relation: Relation) -> None:
    """New figures; what a person confirmed stays confirmed, and the first stays the first."""
    values = {"similarity": relation.similarity, "containment": relation.containment, "basis": relation.basis}
    if own.item_id == own.first_item_id:
        return
    if not own.decided_by:
        values["state"] = _state_of(relation)
    session.execute(update(ClusterMember).where(ClusterMember.item_id == own.item_id).values(values))


def _mark_changed(session: Session, own: Stored) -> None:
    if own.item_id == own.first_item_id:
        return
    values = {"similarity": 0.0, "containment": 0.0, "basis": MembershipBasis.CHANGED}
    if not own.decided_by:
        values["state"] = ClusterState.SUGGESTED
    session.execute(update(ClusterMember).where(ClusterMember.item_id == own.item_id).values(values))


def _move(session: Session, own: Stored, home: Mate) -> int:
    cluster_id = home.stored.cluster_id or _start(session, home)
    session.execute(delete(ClusterMember).where(ClusterMember.item_id == own.item_id))
    _add(session, cluster_id, own.item_id, home.relation)
    detail = {"dari": own.cluster_id, "ke": cluster_id, "konten": [own.item_id]}
    record_event(session, "klaster.pindah", actor=ACTOR, subject=("cluster", cluster_id), detail=detail)
    return cluster_id
