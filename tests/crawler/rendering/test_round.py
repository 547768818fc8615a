"""Rounds of pictures: which pages they take, when they end, and that they wait while the host of their source is read."""

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from crawler.catalogue import SourceFile
from crawler.errors import SourceBusy
from crawler.items import FetchedArticle, ListedPage, ReadPage
from crawler.rendering.job import Rendered, RenderFailed, RenderJob
from crawler.rendering.round import MOST_FAILURES, render_source
from crawler.runs.listing_run import ListingRun
from crawler.schedule import claim_next
from crawler.storing.storage import store_article
from models import CrawlRun, FetchEvent, FetchOutcome, FrontierState, FrontierUrl, Item, VersionPart, now
from models.database import make_session
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from netra.rendering import render_sources
from netra.retention.items import erase_items
from tests.crawler.schedule.planned import make_file, plan

PICTURED = make_file("satu", host="h.test", render="screenshot", delay_seconds=0.001)
SECTION = make_file("dua", host="www.h.test")
PAGE = Fetched("https://h.test/1", b"<p>Rapat</p>", "text/html", 200)


PICTURE = b"\x89PNG rekaan"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that a browser was asked for; it fails on those whose address ends with `rusak`."""
    asked = list[str]()

    def show(_settings: Settings, job: RenderJob) -> Rendered:
        asked.append(job.url.rpartition("/")[2])
        if job.url.endswith("rusak"):
            raise RenderFailed(f"{job.url}: HTTP 404")
        return Rendered(job.url, PICTURE + job.url.encode(), "image/png", "<p>", 1, 0)

    monkeypatch.setattr("crawler.rendering.round.render_apart", show)
    return asked


def store(settings: Settings, engine: Engine, file: SourceFile, *names: str) -> None:
    """Pages as a crawl leaves them."""
    run = ListingRun(engine, settings, file)
    (feed,) = run.start()
    pages = [ListedPage(f"https://h.test/{name}", title=name) for name in names]
    run.list_pages(feed, pages, PAGE, etag=None, last_modified=None)
    for waiting in run.take(None):
        article = FetchedArticle(waiting.url, "Rapat", f"Camat hadir dalam rapat {waiting.url}.")
        run.store(ReadPage(waiting.id, article, Fetched(waiting.url, waiting.url.encode(), "text/html", 200), (), ""))
    run.flush()
    run.writer.close()


def test_a_round_ends_with_the_page_at_hand_when_it_is_told_to_stop(engine: Engine, settings: Settings, shown: list[str]) -> None:
    store(settings, engine, PICTURED, *(str(number) for number in range(4)))
    reports = list(render_sources(settings, engine, [PICTURED], limit=5, must_stop=lambda: bool(shown)))
    assert (len(shown), [report.counts for report in reports]) == (1, [{"gambar": 1}])


def test_pages_that_no_browser_can_show_keep_no_others_from_theirs(engine: Engine, settings: Settings, shown: list[str]) -> None:
    store(settings, engine, PICTURED, "1", "2")
    store(settings, engine, PICTURED, *(f"{number}-rusak" for number in range(MOST_FAILURES)))
    _, second = [render_source(settings, engine, PICTURED, limit=20) for _ in range(2)]
    assert (second.counts, shown[MOST_FAILURES : MOST_FAILURES + 2]) == ({"gambar": 2}, ["2", "1"])


def test_no_page_is_shown_while_another_section_of_its_host_is_read(session: Session, engine: Engine, settings: Settings) -> None:
    source = plan(session, PICTURED, SECTION)[0]
    assert claim_next(session, "jauh:1", ["dua"])
    session.commit()
    assert render_source(settings, engine, PICTURED, limit=5).counts == {}  # Nothing waits, so nobody is asked.
    with EvidenceWriter(settings.evidence_dir) as writer:
        store_article(session, writer, FetchedArticle(PAGE.url, "Rapat", "Camat hadir dalam rapat."), source, fetched=PAGE)
    session.commit()
    with pytest.raises(SourceBusy, match="another worker"):
        render_source(settings, engine, PICTURED, limit=5)


def erase(session: Session, *names: str) -> None:
    urls = [f"https://h.test/{name}" for name in names]
    erase_items(session, list(session.scalars(select(Item.id).where(Item.url.in_(urls)))), "permintaan", now())
    session.commit()


def test_what_was_erased_is_shown_to_no_browser(session: Session, engine: Engine, settings: Settings, shown: list[str]) -> None:
    store(settings, engine, PICTURED, "1", "2")
    erase(session, "2")
    report = render_source(settings, engine, PICTURED, limit=5)
    assert (shown, report.counts, report.failures) == (["1"], {"gambar": 1}, [])


def test_an_empty_page_of_a_text_that_was_erased_is_shown_to_no_browser(
    session: Session, engine: Engine, settings: Settings, shown: list[str]
) -> None:
    file = make_file("satu", host="h.test", render="page", delay_seconds=0.001)
    store(settings, engine, file, "1", "2")
    source_id, key = session.execute(select(Item.source_id, Item.item_key).where(Item.url == "https://h.test/2")).one()
    erase(session, "1", "2")
    session.add(FrontierUrl(source_id=source_id, url="https://h.test/2", url_key=key, state=FrontierState.REFUSED))
    said = {"run_id": session.scalar(select(func.max(CrawlRun.id))), "outcome": FetchOutcome.REFUSED, "reason": "halaman kosong"}
    session.add(FetchEvent(source_id=source_id, url="https://h.test/2", **said))
    session.commit()
    render_source(settings, engine, file, limit=5)
    assert shown == []


def test_no_picture_is_kept_of_a_text_that_was_erased_while_it_was_shown(
    session: Session, engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def show(_settings: Settings, job: RenderJob) -> Rendered:
        with make_session(engine)() as other:
            erase(other, "1")
        return Rendered(job.url, PICTURE, "image/png", "<p>", 1, 0)

    store(settings, engine, PICTURED, "1")
    monkeypatch.setattr("crawler.rendering.round.render_apart", show)
    report = render_source(settings, engine, PICTURED, limit=5)
    kept = session.scalar(select(func.count()).select_from(VersionPart))
    assert (kept, report.counts, report.failures) == (0, {"dihapus": 1}, [])
