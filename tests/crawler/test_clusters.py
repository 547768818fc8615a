"""Near-duplicates meet, strangers do not."""

import re
from itertools import permutations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.clusters import assign_cluster, sign, similarity_of
from models import Cluster, ClusterMember, Item
from netra.demo.site.articles import DemoArticle, load_articles
from tests.factories import make_item

WIRE = next(article for article in load_articles() if article.slug == "korwil-pendidikan-gandawangi-diklarifikasi")
COPIES = [article for article in load_articles() if article.slug == f"{WIRE.slug}-salinan"]


def put(session: Session, text: str) -> tuple[Item, int | None]:
    item = make_item(session, text=text)
    return item, assign_cluster(session, item, text)


def text_of(article: DemoArticle) -> str:
    return "\n\n".join(article.paragraphs)


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


@pytest.mark.parametrize("words", ["Camat dipanggil Bawaslu pagi ini", ""])
def test_short_texts_never_join(session: Session, words: str) -> None:
    assert [put(session, words)[1] for _ in range(3)] == [None, None, None]


def test_no_two_other_articles_of_the_demo_are_similar() -> None:
    others = [article for article in load_articles() if "salinan" not in article.slug and article.special != "disallowed"]
    signatures = [signature for article in others if (signature := sign(text_of(article)))]
    pairs = [similarity_of(a, b) for index, a in enumerate(signatures) for b in signatures[:index]]
    assert max(pairs) < 0.5


def test_case_and_punctuation_do_not_matter(session: Session) -> None:
    text = text_of(WIRE)
    put(session, text)
    assert put(session, re.sub(r"[.,“”]", "", text.upper()))[1] is not None


def test_a_changed_text_keeps_its_cluster_and_makes_no_second_one(session: Session) -> None:
    put(session, text_of(WIRE))
    item, cluster = put(session, text_of(COPIES[0]))
    assert assign_cluster(session, item, "Berita ini dicabut oleh redaksi karena keliru menyebut nama kecamatan.") == cluster
    assert session.scalar(select(func.count()).select_from(Cluster)) == 1
