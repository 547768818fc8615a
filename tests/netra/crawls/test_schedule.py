"""`netra schedule` as real processes: run, stopped, killed and hung."""

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from crawler.runs.lock import hold_source
from crawler.schedule import is_free
from models import AuditEvent, CrawlRun, FetchEvent, FetchOutcome, HostClaim, Item, RunState, Source, verify_chain
from models.database import make_reading_session
from models.settings import Settings
from tests.engines import sqlite_every_day
from tests.netra.crawls.little_web import LittleWeb
from tests.netra.jobs.houses import are_gone, find_child, list_children
from tests.processes import kill, run_netra, start_netra

PATIENCE = 120.0
LONG = 60
"""Pages of an outlet whose crawl is cut in the middle."""
ENDLESS = 2_000
"""Pages of one whose crawl is not waited for."""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[LittleWeb]:
    with LittleWeb(tmp_path, {"satu": 3, "dua": 2}) as web:
        yield web


@pytest.fixture
def long_web(tmp_path: Path) -> Iterator[LittleWeb]:
    with LittleWeb(tmp_path, {"satu": LONG}, slow={"satu": 0.1}) as web:
        yield web


@contextmanager
def started(settings: Settings, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A scheduler that is gone with all of its children when the block ends, however it does."""
    process = start_netra(settings, "schedule", *arguments)
    try:
        yield process
    finally:
        kill(process)


def wait_for(what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def count_items(engine: Engine) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(Item)) or 0


def list_runs(engine: Engine) -> list[tuple[str, RunState]]:
    with make_reading_session(engine)() as session:
        query = select(Source.slug, CrawlRun.state).join(CrawlRun, CrawlRun.source_id == Source.id).order_by(CrawlRun.id)
        return [(slug, state) for slug, state in session.execute(query)]


def check_every_page_is_stored_once(engine: Engine, pages: int) -> None:
    with make_reading_session(engine)() as session:
        assert Counter(Counter(session.scalars(select(Item.url))).values()) == {1: pages}
        stored = select(FetchEvent.url).where(FetchEvent.outcome == FetchOutcome.STORED)
        assert len(session.scalars(stored).all()) == pages
        assert session.scalars(select(HostClaim.host).where(HostClaim.worker.is_not(None))).all() == []
        assert not verify_chain(session).breaks


@sqlite_every_day
def test_once_reads_what_is_due_and_finds_nothing_due_afterwards(settings: Settings, engine: Engine, web: LittleWeb) -> None:
    local = web.settings_for(settings)
    first, second = run_netra(local, "schedule", "--once"), run_netra(local, "schedule", "--once")
    assert (first.returncode, second.returncode, count_items(engine)) == (0, 0, 5)
    assert "nothing is due" in second.stderr
    assert dict(list_runs(engine)) == {"satu": RunState.FINISHED, "dua": RunState.FINISHED}
    assert web.asked["satu/rss"] == 1
    plan = json.loads(run_netra(local, "schedule", "--plan", "--json").stdout)
    assert {turn["why"] for turn in plan} == {"jadwal"}


@pytest.mark.slow
def test_two_schedulers_never_read_the_same_source(settings: Settings, engine: Engine, web: LittleWeb) -> None:
    local = web.settings_for(settings)
    with started(local, "--once", "--workers", "1") as one, started(local, "--once", "--workers", "1") as other:
        said = [process.communicate(timeout=PATIENCE)[0].decode() for process in (one, other)]
    assert [one.returncode, other.returncode] == [0, 0], said
    assert sorted(list_runs(engine)) == [("dua", RunState.FINISHED), ("satu", RunState.FINISHED)]
    check_every_page_is_stored_once(engine, 5)


@pytest.mark.slow
def test_a_run_that_hangs_is_ended_and_named_and_no_other_suffers(
    sqlite_settings: Settings, sqlite_engine: Engine, web: LittleWeb
) -> None:
    web.silent.add("satu")
    result = run_netra(web.settings_for(sqlite_settings), "schedule", "--once", "--hang-minutes", "0.5")
    assert (result.returncode, "tidak ada kemajuan" in result.stderr) == (1, True)
    assert dict(list_runs(sqlite_engine)) == {"satu": RunState.FAILED, "dua": RunState.FINISHED}
    with make_reading_session(sqlite_engine)() as session:
        event = session.scalar(select(AuditEvent).where(AuditEvent.action == "perayapan.diakhiri"))
        assert event is not None
        assert event.detail["sebab"].startswith("dihentikan: tidak ada kemajuan")


@sqlite_every_day
def test_a_scheduler_that_is_killed_takes_its_crawls_along_and_the_next_one_finishes(
    settings: Settings, engine: Engine, long_web: LittleWeb
) -> None:
    local = long_web.settings_for(settings)
    with started(local) as process:
        wait_for(lambda: count_items(engine) > 0)
        family = list_children(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        wait_for(lambda: is_free(local.home, "satu") and are_gone(family))
    assert count_items(engine) < LONG
    again = run_netra(local, "schedule", "--once")
    assert again.returncode == 0, again.stderr
    assert list_runs(engine) == [("satu", RunState.INTERRUPTED), ("satu", RunState.FINISHED)]
    check_every_page_is_stored_once(engine, LONG)


@pytest.mark.slow
def test_a_crawl_that_is_killed_is_named_and_the_next_start_finishes(
    sqlite_settings: Settings, sqlite_engine: Engine, long_web: LittleWeb
) -> None:
    local = long_web.settings_for(sqlite_settings)
    with started(local, "--once") as process:
        wait_for(lambda: count_items(sqlite_engine) > 0)
        crawl = find_child(process.pid, "satu")
        assert crawl is not None
        crawl.kill()
        said = process.communicate(timeout=PATIENCE)[0].decode()
    assert (process.returncode, "proses mati (sinyal 9)" in said) == (1, True)
    assert run_netra(local, "schedule", "--once").returncode == 0
    check_every_page_is_stored_once(sqlite_engine, LONG)


@pytest.mark.slow
def test_a_deleted_source_is_ended_and_sigterm_ends_the_rest_soundly(
    sqlite_settings: Settings, sqlite_engine: Engine, long_web: LittleWeb
) -> None:
    long_web.pages, long_web.slow = {"satu": ENDLESS, "dua": ENDLESS}, {"satu": 0.1, "dua": 0.1}
    path = long_web.write_source("dua")
    with started(long_web.settings_for(sqlite_settings)) as process:
        wait_for(lambda: {slug for slug, _ in list_runs(sqlite_engine)} == {"satu", "dua"} and count_items(sqlite_engine) > 2)
        path.unlink()
        wait_for(lambda: ("dua", RunState.INTERRUPTED) in list_runs(sqlite_engine))
        asked_at = time.monotonic()
        process.terminate()
        said = process.communicate(timeout=PATIENCE)[0].decode()
    assert (process.returncode, time.monotonic() - asked_at < 90) == (0, True), said
    assert {state for _, state in list_runs(sqlite_engine)} == {RunState.INTERRUPTED}
    with make_reading_session(sqlite_engine)() as session:
        assert session.scalar(select(Source.is_enabled).where(Source.slug == "dua")) is False
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "sumber.ubah").order_by(AuditEvent.id.desc())
        ).first()
        assert event is not None
        assert event.detail["sebab"] == "berkas sumber dihapus"


def test_a_name_that_cannot_be_planned_is_said_to_be_so(sqlite_settings: Settings, web: LittleWeb) -> None:
    web.write_source("tiga", is_enabled=False, disabled_reason="tutup", feeds=[])
    (web.home / "sources" / "rusak.yml").write_text("name: [", encoding="utf-8")
    local = web.settings_for(sqlite_settings)
    for name, complaint in (("empat", "no source"), ("tiga", "tutup"), ("rusak", "cannot be read")):
        result = run_netra(local, "schedule", name, "--plan")
        assert (result.returncode, complaint in result.stderr) == (2, True)
    plan = json.loads(run_netra(local, "schedule", "--plan", "--json").stdout)
    assert [turn["slug"] for turn in plan] == ["dua", "satu"]


def test_a_lock_that_cannot_be_opened_costs_its_own_source_alone(
    sqlite_settings: Settings, sqlite_engine: Engine, web: LittleWeb
) -> None:
    (sqlite_settings.home / "locks" / "satu.lock").mkdir(parents=True)
    local = web.settings_for(sqlite_settings)
    result = run_netra(local, "schedule", "--once")
    assert (result.returncode, "satu.lock" in result.stderr) == (1, True)
    assert list_runs(sqlite_engine) == [("dua", RunState.FINISHED)]
    plan = json.loads(run_netra(local, "schedule", "--plan", "--json").stdout)
    assert {turn["slug"]: turn["failures"] for turn in plan} == {"satu": 1, "dua": 0}


def test_what_waits_for_a_crawl_by_hand_is_said_and_is_no_failure(
    sqlite_settings: Settings, sqlite_engine: Engine, web: LittleWeb
) -> None:
    local = web.settings_for(sqlite_settings)
    with hold_source(local.home, "lain", "satu.test"):
        result = run_netra(local, "schedule", "--once", "satu")
    assert (result.returncode, "by hand: satu" in result.stderr, "nothing is due" in result.stderr) == (1, True, False)
    (turn,) = json.loads(run_netra(local, "schedule", "satu", "--plan", "--json").stdout)
    assert (turn["why"], turn["failures"], list_runs(sqlite_engine)) == ("jeda", 0, [])
