"""What people say of clusters stands in the trail, and can be taken back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.duplicates.decisions import confirm_cluster, merge_clusters, split_cluster, undo
from crawler.duplicates.listing import list_clusters, list_merge_suggestions
from crawler.duplicates.reindex import count_waiting, reindex_batch
from crawler.errors import ClusterError
from models import AuditEvent, Cluster, ClusterMember, ClusterState, ItemSketch, Overlap, OverlapKind
from tests.crawler.duplicates.stories import edit, make_story, put
from tests.factories import make_item

WHO = {"actor": "sari", "reason": "dibaca"}


def make_cluster(session: Session, seed: int, size: int = 3) -> tuple[int, list[int]]:
    story = make_story(seed)
    found = [put(session, edit(story, 0.05, copy)) for copy in range(size)]
    cluster_id = found[-1][1]
    assert cluster_id is not None
    return cluster_id, [item.id for item, _ in found]


def places(session: Session) -> dict[int, int]:
    return {
        member.item_id: member.cluster_id for member in session.execute(select(ClusterMember.item_id, ClusterMember.cluster_id))
    }


def last_event(session: Session) -> AuditEvent:
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


def test_a_split_makes_a_cluster_with_its_own_first(session: Session) -> None:
    old, items = make_cluster(session, 1)
    new = split_cluster(session, old, items[:2], **WHO)
    assert places(session) == {items[0]: new, items[1]: new, items[2]: old}
    assert [session.get_one(Cluster, known).first_item_id for known in (new, old)] == [items[0], items[2]]
    event = last_event(session)
    assert (event.action, event.actor, event.detail["alasan"]) == ("klaster.pisah", "sari", "dibaca")


def test_a_split_and_a_merge_are_taken_back(session: Session) -> None:
    (one, items), (other, _) = make_cluster(session, 1), make_cluster(session, 2)
    before = places(session)
    for decide in (
        lambda: split_cluster(session, one, items[:1], **WHO),
        lambda: merge_clusters(session, one, other, **WHO),
    ):
        decide()
        assert places(session) != before
        event = last_event(session)
        assert undo(session, event.id, **WHO).parent_id == event.id
        assert places(session) == before


def test_a_confirmation_is_taken_back_for_those_that_it_changed(session: Session) -> None:
    cluster_id, items = make_cluster(session, 1)
    assert confirm_cluster(session, cluster_id, **WHO) == 3
    newcomer, joined = put(session, edit(make_story(1), 0.05, 9))
    assert (joined, session.get_one(ClusterMember, newcomer.id).state) == (cluster_id, ClusterState.SUGGESTED)
    undo(session, last_event(session).id, **WHO)
    states = session.scalars(select(ClusterMember.state).where(ClusterMember.item_id.in_(items)))
    assert set(states) == {ClusterState.SUGGESTED}
    assert session.get_one(Cluster, cluster_id).decided_by is None


def test_what_cannot_be_done_says_why(session: Session) -> None:
    cluster_id, items = make_cluster(session, 1)
    for wrong, words in (
        (lambda: split_cluster(session, cluster_id, [items[0], 999], **WHO), "999"),
        (lambda: split_cluster(session, cluster_id, items, **WHO), "all items"),
        (lambda: merge_clusters(session, cluster_id, cluster_id, **WHO), "itself"),
        (lambda: merge_clusters(session, cluster_id, 999, **WHO), "no cluster 999"),
        (lambda: undo(session, 999, **WHO), "event 999"),
    ):
        with pytest.raises(ClusterError, match=words):
            wrong()


def test_nothing_is_taken_back_twice_or_over_a_later_decision(session: Session) -> None:
    cluster_id, items = make_cluster(session, 1)
    new = split_cluster(session, cluster_id, items[:2], **WHO)
    event = last_event(session)
    split_cluster(session, new, items[:1], **WHO)
    with pytest.raises(ClusterError, match="by hand"):
        undo(session, event.id, **WHO)
    later = session.scalars(select(AuditEvent.id).where(AuditEvent.id > event.id)).one()
    undo(session, later, **WHO)
    undo(session, event.id, **WHO)
    with pytest.raises(ClusterError, match="already"):
        undo(session, event.id, **WHO)


def test_clusters_are_listed_with_those_that_may_be_one(session: Session) -> None:
    (one, items), (other, others) = make_cluster(session, 1), make_cluster(session, 2, size=2)
    values = {"kind": OverlapKind.MERGE, "similarity": 0.3, "containment": 0.5}
    session.add(Overlap(item_id=others[0], other_id=items[0], **values))
    session.flush()
    rows = list_clusters(session, 10)
    assert [(row.cluster.id, row.size, row.suggested, bool(row.title)) for row in rows] == [
        (other, 2, 2, True),
        (one, 3, 3, True),
    ]
    assert [pair[:2] for pair in list_merge_suggestions(session, 10)] == [(other, one)]
    for cluster_id in (one, other):
        confirm_cluster(session, cluster_id, **WHO)
    assert list_merge_suggestions(session, 10) == []


def test_texts_that_were_never_compared_are_compared_once(session: Session) -> None:
    for seed in (1, 1, 2):
        make_item(session, text=make_story(seed))
    assert count_waiting(session, every=False) == 3
    last_id, count = reindex_batch(session, 0, every=False)
    assert (count, reindex_batch(session, last_id, every=False)[1], count_waiting(session, every=False)) == (3, 0, 0)
    assert len(session.scalars(select(ItemSketch.item_id)).all()) == 3
    assert len(places(session)) == 2
