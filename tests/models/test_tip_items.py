"""A tip as an item: found where its link or its words are known, made with its bytes where they are not."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import FrontierState, FrontierUrl, Item, ItemVersion, Snapshot, now
from models.addresses import key_of
from models.evidence.store import EvidenceWriter, read_evidence
from models.settings import Settings
from models.tip_items import StoredTip, store_tip_item
from netra.retention.items import erase_items
from tests.factories import make_source

TEXT = "Kepala dinas di Wanasari membagikan kaus calon kepada staf dalam rapat."
LINK = "https://contoh.test/berita/rapat"


def send(session: Session, settings: Settings, *, text: str = TEXT, link: str = "") -> StoredTip:
    with EvidenceWriter(settings.evidence_dir) as writer:
        return store_tip_item(session, writer, text=text, shown=text, link=link, region_code="33.24")


@pytest.mark.parametrize("link", ["", LINK])
def test_the_same_tip_is_one_item_with_one_copy(session: Session, settings: Settings, link: str) -> None:
    first, second = (send(session, settings, link=link) for _ in range(2))
    assert (first.is_new, second.is_new, second.version.id) == (True, False, first.version.id)
    assert session.scalar(select(func.count()).select_from(Snapshot)) == 1


@pytest.mark.parametrize("link", ["", LINK])
def test_a_tip_on_an_erased_item_is_its_next_version_with_bytes_of_its_own(
    session: Session, settings: Settings, link: str
) -> None:
    first = send(session, settings, link=link)
    erase_items(session, [first.item.id], "permintaan", now())
    again = send(session, settings, text=f"{TEXT} Terulang.", link=link) if link else send(session, settings)
    session.expire_all()
    assert (again.is_new, again.item.id, again.item.url) == (True, first.item.id, link or None)
    versions = session.scalars(select(ItemVersion).order_by(ItemVersion.number)).all()
    assert [(version.number, bool(version.text)) for version in versions] == [(1, False), (2, True)]
    copy = session.get_one(Snapshot, again.version.snapshot_id)
    assert TEXT.encode() in read_evidence(settings.evidence_dir, copy)


def test_the_words_of_such_a_tip_can_be_erased_too(session: Session, settings: Settings) -> None:
    for _ in range(2):
        item_id = send(session, settings, link=LINK).item.id
        erase_items(session, [item_id], "permintaan", now())
    texts = session.scalars(select(ItemVersion.text).join(Item, Item.id == ItemVersion.item_id)).all()
    marked = session.scalar(select(func.count()).where(Snapshot.erased_at.is_not(None)))
    assert (texts, marked) == (["", ""], 2)


SPELLINGS = ("https://m.contoh.test/berita/rapat", "https://amp.contoh.test/berita/rapat", "http://www.contoh.test/berita/rapat")


@pytest.mark.parametrize("link", SPELLINGS)
def test_a_page_is_one_item_however_the_host_of_its_link_is_spelled(session: Session, settings: Settings, link: str) -> None:
    first = send(session, settings, link="https://www.contoh.test/berita/rapat")
    assert send(session, settings, link=link).item.id == first.item.id


def test_a_link_that_came_first_has_the_address_under_which_a_crawl_keeps_it(session: Session, settings: Settings) -> None:
    source = make_source(session, home_url="https://www.contoh.test/")
    assert send(session, settings, link=LINK).item.url == "https://www.contoh.test/berita/rapat"
    listed = "https://daerah.contoh.test/berita/2"
    row = FrontierUrl(source_id=source.id, url=listed, url_key=key_of(listed), state=FrontierState.WAITING, attempts=0, hint={})
    session.add(row)
    session.flush()
    assert send(session, settings, link="https://www.daerah.contoh.test/berita/2").item.url == listed
