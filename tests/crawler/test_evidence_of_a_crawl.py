"""What a real crawl leaves behind: the answer, what was asked, and files that hold against rows and seals."""

from pathlib import Path

from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from models import Snapshot
from models.database import make_engine, make_reading_session
from models.settings import Settings
from netra.evidence.selection import Scope
from netra.evidence.verify import verify
from tests.crawler.outlet import Outlet, crawl_outlet


def test_a_crawled_page_is_kept_with_its_request(tmp_path: Path) -> None:
    crawl_outlet(tmp_path, Outlet())
    settings = Settings(home=tmp_path, _env_file=None)
    engine = make_engine(settings.database_address)
    with make_reading_session(engine)() as session:
        snapshot = session.scalars(select(Snapshot)).one()
        report = verify(session, settings.evidence_dir, Scope(), roots=[])
    engine.dispose()
    assert (report.findings, report.snapshots, report.files) == ([], 1, 1)
    with (settings.evidence_dir / snapshot.warc_file).open("rb") as file:
        records = {record.rec_type: str(record.http_headers or "") for record in ArchiveIterator(file)}
    assert list(records) == ["warcinfo", "response", "request", "metadata"]
    assert "GET /a HTTP/1.1" in records["request"]
    assert "netra/0.1" in records["request"]
