"""Crawl processes, and how their progress is measured."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import RunState
from models.settings import Settings
from netra.crawls import pool as pools
from netra.crawls.crawling import Meter
from netra.crawls.pool import CrawlPool
from tests.crawler.schedule.planned import add_page, add_run, make_file, plan
from tests.netra.crawls.little_web import LittleWeb


@pytest.fixture
def web(tmp_path: Path) -> Iterator[LittleWeb]:
    with LittleWeb(tmp_path, {"satu": 1}, silent={"satu"}) as web:
        yield web


def test_what_does_not_heed_the_word_to_end_is_killed(
    sqlite_settings: Settings, web: LittleWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "GRACE_SECONDS", 1.0)
    pool = CrawlPool(web.settings_for(sqlite_settings))
    pool.start("satu")
    while not web.asked["satu/rss"]:
        time.sleep(0.05)
    assert pool.stop() == [("satu", -9)]


def test_waiting_pages_are_counted_seldom_and_exactly_at_the_end(engine: Engine, session: Session) -> None:
    (source,) = plan(session, make_file("satu"))
    session.commit()
    meter = Meter(engine, ["satu"], None)
    assert meter.measure().known == 0
    add_page(session, source)
    add_run(session, source, RunState.RUNNING).counts = {"disimpan": 2, "didaftar": 1}
    session.commit()
    soon = meter.measure()
    assert ((soon.done, soon.known), meter.measure(exactly=True).known) == ((2, 2), 3)
