"""What a publisher does not allow is not fetched."""

from pathlib import Path

from sqlalchemy import select

from models import FrontierState, FrontierUrl, Item, ItemVersion, Snapshot
from models.database import make_engine, make_reading_session
from models.evidence.store import read_evidence
from models.settings import Settings
from tests.crawler.outlet import ENTRY, Outlet, crawl_outlet


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
