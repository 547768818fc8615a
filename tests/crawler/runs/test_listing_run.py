"""Lists are written with their pages, and where they are all that may be kept, as evidence of what they gave."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, func, select

from crawler.catalogue import parse_source
from crawler.items import ListedPage
from crawler.runs.listing_run import ListingRun
from models import FetchEvent, FetchOutcome, Item, ItemVersion, Snapshot
from models.database import make_reading_session
from models.evidence.files import read_seal
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings

SOURCE = """
name: Satu
kind: berita
home_url: http://a.test
rights: metadata_only
rights_note: rekaan
cadence_minutes: 60
expected_min_per_day: 0
recheck_hours: 0
confidence: A
feeds: [{kind: sitemap, url: "http://a.test/sitemap.xml"}]
"""
LIST = Fetched("http://a.test/sitemap.xml", b"<urlset>rekaan</urlset>", "text/xml", 200)
PAGES = [ListedPage(f"http://a.test/{number}", title=f"Rapat ke-{number}") for number in range(3)]


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.warc.gz"))


def test_a_list_is_kept_once_and_only_where_an_entry_rests_on_it(settings: Settings, engine: Engine) -> None:
    run = ListingRun(engine, settings, parse_source(SOURCE, "satu"))
    (feed,) = run.start()

    def poll(pages: Sequence[ListedPage]) -> int:
        run.list_pages(feed, pages, LIST, etag=None, last_modified=None)
        return size_of(settings.evidence_dir)

    sizes = [poll(PAGES), poll(PAGES), poll([*PAGES, ListedPage("http://a.test/3", title="Rapat lagi")])]
    run.writer.close()
    assert sizes[0] == sizes[1] < sizes[2]
    with make_reading_session(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Item)) == 4
        kept = session.scalars(select(ItemVersion.snapshot_id).order_by(ItemVersion.id)).all()
        outcomes = session.scalars(select(FetchEvent.outcome).where(FetchEvent.outcome != FetchOutcome.LISTED)).all()
        assert (len(set(kept[:3])), session.scalar(select(func.count()).select_from(Snapshot))) == (1, 2)
    assert (outcomes.count(FetchOutcome.STORED), outcomes.count(FetchOutcome.UNCHANGED)) == (4, 6)


def test_a_run_that_keeps_nothing_seals_what_a_killed_one_left(settings: Settings, engine: Engine) -> None:
    folder = settings.evidence_dir
    with EvidenceWriter(folder) as writer:
        path = folder / writer.append(LIST).warc_file
        mark = next((folder / "open").glob("*.txt")).read_text()
    path.with_name(f"{path.name}.sha256").unlink()
    (folder / "open" / "mati.txt").write_text(mark)
    ListingRun(engine, settings, parse_source(SOURCE, "satu")).start()
    assert read_seal(path) is not None
