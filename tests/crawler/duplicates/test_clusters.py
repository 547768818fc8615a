"""Copies meet, strangers do not, and nothing that a person decided is moved."""

import re
from itertools import permutations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.duplicates.clusters import assign_cluster
from crawler.duplicates.decisions import confirm_cluster, split_cluster
from crawler.duplicates.relation import relate
from crawler.duplicates.sketches import draw_sketch
from models import AuditEvent, Cluster, ClusterMember, ClusterState, Item, MembershipBasis, Overlap, OverlapKind, SketchKey
from netra.demo.site.articles import DemoArticle, load_articles
from tests.crawler.duplicates.stories import PLEDGE, edit, make_story, put
from tests.factories import make_item

WIRE = next(article for article in load_articles() if article.slug == "korwil-pendidikan-gandawangi-diklarifikasi")
COPIES = [article for article in load_articles() if article.slug == f"{WIRE.slug}-salinan"]


def text_of(article: DemoArticle) -> str:
    return "\n\n".join(article.paragraphs)


def member_of(session: Session, item: Item) -> ClusterMember:
    return session.get_one(ClusterMember, item.id, populate_existing=True)


@pytest.mark.parametrize(
    "copies", list(permutations([WIRE, *COPIES])), ids=lambda copies: "-".join(copy.outlet for copy in copies)
)
def test_edited_wire_copies_share_one_cluster_in_whatever_order_they_come(
    session: Session, copies: tuple[DemoArticle, ...]
) -> None:
    items = [put(session, text_of(copy))[0] for copy in copies]
    members = session.scalars(select(ClusterMember.cluster_id)).all()
    assert len(items) == len(members) == 3
    assert len(set(members)) == 1


def test_no_two_other_articles_of_the_demo_are_similar() -> None:
    others = [article for article in load_articles() if "salinan" not in article.slug and article.special != "disallowed"]
    sketches = [sketch for article in others if (sketch := draw_sketch(text_of(article)))]
    assert not [1 for index, a in enumerate(sketches) for b in sketches[:index] if relate(a, b).basis]


@pytest.mark.parametrize("words", ["Camat dipanggil Bawaslu pagi ini", "🔥🔥 💪"])
def test_short_texts_join_their_like_as_a_suggestion_only(session: Session, words: str) -> None:
    (first, _), (second, cluster) = put(session, words), put(session, f" {words.upper()} ")
    assert cluster is not None
    assert {member_of(session, item).state for item in (first, second)} == {ClusterState.SUGGESTED}
    assert put(session, words.replace("Bawaslu", "KPU").replace("💪", "🙏"))[1] is None


@pytest.mark.parametrize("words", ["", " \n "])
def test_a_text_without_words_stands_alone(session: Session, words: str) -> None:
    assert [put(session, words)[1] for _ in range(2)] == [None, None]


def test_the_same_words_are_certain_and_the_first_stays_first(session: Session) -> None:
    first, _ = put(session, text_of(WIRE))
    copy, cluster_id = put(session, re.sub(r"[.,“”]", "", text_of(WIRE).upper()))
    assert (member_of(session, copy).state, member_of(session, copy).basis) == ("pasti", MembershipBasis.IDENTICAL)
    assert session.get_one(Cluster, cluster_id).first_item_id == first.id
    assert member_of(session, first).basis is MembershipBasis.FIRST


def test_a_cut_copy_is_found_inside_the_longer_text(session: Session) -> None:
    story = make_story(1, words=300)
    _, found = put(session, story)[0], put(session, " ".join(story.split()[:90]))
    member = member_of(session, found[0])
    assert (member.basis, member.state) == (MembershipBasis.CONTAINED, ClusterState.SUGGESTED)
    assert member.containment > 0.9 > 0.4 > member.similarity


def test_a_text_made_of_two_stories_does_not_make_them_one(session: Session) -> None:
    one, other = make_story(1), make_story(2)
    clusters = [put(session, text)[1] for text in (one, edit(one, 0.1), other, edit(other, 0.1))]
    put(session, f"{one} {other}")
    assert clusters[1] != clusters[3]
    assert session.scalar(select(func.count(Cluster.id))) == 2
    assert session.scalars(select(Overlap.kind)).first() is OverlapKind.MERGE


