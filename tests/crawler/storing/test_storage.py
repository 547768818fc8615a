"""Items are stored once, versions are kept, evidence is behind each of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.storing.storage import StoreOutcome, store_article
from models import ClusterMember, Item, ItemVersion, Snapshot, Source
from models.database import make_session
from models.evidence.store import EvidenceWriter, Fetched, read_evidence
from tests.factories import make_source

TEXT = "KENDAL, Bawaslu – Camat Wanasari dipanggil karena hadir dalam deklarasi pasangan calon di gedung olahraga."
ARTICLE = FetchedArticle("http://a.test/1", "Camat dipanggil", TEXT, language="id", method="uji")
BYTES = Fetched("http://a.test/1", b"<html>asli</html>", "text/html", 200, (("ETag", "x"),))


@pytest.fixture
def source(session: Session) -> Source:
    return make_source(session)


def test_the_same_text_twice_is_one_item_with_one_version(tmp_path: Path, session: Session, source: Source) -> None:
    with EvidenceWriter(tmp_path) as writer:
        results = [store_article(session, writer, ARTICLE, source, fetched=BYTES) for _ in range(2)]
    assert [result.outcome for result in results] == [StoreOutcome.STORED, StoreOutcome.UNCHANGED]
    assert results[0].item.id == results[1].item.id
    assert session.scalar(select(func.count()).select_from(Snapshot)) == 1


@pytest.mark.parametrize("change", [{"text": TEXT + " Ia membantah."}, {"title": "Camat dipanggil dua kali"}])
def test_a_changed_article_is_a_new_version_and_the_old_one_stays(
    tmp_path: Path, session: Session, source: Source, change: dict[str, str]
) -> None:
    with EvidenceWriter(tmp_path) as writer:
        old = store_article(session, writer, ARTICLE, source, fetched=BYTES).version
        new = store_article(session, writer, replace(ARTICLE, **change), source, fetched=replace(BYTES, body=b"baru"))
    assert new.outcome is StoreOutcome.CHANGED
    assert (old.number, new.version.number, new.item.current_version_id) == (1, 2, new.version.id)
    bodies = [read_evidence(tmp_path, row) for row in session.scalars(select(Snapshot).order_by(Snapshot.id))]
    assert bodies == [BYTES.body, b"baru"]


@pytest.mark.parametrize(
    ("method", "text", "outcome"),
    [
        ("impor", TEXT, StoreOutcome.UNCHANGED),
        ("informasi", TEXT, StoreOutcome.UNCHANGED),
        ("informasi", "https://a.test/1", StoreOutcome.CHANGED),
        ("gdelt", "Camat dipanggil", StoreOutcome.CHANGED),
    ],
)
def test_a_summary_never_takes_the_place_of_a_full_text(
    tmp_path: Path, session: Session, source: Source, method: str, text: str, outcome: StoreOutcome
) -> None:
    summary = replace(ARTICLE, text="Camat dipanggil\n\nIa hadir dalam deklarasi.", method="kanal")
    with EvidenceWriter(tmp_path) as writer:
        store_article(session, writer, replace(ARTICLE, text=text, method=method), source, fetched=BYTES)
        result = store_article(session, writer, summary, source, fetched=replace(BYTES, body=b"<item>"))
    assert result.outcome is outcome


@pytest.mark.parametrize(
    ("method", "text", "outcome"),
    [
        ("impor", "... Wanasari dipanggil karena hadir … pasangan calon di gedung", StoreOutcome.UNCHANGED),
        ("impor", "CAMAT dipanggil", StoreOutcome.UNCHANGED),
        ("impor", "Camat Wanasari dipanggil lagi karena hadir", StoreOutcome.CHANGED),
        ("impor", "pasangan calon … Camat Wanasari", StoreOutcome.CHANGED),
        ("impor", f"{TEXT} Ia membantah.", StoreOutcome.CHANGED),
        ("tata letak", "Camat Wanasari dipanggil", StoreOutcome.CHANGED),
    ],
)
def test_an_imported_snippet_never_takes_the_place_of_the_text_that_holds_it(
    tmp_path: Path, session: Session, source: Source, method: str, text: str, outcome: StoreOutcome
) -> None:
    with EvidenceWriter(tmp_path) as writer:
        full = store_article(session, writer, ARTICLE, source, fetched=BYTES).version
        brought = replace(ARTICLE, title="", text=text, method=method)
        result = store_article(session, writer, brought, source, fetched=replace(BYTES, body=b"{}"))
    assert result.outcome is outcome
    assert (result.version.id == full.id) is (outcome is StoreOutcome.UNCHANGED)


@pytest.mark.parametrize(
    ("method", "text", "outcome"),
    [
        ("impor", TEXT, StoreOutcome.UNCHANGED),
        ("netra", TEXT, StoreOutcome.UNCHANGED),
        ("impor", TEXT[:30], StoreOutcome.CHANGED),
        ("kanal", TEXT, StoreOutcome.CHANGED),
    ],
)
def test_the_beginning_of_an_article_never_takes_the_place_of_a_longer_text(
    tmp_path: Path, session: Session, source: Source, method: str, text: str, outcome: StoreOutcome
) -> None:
    with EvidenceWriter(tmp_path) as writer:
        store_article(session, writer, replace(ARTICLE, text=text, method=method), source, fetched=BYTES)
        beginning = replace(ARTICLE, text=TEXT[:60], cut_after=1)
        assert store_article(session, writer, beginning, source, fetched=replace(BYTES, body=b"1")).outcome is outcome


def test_the_region_that_an_import_stated_outlives_a_changed_text(tmp_path: Path, session: Session, source: Source) -> None:
    with EvidenceWriter(tmp_path) as writer:
        store_article(session, writer, ARTICLE, source, fetched=BYTES, region_code="51")
        changed = store_article(session, writer, replace(ARTICLE, text=f"{TEXT} Ia membantah."), source, fetched=BYTES)
    assert changed.outcome is StoreOutcome.CHANGED
    assert (changed.item.region_code, changed.item.region_evidence) == ("51", "impor")


def test_an_import_without_address_is_known_by_its_words(tmp_path: Path, session: Session, source: Source) -> None:
    unnamed = replace(ARTICLE, url=None)
    with EvidenceWriter(tmp_path) as writer:
        first = store_article(session, writer, unnamed, source, fetched=BYTES)
        second = store_article(session, writer, replace(unnamed, text=TEXT.upper()), source, fetched=BYTES)
    assert first.item.id == second.item.id


def test_the_region_of_an_import_goes_before_the_guess(tmp_path: Path, session: Session, source: Source) -> None:
    with EvidenceWriter(tmp_path) as writer:
        guessed = store_article(session, writer, ARTICLE, source, fetched=BYTES).item
        other = replace(ARTICLE, url="http://a.test/2")
        stated = store_article(session, writer, other, source, fetched=BYTES, region_code="51").item
    assert (guessed.region_code, guessed.region_evidence) == ("33.24", "dateline")
    assert (stated.region_code, stated.region_evidence) == ("51", "impor")


def test_letters_that_no_database_keeps_are_taken_out(tmp_path: Path, session: Session, source: Source) -> None:
    with EvidenceWriter(tmp_path) as writer:
        version = store_article(session, writer, replace(ARTICLE, text=f"{TEXT}\x00\ud800"), source, fetched=BYTES).version
    session.commit()
    assert version.text == f"{TEXT}?"


def test_headers_that_no_database_keeps_cost_no_page(tmp_path: Path, session: Session, source: Source) -> None:
    hostile = replace(BYTES, content_type="text/html\x00", headers=(("X-Aneh", "a\x00b"),))
    with EvidenceWriter(tmp_path) as writer:
        store_article(session, writer, ARTICLE, source, fetched=hostile)
    session.commit()
    assert session.scalars(select(Snapshot)).one().http_headers == [{"name": "X-Aneh", "value": "ab"}]


def test_an_empty_text_is_refused_and_leaves_nothing(tmp_path: Path, session: Session, source: Source) -> None:
    with EvidenceWriter(tmp_path) as writer, pytest.raises(NotAnArticle):
        store_article(session, writer, replace(ARTICLE, text=" \x00 "), source, fetched=BYTES)
    assert session.scalar(select(func.count()).select_from(Item)) == 0


def test_writers_that_store_the_same_at_once_store_it_once(tmp_path: Path, engine: Engine) -> None:
    sessions = make_session(engine)
    with sessions.begin() as session:
        source_id = make_source(session).id

    def work(number: int) -> None:
        with EvidenceWriter(tmp_path) as writer:
            for page in range(6):
                with sessions.begin() as session:
                    article = replace(ARTICLE, url=f"http://a.test/{page}", text=f"{TEXT} Putusan {page % 2}.")
                    store_article(session, writer, article, session.get_one(Source, source_id), fetched=BYTES)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with sessions.begin() as session:
        assert session.scalar(select(func.count()).select_from(Item)) == 6
        assert session.scalars(select(ItemVersion.number)).all() == [1] * 6
        assert len(set(session.scalars(select(ClusterMember.cluster_id)))) == 1
        assert session.scalar(select(func.count()).select_from(ClusterMember)) == 6
