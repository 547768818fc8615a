"""Pages that nobody can read are kept, bounded, read again when the reader is mended, and never read for ever."""

import multiprocessing
import os
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

import crawler.quarantine.keeping as quarantine
from crawler.catalogue import SourceFile, parse_source
from crawler.frontier import add_listed
from crawler.items import FetchedArticle, ListedPage, ReadPage
from crawler.quarantine.replay import drop_pages, replay_quarantine, waiting_ids
from crawler.runs.listing_run import ListingRun
from models import (
    AuditEvent,
    FetchCause,
    FetchEvent,
    FrontierState,
    FrontierUrl,
    Item,
    ItemVersion,
    QuarantinedPage,
    QuarantineState,
    RunState,
    Snapshot,
)
from models.database import make_engine, make_session
from models.evidence.store import Fetched, read_evidence
from models.settings import Settings

SOURCE = """
name: Satu
kind: berita
home_url: http://a.test
rights: full_text
rights_note: rekaan
cadence_minutes: 60
expected_min_per_day: 0
confidence: A
feeds: [{{kind: rss, url: "http://a.test/rss"}}]
{more}
"""
WORDS = " ".join(["Rapat pengawasan digelar di kantor kecamatan dan dihadiri oleh para pegawai serta warga."] * 6)
ENGLISH = " ".join(["The district office held a meeting on public services, and officials told residents about it."] * 6)
ODD_PAGE = f"<html lang=en><title>Meeting</title><article><h1>Meeting</h1><p>{ENGLISH}</p></article></html>".encode()
"""Refused until the source's file says that it writes English."""
GOOD_PAGE = f"<html lang=id><title>Rapat</title><article><h1>Rapat</h1><p>{WORDS}</p></article></html>".encode()


def a_file(more: str = "") -> SourceFile:
    return parse_source(SOURCE.format(more=more), "satu")


def begin(settings: Settings, engine: Engine, *paths: str) -> ListingRun:
    """A run with these pages waiting; those before are left as they are."""
    run = ListingRun(engine, settings, a_file())
    feed = run.start()[0]
    pages = [ListedPage(f"http://a.test{path}", title="Rapat dari daftar") for path in paths]
    with make_session(engine).begin() as session:
        add_listed(session, run.source_id, feed.id, pages, ["a.test"], recheck_hours=24)
    return run


def fetched(path: str, body: bytes = ODD_PAGE) -> Fetched:
    return Fetched(f"http://a.test{path}", body, "text/html; charset=utf-8", 200)


@pytest.fixture
def rows(engine: Engine) -> Iterator[Session]:
    with make_session(engine)() as session:
        yield session


def refuse(run: ListingRun, *paths: str, cause: FetchCause = FetchCause.NO_ARTICLE, body: bytes = ODD_PAGE) -> None:
    waiting = {entry.url: entry.id for entry in run.take(None)}
    for path in paths:
        page = fetched(path, body)
        run.refuse(waiting.get(page.url, 0), page.url, "tidak ada teks artikel", cause=cause, fetched=page)
    run.finish(RunState.FINISHED, "selesai")


def test_a_page_that_should_have_been_readable_keeps_its_bytes(settings: Settings, engine: Engine, rows: Session) -> None:
    refuse(begin(settings, engine, "/a"), "/a")
    page = rows.scalars(select(QuarantinedPage)).one()
    copy = rows.get_one(Snapshot, page.snapshot_id)
    assert (page.cause, page.reason, page.attempts) == (FetchCause.NO_ARTICLE, "tidak ada teks artikel", 1)
    assert read_evidence(settings.evidence_dir, copy) == ODD_PAGE
    assert rows.scalars(select(FetchEvent.snapshot_id).where(FetchEvent.url == page.url)).one() == copy.id


@pytest.mark.parametrize(
    ("cause", "body"), [(FetchCause.CAPTCHA, ODD_PAGE), (FetchCause.GONE, ODD_PAGE), (FetchCause.EMPTY, b"")]
)
def test_captchas_missing_pages_and_nothing_are_not_kept(
    settings: Settings, engine: Engine, rows: Session, cause: FetchCause, body: bytes
) -> None:
    refuse(begin(settings, engine, "/a"), "/a", cause=cause, body=body)
    assert rows.scalars(select(QuarantinedPage)).all() == []
    assert rows.scalars(select(Snapshot)).all() == []