def test_two_stories_that_quote_one_pledge_are_two(session: Session) -> None:
    found = [put(session, f"{make_story(seed, words=60)} {PLEDGE}")[1] for seed in range(6)]
    assert found == [None] * 6
    assert put(session, PLEDGE)[1] is None


def test_a_passage_in_common_is_a_quote_and_no_cluster(session: Session) -> None:
    quote = make_story(9, words=60)
    assert put(session, f"{make_story(1, words=200)} {quote}")[1] is None
    assert put(session, f"{make_story(2, words=200)} {quote}")[1] is None
    assert session.scalars(select(Overlap.kind)).all() == [OverlapKind.QUOTE]


def test_two_clusters_that_turn_out_to_be_one_are_merged_with_an_event(session: Session) -> None:
    story = make_story(3, words=200)
    far = [edit(story, 0.25, seed) for seed in (1, 2)]
    clusters = [put(session, text)[1] for text in (far[0], far[0] + " Selesai.", far[1], far[1] + " Selesai.")]
    assert clusters[1] != clusters[3]
    put(session, bridge(far))
    assert len(set(session.scalars(select(ClusterMember.cluster_id)))) == 1
    event = session.scalars(select(AuditEvent)).one()
    assert event.action == "klaster.gabung"
    assert {event.detail["dari"], event.detail["ke"]} == {clusters[1], clusters[3]}
    assert len(event.detail["konten"]) == 2


def test_what_a_person_confirmed_is_not_merged_but_suggested(session: Session) -> None:
    story = make_story(3, words=200)
    far = [edit(story, 0.25, seed) for seed in (1, 2)]
    clusters = [put(session, text)[1] for text in (far[0], far[0] + " Selesai.", far[1], far[1] + " Selesai.")]
    assert clusters[1] is not None
    confirm_cluster(session, clusters[1], actor="sari", reason="dibaca")
    put(session, bridge(far))
    assert len(set(session.scalars(select(ClusterMember.cluster_id)))) == 2
    assert OverlapKind.MERGE in session.scalars(select(Overlap.kind)).all()


def test_a_withdrawn_text_keeps_its_cluster_and_says_that_it_changed(session: Session) -> None:
    put(session, text_of(WIRE))
    item, cluster = put(session, text_of(COPIES[0]))
    assert assign_cluster(session, item, "Berita ini dicabut oleh redaksi karena keliru menyebut nama kecamatan.") == cluster
    assert member_of(session, item).basis is MembershipBasis.CHANGED
    assert session.scalar(select(func.count()).select_from(Cluster)) == 1


def test_a_changed_text_goes_where_it_belongs_now(session: Session) -> None:
    one, other = make_story(1), make_story(2)
    put(session, one)
    item, before = put(session, edit(one, 0.1))
    put(session, other)
    after = assign_cluster(session, item, edit(other, 0.1))
    assert after not in (None, before)
    assert session.scalars(select(AuditEvent.action)).all() == ["klaster.pindah"]


def test_a_changed_text_stays_where_a_person_put_it(session: Session) -> None:
    one, other = make_story(1), make_story(2)
    put(session, one)
    item, before = put(session, edit(one, 0.1))
    put(session, other)
    assert before is not None
    own = split_cluster(session, before, [item.id], actor="sari", reason="lain")
    assert assign_cluster(session, item, edit(other, 0.1)) == own


def test_a_text_posted_without_end_costs_no_more(session: Session) -> None:
    text = make_story(4, words=60)
    clusters = {put(session, text)[1] for _ in range(40)} - {None}
    most = select(func.count(SketchKey.item_id)).group_by(SketchKey.value).order_by(func.count(SketchKey.item_id).desc()).limit(1)
    assert len(clusters) == 1
    assert session.scalar(most) == 16
    assert session.scalar(select(func.count(ClusterMember.item_id))) == 40


def test_the_keys_of_a_changed_text_are_replaced(session: Session) -> None:
    item = make_item(session, text="")
    for seed in (1, 2):
        assign_cluster(session, item, make_story(seed))
    sketch = draw_sketch(make_story(2))
    assert sketch is not None
    assert sorted(session.scalars(select(SketchKey.value))) == sketch.keys


def bridge(halves: list[str]) -> str:
    """Nearer to each of two versions than they are to each other."""
    words = zip(*(half.split() for half in halves), strict=True)
    return " ".join(pair[place % 2] for place, pair in enumerate(words))
