"""Pages of one batch are stored as if each came alone, and the new ones share their statements."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.storing.batches import Incoming, Kept, store_pages
from crawler.storing.storage import StoreOutcome
from models import ClusterMember, ClusterState, Item, ItemVersion, Snapshot, VersionPart
from models.evidence.store import EvidenceWriter, Fetched, read_evidence
from tests.factories import make_source

TEXT = "Camat Wanasari membuka rapat pelayanan warga di kantor kecamatan pada Senin pagi bersama para lurah dan panitia."


def make_page(number: int, text: str = "") -> Incoming:
    url = f"http://a.test/{number}"
    article = FetchedArticle(url, f"Judul {number}", text or f"{TEXT} Putusan nomor {number}.", method="uji")
    return Incoming(article, Fetched(url, f"<p>{number}</p>".encode(), "text/html", 200))


def make_story(number: int) -> Incoming:
    """A page that shares no three words with another."""
    return make_page(number, " ".join(f"kata{number}huruf{place}" for place in range(60)))


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[EvidenceWriter]:
    with EvidenceWriter(tmp_path) as writer:
        yield writer


def store(session: Session, writer: EvidenceWriter, *pages: Incoming) -> list[StoreOutcome | str]:
    kept = store_pages(session, writer, make_source(session), pages)
    return [page.outcome if isinstance(page, Kept) else page.reason for page in kept]


def test_each_page_gets_its_own_bytes_and_words(session: Session, writer: EvidenceWriter) -> None:
    assert store(session, writer, *map(make_page, range(5))) == [StoreOutcome.STORED] * 5
    rows = session.execute(
        select(Item.url, ItemVersion.title, Snapshot)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .join(Snapshot, Snapshot.id == ItemVersion.snapshot_id)
        .order_by(Item.id)
    ).all()
    assert [(str(url)[-1], title[-1]) for url, title, _ in rows] == [(str(number), str(number)) for number in range(5)]
    assert [read_evidence(writer.folder, snapshot) for *_, snapshot in rows] == [b"<p>%d</p>" % number for number in range(5)]


def test_one_address_twice_in_a_batch_is_one_item(session: Session, writer: EvidenceWriter) -> None:
    changed = make_page(1, f"{TEXT} Rapat ditunda sampai pekan depan.")
    outcomes = store(session, writer, make_page(1), make_page(2), make_page(1), changed)
    assert outcomes == [StoreOutcome.STORED, StoreOutcome.STORED, StoreOutcome.UNCHANGED, StoreOutcome.CHANGED]
    assert session.scalar(select(func.count()).select_from(Item)) == 2
    assert session.scalars(select(ItemVersion.number).order_by(ItemVersion.id)).all() == [1, 1, 2]


def test_copies_in_one_batch_stand_in_one_cluster(session: Session, writer: EvidenceWriter) -> None:
    store(session, writer, *(make_page(number, TEXT) for number in range(4)))
    members = session.execute(select(ClusterMember.cluster_id, ClusterMember.state)).all()
    assert len(members) == 4
    assert len(set(members)) == 1
    assert members[0].state is ClusterState.CONFIRMED


def test_the_same_bytes_in_one_batch_are_written_once(session: Session, writer: EvidenceWriter) -> None:
    body = b"<p>Camat dipanggil.</p>" * 300
    pages = [make_page(number) for number in range(3)]
    store(session, writer, *(replace(page, fetched=replace(page.fetched, body=body)) for page in pages))
    snapshots = session.scalars(select(Snapshot).order_by(Snapshot.id)).all()
    assert [read_evidence(writer.folder, snapshot) for snapshot in snapshots] == [body] * 3
    record = (writer.folder / snapshots[2].warc_file).read_bytes()[snapshots[2].warc_offset :]
    assert b"revisit" in record[: snapshots[2].warc_length]


def test_parts_belong_to_their_own_page(session: Session, writer: EvidenceWriter) -> None:
    long = replace(make_page(2), more=(make_page(21).fetched, make_page(22).fetched))
    store(session, writer, make_page(1), long, make_page(3))
    query = select(Snapshot.url, VersionPart.number, ItemVersion.title)
    query = query.join(VersionPart, VersionPart.snapshot_id == Snapshot.id)
    parts = session.execute(query.join(ItemVersion, ItemVersion.id == VersionPart.version_id).order_by(VersionPart.number)).all()
    assert [tuple(part) for part in parts] == [("http://a.test/21", 2, "Judul 2"), ("http://a.test/22", 3, "Judul 2")]


def test_a_text_without_words_is_refused_beside_others(session: Session, writer: EvidenceWriter) -> None:
    kept = store_pages(session, writer, make_source(session), [make_page(1, " \x00 "), make_page(2)])
    assert isinstance(kept[0], NotAnArticle)
    assert isinstance(kept[1], Kept)


def test_a_batch_of_new_stories_takes_as_many_statements_as_one(session: Session, engine: Engine, writer: EvidenceWriter) -> None:
    source, said = make_source(session), list[str]()

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    store_pages(session, writer, source, [make_story(1)])
    alone = len(said)
    store_pages(session, writer, source, [make_story(number) for number in range(10, 50)])
    event.remove(engine, "before_cursor_execute", listen)
    assert len(said) - alone <= alone