def test_a_trap_of_lists_fills_neither_disk_nor_board(
    settings: Settings, engine: Engine, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [f"/{number}" for number in range(30)]
    refuse(begin(settings, engine, *paths), *paths)
    assert len(rows.scalars(select(Snapshot)).all()) == quarantine.MOST_A_DAY
    rows.rollback()
    monkeypatch.setattr(quarantine, "MOST_A_DAY", 99)
    monkeypatch.setattr(quarantine, "MOST_WAITING", 5)
    refuse(begin(settings, engine), "/baru")
    waiting = rows.scalars(select(QuarantinedPage).where(QuarantinedPage.state == QuarantineState.WAITING)).all()
    assert (len(waiting), "http://a.test/baru" in {page.url for page in waiting}) == (5, True)


def test_a_page_that_breaks_our_reader_is_kept_too_and_one_that_reads_later_waits_no_more(
    settings: Settings, engine: Engine, rows: Session
) -> None:
    run = begin(settings, engine, "/a")
    page, frontier_id = fetched("/a"), run.take(None)[0].id
    run.fail(frontier_id, page.url, "kesalahan pembaca", cause=FetchCause.READER, status=200, fetched=page)
    run.finish(RunState.FINISHED, "selesai")
    assert rows.scalars(select(QuarantinedPage.cause)).one() is FetchCause.READER
    rows.rollback()
    run = begin(settings, engine)
    run.store(ReadPage(frontier_id, FetchedArticle(page.url, "Rapat", WORDS), page))
    run.finish(RunState.FINISHED, "selesai")
    kept = rows.scalars(select(QuarantinedPage)).one()
    assert (kept.state, kept.item_id) == (QuarantineState.READ, rows.scalars(select(Item.id)).one())


def replay(engine: Engine, settings: Settings, more: str = "", **said: Any):
    return replay_quarantine(make_session(engine), a_file(more), settings.evidence_dir, **said)


MENDED = "language: en"
"""What was wrong: the file did not say that the outlet writes English."""


def test_what_a_mended_reader_reads_is_stored_as_of_its_fetch(settings: Settings, engine: Engine, rows: Session) -> None:
    refuse(begin(settings, engine, "/a"), "/a")
    assert replay(engine, settings).refused.total() == 1
    assert replay(engine, settings, MENDED, dry_run=True).read == 1
    assert rows.scalars(select(Item)).all() == []
    rows.rollback()
    assert replay(engine, settings, MENDED).read == 1
    item, copy = rows.scalars(select(Item)).one(), rows.scalars(select(Snapshot)).one()
    version = rows.scalars(select(ItemVersion)).one()
    assert (item.first_seen_at, version.snapshot_id, "district office" in version.text) == (copy.fetched_at, copy.id, True)
    page = rows.scalars(select(QuarantinedPage)).one()
    assert (page.state, page.item_id, page.attempts) == (QuarantineState.READ, item.id, 3)
    assert rows.scalars(select(FrontierUrl.state)).one() is FrontierState.DONE
    event = rows.scalars(select(AuditEvent).where(AuditEvent.action == "karantina.baca_ulang")).one()
    assert event.detail == {"sumber": "satu", "terbaca": 1, "sudah_ada": 0}
    rows.rollback()
    assert replay(engine, settings, MENDED).read == 0


def test_a_page_that_kills_the_replay_comes_last_the_next_time(settings: Settings, engine: Engine, rows: Session) -> None:
    refuse(begin(settings, engine, "/a", "/b"), "/a", "/b")
    with make_session(engine).begin() as session:
        first, second = waiting_ids(session, "satu")
        session.get_one(QuarantinedPage, first).attempts += 1  # As a replay leaves it that died while it read.
    assert waiting_ids(rows, "satu") == [second, first]
    assert waiting_ids(rows, "satu", [FetchCause.READER]) == []


def test_a_page_that_goes_before_its_turn_is_passed_over(settings: Settings, engine: Engine, rows: Session) -> None:
    refuse(begin(settings, engine, "/a", "/b"), "/a", "/b")
    first, second = waiting_ids(rows, "satu")
    rows.rollback()

    def delete_second() -> None:
        with make_session(engine).begin() as session:
            session.execute(delete(QuarantinedPage).where(QuarantinedPage.id == second))

    assert replay(engine, settings, MENDED, on_step=delete_second).read == 1
    assert rows.scalars(select(QuarantinedPage.id)).all() == [first]


def test_dropped_pages_leave_a_row_in_the_trail(settings: Settings, engine: Engine, rows: Session) -> None:
    refuse(begin(settings, engine, "/a", "/b"), "/a", "/b")
    with make_session(engine).begin() as session:
        assert drop_pages(session, waiting_ids(session, "satu"), actor="uji") == 2
        assert drop_pages(session, waiting_ids(session, "satu"), actor="uji") == 0
    assert rows.scalars(select(AuditEvent.detail).where(AuditEvent.action == "karantina.buang")).all() == [{"halaman": 2}]
    assert len(rows.scalars(select(Snapshot)).all()) == 2


def read_and_die(settings: Settings) -> None:
    """A run whose reader takes the whole process with it at /a, in the middle of a batch."""
    engine = make_engine(settings.database_address)
    run = ListingRun(engine, settings, a_file())
    run.start()
    for entry in sorted(run.take(None), key=lambda entry: entry.url, reverse=True):
        page = Fetched(entry.url, GOOD_PAGE, "text/html", 200)
        run.begin_reading(entry.id, page)
        if entry.url.endswith("/a"):
            os._exit(9)
        run.end_reading()


def test_a_page_that_kills_its_reader_three_times_is_quarantined_and_harms_no_other(
    settings: Settings, engine: Engine, rows: Session
) -> None:
    run = begin(settings, engine, "/a", "/b")
    run.finish(RunState.FINISHED, "selesai")
    for _ in range(3):
        child = multiprocessing.get_context("spawn").Process(target=read_and_die, args=(settings,))
        child.start()
        child.join()
        assert child.exitcode == 9
    begin(settings, engine).finish(RunState.FINISHED, "selesai")
    entries = rows.scalars(select(FrontierUrl))
    states = {entry.url: (entry.state, entry.attempts) for entry in entries}
    assert states == {"http://a.test/a": (FrontierState.FAILED, 3), "http://a.test/b": (FrontierState.WAITING, 0)}
    page = rows.scalars(select(QuarantinedPage)).one()
    assert (page.url, page.cause, page.attempts) == ("http://a.test/a", FetchCause.READER, 3)
    assert "proses mati saat membaca halaman ini (percobaan ke-3)" in page.reason
    assert read_evidence(settings.evidence_dir, rows.get_one(Snapshot, page.snapshot_id)) == GOOD_PAGE
