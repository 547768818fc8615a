"""A crawl that is killed with -9 again and again: in the end every page is stored exactly once, and all evidence is whole.

The everyday form kills three times; `make test-faults` kills fifty times in a crawl of 5,000 pages. Each runs on both
engines. Only our processes are killed, never the PostgreSQL server.
"""

import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from warcio.archiveiterator import ArchiveIterator

from models import (
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
from models.evidence.store import cut_torn_ends, read_evidence
from models.settings import Settings
from tests.crawler.press import Press, article
from tests.engines import sqlite_every_day
from tests.processes import kill

CHILDREN = 20
"""Sitemaps below the index; a run for news reads no more of them."""
LONGEST_START = 60.0


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with Press(tmp_path, [{"kind": "sitemap", "url": "/s.xml"}]) as press:
        yield press


def publish(press: Press, pages: int) -> None:
    """An index of sitemaps, as a crawl discovers a whole outlet."""
    size = pages // CHILDREN
    children = range(0, pages, size)
    press.xml("/s.xml", f"<sitemapindex>{''.join(f'<sitemap><loc>/s{n}.xml</loc></sitemap>' for n in children)}</sitemapindex>")
    for start in children:
        press.sitemap(f"/s{start}.xml", *(f"/rapat-{number}" for number in range(start, start + size)))
    for number in range(pages):
        press.html(f"/rapat-{number}", article(number))


def count(engine: Engine, table: type[FrontierUrl] | type[Item] | type[CrawlRun]) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def wait_for_the_moment(engine: Engine, process: subprocess.Popen[bytes], chance: random.Random, more: int) -> None:
    """Half of the kills come at any time after the start, in discovery too; the others after some more pages were stored."""
    runs, stored, end = count(engine, CrawlRun), count(engine, Item), time.monotonic() + LONGEST_START
    while count(engine, CrawlRun) == runs and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    wanted = stored + (chance.randrange(more) if chance.random() < 0.5 else 0)
    while count(engine, Item) < wanted and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(chance.random() * 0.3)


def crawl_with_kills(press: Press, settings: Settings, engine: Engine, *, pages: int, kills: int) -> None:
    """Crawl to the end in spite of them."""
    publish(press, pages)
    chance = random.Random(9)
    for _ in range(kills):
        process = press.start(settings)
        wait_for_the_moment(engine, process, chance, max(2, pages // kills))
        kill(process)
    assert press.crawl(settings) == 0


def check_every_page_is_there_once(engine: Engine, press: Press, pages: int) -> None:
    expected = {f"{press.root}/rapat-{number}" for number in range(pages)}
    with make_reading_session(engine)() as session:
        items = Counter(session.scalars(select(Item.url)))
        assert (set(items), set(items.values())) == (expected, {1})
        assert Counter(session.scalars(select(ItemVersion.item_id))) == dict.fromkeys(session.scalars(select(Item.id)), 1)
        assert Counter(session.scalars(select(FrontierUrl.state))) == {FrontierState.DONE: pages}
        stored = select(FetchEvent.url).where(FetchEvent.outcome == FetchOutcome.STORED)
        assert Counter(session.scalars(stored)) == dict.fromkeys(expected, 1)
        assert session.scalar(select(func.count()).select_from(Snapshot)) == pages


def check_all_evidence_is_whole(engine: Engine, settings: Settings) -> None:
    """What the rows name is read by us; every file is read to its end, its digests checked, by warcio."""
    with make_reading_session(engine)() as session:
        assert all(read_evidence(settings.evidence_dir, snapshot) for snapshot in session.scalars(select(Snapshot)))
    cut_torn_ends(settings.evidence_dir)  # As the next run does it before its first record.
    for path in settings.evidence_dir.rglob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):  # pyright: ignore[reportArgumentType]
                record.content_stream().read()


def check_the_database_is_sound(engine: Engine, kills: int) -> None:
    with make_reading_session(engine)() as session:
        states = Counter(session.scalars(select(CrawlRun.state)))
        assert set(states) == {RunState.FINISHED, RunState.INTERRUPTED}
        assert states.total() == kills + 1
        assert states[RunState.INTERRUPTED] * 2 > kills  # Kills that hit nothing would prove nothing.
        assert not verify_chain(session).breaks
        if engine.dialect.name == "sqlite":
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def check_everything(press: Press, settings: Settings, engine: Engine, *, pages: int, kills: int) -> None:
    crawl_with_kills(press, settings, engine, pages=pages, kills=kills)
    check_every_page_is_there_once(engine, press, pages)
    check_all_evidence_is_whole(engine, settings)
    check_the_database_is_sound(engine, kills)


@sqlite_every_day
def test_killed_three_times_and_nothing_is_lost_or_stored_twice(settings: Settings, engine: Engine, press: Press) -> None:
    check_everything(press, settings, engine, pages=300, kills=3)


@pytest.mark.long
def test_killed_fifty_times_in_a_discovery_of_five_thousand_pages(settings: Settings, engine: Engine, press: Press) -> None:
    check_everything(press, settings, engine, pages=5_000, kills=50)
