"""The demo's outlets crawled over HTTP by the real spiders, each in a process of its own, into both engines."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from crawler.runs.lock import hold_source
from models import (
    AuditEvent,
    ClusterMember,
    CrawlRun,
    FetchEvent,
    FetchOutcome,
    FrontierState,
    FrontierUrl,
    Item,
    ItemVersion,
    RunState,
    Snapshot,
    verify_chain,
)
from models.database import make_reading_session
from models.evidence.store import read_evidence
from models.settings import Settings
from netra.crawls.crawling import environment
from netra.demo.site import DemoSite
from netra.demo.site.articles import DemoArticle, load_articles
from netra.demo.site.outlets import OUTLETS
from tests.engines import sqlite_every_day
from tests.forked import Forked
from tests.processes import kill

SOURCES = Path("netra/demo/sources")
ABSENT = {"disallowed", "missing", "moved"}
READABLE = [article for article in load_articles() if article.special not in ABSENT]
ALTERED = "korwil-pendidikan-gandawangi-diklarifikasi"
NEW_TEXT = (
    "Kota Arunika (ANTARA) - Redaksi meralat berita ini. Pertemuan itu dihadiri 26, bukan 27 kepala sekolah dasar, "
    "sebagaimana dikatakan panitia kepada wartawan pada hari Jumat di kantor dinas pendidikan setempat."
)


def url_of(article: DemoArticle) -> str:
    return OUTLETS[article.outlet].url_of(article)


def special(kind: str) -> DemoArticle:
    return next(article for article in load_articles() if article.special == kind)


def variables(settings: Settings, site: DemoSite) -> dict[str, str]:
    return environment(settings.model_copy(update={"demo": True, "sources_dir": SOURCES.absolute(), "crawl_proxy": site.url}))


def start(settings: Settings, site: DemoSite, slug: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "scrapy", "crawl", slug]
    return subprocess.Popen(command, env=variables(settings, site), start_new_session=True)


def crawl(settings: Settings, site: DemoSite, *slugs: str) -> list[int | None]:
    """Crawl these sources side by side, or all of them; returns their exit codes."""
    processes = [Forked(["scrapy", "crawl", slug], variables(settings, site)) for slug in slugs or OUTLETS]
    codes = [process.wait(timeout=180) for process in processes]
    for process in processes:
        kill(process)
    return codes


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite() as site:
        yield site


@pytest.fixture
def rows(engine: Engine) -> Iterator[Session]:
    with make_reading_session(engine)() as session:
        yield session


def current_texts(rows: Session) -> dict[str, ItemVersion]:
    query = select(Item.url, ItemVersion).join(ItemVersion, ItemVersion.id == Item.current_version_id)
    return {row.url: row.ItemVersion for row in rows.execute(query)}


@sqlite_every_day
def test_the_whole_demo_is_crawled_once_and_then_kept_up(settings: Settings, site: DemoSite, rows: Session) -> None:
    """One long story, because a crawl of five outlets is what costs here."""
    assert crawl(settings, site) == [0] * 5
    _check_every_article_is_there(rows)
    _check_specials(rows, site)
    _check_wire_copies(rows)
    _check_evidence(rows, settings)
    rows.rollback()
    before = site.visits.copy()
    site.alter("antaranews", ALTERED, NEW_TEXT)
    assert crawl(settings, site) == [0] * 5
    _check_only_the_altered_page_was_read_again(rows, site, before)
    _check_runs_and_trail(rows)


def _check_every_article_is_there(rows: Session) -> None:
    texts = current_texts(rows)
    assert set(texts) == {url_of(article) for article in READABLE}
    good = [article for article in READABLE if not article.special and "Baca juga:" not in article.paragraphs[-1]]
    for article in good:
        version = texts[url_of(article)]
        assert version.title == article.title
        assert version.text == "\n\n".join(article.paragraphs)
        assert version.published_at == article.published_at
        assert version.language == "id"


def _check_specials(rows: Session, site: DemoSite) -> None:
    texts = current_texts(rows)
    assert texts[url_of(special("undated"))].published_at is None
    assert "“Café Aksara”" in texts[url_of(special("windows-1252"))].text
    assert texts[url_of(special("injected"))].title == "Lomba Ogoh-Ogoh Mini Sandarwana Diserbu Pelajar"
    assert texts[url_of(special("broken"))].text.startswith("TIRTAMANGGALA")
    assert texts[url_of(special("huge"))].text.endswith("(humas)")
    assert site.visits[url_of(special("healing"))] == 2
    hidden = [url_of(article) for article in load_articles() if article.special == "disallowed"]
    assert [site.visits[url] for url in hidden] == [0] * 5
    blocked = rows.scalars(select(FetchEvent.url).where(FetchEvent.outcome == FetchOutcome.BLOCKED)).all()
    assert sorted(blocked) == sorted(hidden)
    missing = select(FetchEvent.reason).where(FetchEvent.url == url_of(special("missing")))
    assert rows.scalars(missing).one().startswith("HTTP 404")


def _check_wire_copies(rows: Session) -> None:
    query = select(Item.url, ClusterMember.cluster_id).join(ClusterMember, ClusterMember.item_id == Item.id)
    members = sorted((cluster, url) for url, cluster in rows.execute(query))
    stories = [
        {url.rsplit("/", 1)[1].removesuffix("-salinan") for _, url in group} for _, group in groupby(members, lambda m: m[0])
    ]
    assert sorted(map(sorted, stories)) == [[ALTERED], ["tanya-jawab-media-sosial-asn-pilkada"]]
    assert len(members) == 6


def _check_evidence(rows: Session, settings: Settings) -> None:
    snapshots = list(rows.scalars(select(Snapshot)))
    assert len(snapshots) == len(READABLE)
    assert all(read_evidence(settings.evidence_dir, snapshot) for snapshot in snapshots)


def _check_only_the_altered_page_was_read_again(rows: Session, site: DemoSite, before: Counter[str]) -> None:
    url = url_of(next(article for article in load_articles() if article.slug == ALTERED))
    again = {visited for visited, count in site.visits.items() if count > before[visited]}
    assert {visited for visited in again if any(visited == url_of(article) for article in load_articles())} == {url}
    versions = rows.scalars(select(ItemVersion).join(Item, Item.id == ItemVersion.item_id).where(Item.url == url))
    old, new = sorted(versions, key=lambda version: version.number)
    assert old.text != new.text == NEW_TEXT
    assert rows.scalar(select(func.count()).select_from(ItemVersion)) == len(READABLE) + 1


def _check_runs_and_trail(rows: Session) -> None:
    assert rows.scalars(select(CrawlRun.state)).all() == [RunState.FINISHED] * 10
    actions = Counter(rows.scalars(select(AuditEvent.action)))
    assert (actions["perayapan.mulai"], actions["perayapan.selesai"]) == (10, 10)
    assert not verify_chain(rows).breaks


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to this"
        time.sleep(0.05)


def count(engine: Engine, table: type) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.slow
def test_a_crawl_killed_with_9_goes_on_without_loss_or_double(settings: Settings, engine: Engine, rows: Session) -> None:
    with DemoSite(delay_seconds=0.2) as slow:
        for stored in (0, 6):
            process = start(settings, slow, "badung-inews")
            wait_for(lambda stored=stored: count(engine, Item) > stored)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert crawl(settings, slow, "badung-inews") == [0]
    wanted = {url_of(article) for article in READABLE if article.outlet == "badung-inews"}
    assert set(current_texts(rows)) == wanted
    assert rows.scalar(select(func.count()).select_from(ItemVersion)) == len(wanted)
    states = Counter(rows.scalars(select(FrontierUrl.state)))
    assert states == {FrontierState.DONE: len(wanted), FrontierState.REFUSED: 1}
    assert rows.scalars(select(CrawlRun.state).order_by(CrawlRun.id)).all() == [RunState.INTERRUPTED] * 2 + [RunState.FINISHED]
    assert all(read_evidence(settings.evidence_dir, snapshot) for snapshot in rows.scalars(select(Snapshot)))


def test_a_crawl_that_is_asked_to_stop_ends_soundly(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    with DemoSite(delay_seconds=0.2) as slow:
        process = start(sqlite_settings, slow, "kasn")
        wait_for(lambda: count(sqlite_engine, Item) > 0)
        process.terminate()
        assert process.wait(timeout=60) == 1
    with make_reading_session(sqlite_engine)() as session:
        run = session.scalars(select(CrawlRun)).one()
    assert (run.state, run.finished_at is not None) == (RunState.INTERRUPTED, True)


def test_a_source_and_its_host_are_read_by_one_process_at_a_time(
    sqlite_settings: Settings, sqlite_engine: Engine, site: DemoSite
) -> None:
    for held in (("kasn",), ("lain", "kasn.demo.test")):
        with hold_source(sqlite_settings.home, *held):
            assert crawl(sqlite_settings, site, "kasn") == [2]
    assert count(sqlite_engine, CrawlRun) == 0
