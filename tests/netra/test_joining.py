"""A tip stands beside the copies of its story from its first moment, by the crawler's own way."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.duplicates.clusters import assign_cluster
from models import ClusterMember, ClusterState, Flag, now
from models.settings import Settings
from netra.joining import StoryJoining
from service.sealing import Keys
from service.tips.sending import Desk, Received, receive
from service.tips.words import TipWords
from tests.factories import make_flag, make_item

STORY = (
    "Camat Wanasari mengajak semua kepala desa memilih pasangan calon nomor urut dua dalam rapat dinas di pendapa kecamatan, "
    "Selasa pagi, lalu membagikan kaus bergambar pasangan itu kepada staf yang hadir dan meminta mereka memakainya pada apel."
)


def send(session: Session, settings: Settings, text: str, link: str = "") -> Received:
    day = (now() - timedelta(days=1)).date()
    desk = Desk(Keys(b"k" * 32), Path(settings.evidence_dir), 90, StoryJoining())
    return receive(session, desk, TipWords("33.24", link, text, day, day, "", "", ""), form=None)


def cluster_of(session: Session, item_id: int) -> ClusterMember | None:
    return session.scalar(select(ClusterMember).where(ClusterMember.item_id == item_id))


def number_of(session: Session, item_id: int) -> int | None:
    member = cluster_of(session, item_id)
    return member.cluster_id if member else None


def test_a_tip_with_the_words_of_an_article_stands_in_its_cluster_and_so_does_its_flag(session, settings) -> None:
    article = make_item(session, text=STORY)
    make_flag(session, article)
    assign_cluster(session, article, STORY)
    tip = send(session, settings, STORY.upper()).tip
    member, flag = cluster_of(session, tip.item_id), session.get(Flag, tip.flag_id)
    assert member is not None
    assert flag is not None
    assert member.state is ClusterState.CONFIRMED
    assert (flag.cluster_id, number_of(session, article.id)) == (member.cluster_id, member.cluster_id)


def test_two_tips_in_almost_the_same_words_are_one_suggested_story(session, settings) -> None:
    first, second = send(session, settings, STORY).tip, send(session, settings, f"{STORY} Saya melihatnya sendiri.").tip
    mine = cluster_of(session, second.item_id)
    assert mine is not None
    assert (mine.cluster_id, mine.state) == (number_of(session, first.item_id), ClusterState.SUGGESTED)


def test_a_tip_of_its_own_stands_alone_and_is_found_by_the_next_copy(session, settings) -> None:
    tip = send(session, settings, STORY).tip
    assert cluster_of(session, tip.item_id) is None
    article = make_item(session, text=STORY)
    assign_cluster(session, article, STORY)
    assert number_of(session, tip.item_id) == number_of(session, article.id) is not None
