"""What a publisher does not allow is not fetched."""

from pathlib import Path

from sqlalchemy import select

from crawler.items import FetchedArticle
from crawler.storing.storage import store_article
from migrations.upgrade import upgrade_database
from models import FrontierState, FrontierUrl, Item, ItemVersion, Snapshot
from models.database import make_engine, make_reading_session, make_session
from models.evidence.store import EvidenceWriter, Fetched, read_evidence
from models.settings import Settings
from netra.importer.store import import_source
from tests.crawler.outlet import ENTRY, WORDS, Outlet, crawl_outlet


def test_a_source_of_metadata_gives_items_of_its_feed_alone(tmp_path: Path) -> None:
    outlet = Outlet(rights="metadata_only")
    crawl_outlet(tmp_path, outlet)
    settings = Settings(home=tmp_path)
    engine = make_engine(settings.database_address)
    with make_reading_session(engine)() as session:
        item, version, snapshot = (session.scalars(select(table)).one() for table in (Item, ItemVersion, Snapshot))
        state = session.scalars(select(FrontierUrl.state)).one()
    engine.dispose()
    assert set(outlet.asked) == {"/robots.txt", "/rss"}
    assert (version.title, version.text) == ("Rapat di kecamatan", "Rapat di kecamatan\n\nPegawai hadir.")
    assert (item.url, version.method, state) == ("http://satu.test/a", "kanal", FrontierState.DONE)
    assert read_evidence(settings.evidence_dir, snapshot) == ENTRY.format(root="http://satu.test").encode()


def test_the_feed_of_such_a_source_leaves_a_full_text_that_was_imported(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    engine = make_engine(settings.database_address)
    upgrade_database(engine)
    page = Fetched("http://satu.test/a", b"teks penuh", "text/plain")
    article = FetchedArticle("http://satu.test/a", "Rapat", WORDS, language="id", method="impor")
    with make_session(engine).begin() as session, EvidenceWriter(settings.evidence_dir) as writer:
        store_article(session, writer, article, import_source(session), fetched=page, region_code="51")
    crawl_outlet(tmp_path, Outlet(rights="metadata_only"))
    with make_reading_session(engine)() as session:
        version, item = session.scalars(select(ItemVersion)).one(), session.scalars(select(Item)).one()
        state = session.scalars(select(FrontierUrl.state)).one()
    engine.dispose()
    assert (version.text, item.region_code, state) == (WORDS, "51", FrontierState.DONE)
