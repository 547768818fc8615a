"""Lists are written with their pages, and where they are all that may be kept, as evidence of what they gave."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from crawler.catalogue import parse_source
from crawler.finding.listing import ListLink
from crawler.finding.steps import is_settled
from crawler.items import ListedPage
from crawler.runs.listing_run import ListingRun
from crawler.storing.storage import StoreResult, store_article
from models import Feed, FetchEvent, FetchOutcome, Item, ItemVersion, ListUrl, Snapshot, now
from models.database import make_reading_session, make_session
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


def count_stored(engine: Engine) -> tuple[int, str | None]:
    """Items, and the ETag that is remembered of the list."""
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(Item)) or 0, session.scalars(select(Feed.etag)).one()


def test_entries_are_stored_block_by_block_and_a_cut_one_goes_on(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ListingRun(engine, settings, parse_source(SOURCE, "satu"))
    (feed,) = run.start()
    pages = [ListedPage(f"http://a.test/{number}", title=f"Rapat ke-{number}") for number in range(5)]
    monkeypatch.setattr("crawler.runs.listing_run.BATCH", 2)
    with monkeypatch.context() as broken:
        tries, store = iter([True] * 3 + [False]), store_article

        def store_three(*values: Any, **named: Any) -> StoreResult:
            if not next(tries):
                raise OSError("penuh")
            return store(*values, **named)

        broken.setattr("crawler.runs.listing_run.store_article", store_three)
        with pytest.raises(OSError, match="penuh"):
            run.list_pages(feed, pages, LIST, etag="satu", last_modified=None)
    assert count_stored(engine) == (2, None)
    run.list_pages(feed, pages, LIST, etag="satu", last_modified=None)
    run.writer.close()
    assert count_stored(engine) == (5, "satu")


def test_an_entry_without_words_is_refused_once(settings: Settings, engine: Engine) -> None:
    run = ListingRun(engine, settings, parse_source(SOURCE, "satu"))
    (feed,) = run.start()
    for _ in range(2):
        run.list_pages(feed, [ListedPage("http://a.test/1"), *PAGES[2:]], LIST, etag=None, last_modified=None)
    run.writer.close()
    with make_reading_session(engine)() as session:
        outcomes = session.scalars(select(FetchEvent.outcome)).all()
    assert (outcomes.count(FetchOutcome.REFUSED), outcomes.count(FetchOutcome.UNCHANGED)) == (1, 1)


def test_a_list_below_an_index_that_is_unchanged_settles_and_slows_nothing(settings: Settings, engine: Engine) -> None:
    run = ListingRun(engine, settings, parse_source(SOURCE, "satu"))
    (feed,) = run.start()
    child = ListLink("http://a.test/anak.xml", now() - timedelta(days=10))
    run.list_pages(feed, [], LIST, etag=None, last_modified=None)
    run.list_pages(feed, [], LIST, etag="dua", last_modified=None, below=child)
    with make_session(engine).begin() as session:
        session.execute(update(ListUrl).values(read_at=child.changed_at))
        planned = session.get_one(Feed, feed.id).poll_minutes
    run.list_unchanged(feed, child.url, child)
    run.writer.close()
    with make_reading_session(engine)() as session:
        row = session.scalars(select(ListUrl)).one()
        assert (is_settled(child, row), row.etag) == (True, "dua")
        assert session.get_one(Feed, feed.id).poll_minutes == planned
