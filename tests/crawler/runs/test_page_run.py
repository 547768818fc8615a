"""Pages are written many at once, and one that cannot be stored costs only itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from crawler.catalogue import parse_source
from crawler.frontier import MAX_ATTEMPTS, SPARED, add_listed
from crawler.items import FetchedArticle, ListedPage, ReadPage
from crawler.middlewares.reasons import OF_THE_OUTLET
from crawler.runs.listing_run import ListingRun
from models import (
    CrawlRun,
    FetchCause,
    FetchEvent,
    FetchOutcome,
    FrontierState,
    FrontierUrl,
    Item,
    QuarantinedPage,
    QuarantineState,
    RunState,
    now,
)
from models.database import make_reading_session, make_session
from models.evidence.store import Fetched
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
feeds: [{kind: rss, url: "http://a.test/rss"}]
"""


@pytest.fixture
def run(settings: Settings, engine: Engine) -> Iterator[ListingRun]:
    """A run with four addresses that wait."""
    run = ListingRun(engine, settings, parse_source(SOURCE, "satu"))
    feed = run.start()[0]
    pages = [ListedPage(f"http://a.test/{number}") for number in range(4)]
    with make_session(engine).begin() as session:
        add_listed(session, run.source_id, feed.id, pages, ["a.test"], recheck_hours=24)
    yield run
    run.writer.close()


@pytest.fixture
def rows(engine: Engine) -> Iterator[Session]:
    with make_reading_session(engine)() as session:
        yield session


def read(waiting_id: int, url: str, published_at: datetime | None = None) -> ReadPage:
    text = f"Warga menghadiri rapat di {url} pada pagi hari bersama camat dan lurah."
    fetched = Fetched(url, b"<p>Rapat</p>", "text/html", 200, (("ETag", '"1"'),))
    return ReadPage(waiting_id, FetchedArticle(url, "Rapat", text, published_at=published_at), fetched)


def test_what_is_read_waits_in_the_frontier_until_it_is_written(run: ListingRun, rows: Session) -> None:
    waiting = run.take(None)
    for entry in waiting:
        run.store(read(entry.id, entry.url))
    assert rows.scalars(select(FrontierUrl.state)).all() == [FrontierState.WAITING] * 4
    rows.rollback()
    run.flush()
    assert rows.scalars(select(FrontierUrl.state)).all() == [FrontierState.DONE] * 4
    assert rows.scalars(select(FrontierUrl.etag)).all() == ['"1"'] * 4
    assert rows.scalars(select(CrawlRun.counts)).one() == {"disimpan": 4}


def test_an_article_of_several_pages_is_asked_for_anew_as_its_first_page_says_nothing_of_the_others(
    run: ListingRun, rows: Session
) -> None:
    one, many, *_ = run.take(None)
    second = Fetched(f"{many.url}/2", b"<p>Lanjutan</p>", "text/html")
    run.store(read(one.id, one.url))
    run.store(read(many.id, many.url))
    run.flush()
    run.store(replace(read(many.id, many.url), more=(second,)))
    run.flush()
    assert [rows.get_one(FrontierUrl, page.id).etag for page in (one, many)] == ['"1"', None]


def test_a_page_that_cannot_be_stored_costs_only_itself(run: ListingRun, rows: Session) -> None:
    first, second, third, fourth = run.take(None)
    run.store(read(first.id, first.url))
    run.store(read(second.id, second.url, published_at=datetime(2024, 10, 16)))
    run.refuse(third.id, third.url, "bukan artikel")
    run.fail(fourth.id, fourth.url, "HTTP 410", status=410)
    run.finish(RunState.FINISHED, "selesai")
    assert rows.scalars(select(Item.url)).all() == [first.url]
    states = rows.scalars(select(FrontierUrl.state).order_by(FrontierUrl.id.desc())).all()
    assert states == [FrontierState.DONE, FrontierState.WAITING, FrontierState.REFUSED, FrontierState.FAILED]
    reasons = rows.scalars(select(FetchEvent.reason).where(FetchEvent.url == second.url)).one()
    assert reasons.startswith("halaman tidak dapat disimpan")
    ended = rows.scalars(select(CrawlRun)).one()
    assert (ended.state, ended.reason) == (RunState.FAILED, "selesai; 1 halaman tidak dapat disimpan")
    kept = rows.scalars(select(QuarantinedPage)).one()
    assert (kept.url, kept.cause, kept.state) == (second.url, FetchCause.STORE, QuarantineState.WAITING)


def test_a_page_whose_bytes_nothing_takes_is_still_told_of(
    run: ListingRun, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = run.take(None)[0]
    run.store(read(entry.id, entry.url))

    def refuse(*_: object) -> None:
        raise ValueError("tidak muat")

    with monkeypatch.context() as broken:
        broken.setattr("crawler.storing.batches.keep_snapshots", refuse)
        broken.setattr("crawler.quarantine.keeping.keep_snapshot", refuse)
        run.flush()
    event = rows.scalars(select(FetchEvent).where(FetchEvent.url == entry.url)).one()
    assert (event.cause, event.snapshot_id) == (FetchCause.STORE, None)
    assert rows.scalars(select(QuarantinedPage)).all() == []


def test_a_database_that_is_gone_loses_no_page(run: ListingRun, rows: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = run.take(None)[0]
    run.store(read(entry.id, entry.url))

    def is_gone(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk I/O error"))

    with monkeypatch.context() as broken:
        broken.setattr("crawler.runs.page_run.close_urls", is_gone)
        with pytest.raises(OperationalError):
            run.flush()
    assert rows.scalars(select(Item.id)).all() == []
    assert entry.id in [again.id for again in run.take(None)]


def answer_oldest(run: ListingRun) -> None:
    entry = run.take(None)[-1]
    page = read(entry.id, entry.url)
    run.begin_reading(entry.id, page.fetched)
    run.end_reading()
    run.store(page)


def attempts_after(run: ListingRun, rows: Session, cause: FetchCause, *, status: int | None = None, is_part: bool = False) -> int:
    """Of the newest page, once it failed."""
    entry = run.take(None)[0]
    run.fail(entry.id, entry.url, "gagal", cause=cause, status=status, is_part=is_part)
    run.flush()
    attempts = rows.scalars(select(FrontierUrl.attempts).where(FrontierUrl.id == entry.id)).one()
    rows.rollback()
    return attempts


def let_pages_wait_a_day(engine: Engine) -> None:
    with make_session(engine).begin() as session:
        session.execute(update(FrontierUrl).values(discovered_at=now() - SPARED - timedelta(minutes=1)))


@pytest.mark.parametrize("cause", sorted(OF_THE_OUTLET))
def test_an_outage_costs_no_page_an_attempt(run: ListingRun, rows: Session, engine: Engine, cause: FetchCause) -> None:
    let_pages_wait_a_day(engine)
    assert attempts_after(run, rows, cause) == 0
    assert rows.scalars(select(FetchEvent.cause).where(FetchEvent.outcome == FetchOutcome.FAILED)).all() == [cause]


def test_a_robot_check_that_was_read_as_a_page_is_no_answer(run: ListingRun, rows: Session, engine: Engine) -> None:
    let_pages_wait_a_day(engine)
    entry = run.take(None)[0]
    run.begin_reading(entry.id, read(entry.id, entry.url).fetched)
    run.end_reading()
    assert attempts_after(run, rows, FetchCause.CAPTCHA, status=200) == 0


def test_a_page_that_fails_among_pages_that_come_is_given_up(run: ListingRun, rows: Session, engine: Engine) -> None:
    let_pages_wait_a_day(engine)
    answer_oldest(run)
    assert [attempts_after(run, rows, FetchCause.HTTP_SERVER, status=500) for _ in range(MAX_ATTEMPTS)] == [1, 2, 3]
    assert rows.scalars(select(FrontierUrl.state).order_by(FrontierUrl.id.desc())).first() is FrontierState.FAILED


def test_a_page_of_today_waits_where_the_outlet_lets_only_some_through(run: ListingRun, rows: Session) -> None:
    answer_oldest(run)
    assert [attempts_after(run, rows, FetchCause.HTTP_CLIENT, status=403) for _ in range(MAX_ATTEMPTS)] == [0, 0, 0]


def test_a_page_changed_today_waits_as_a_new_one_does(run: ListingRun, rows: Session, engine: Engine) -> None:
    let_pages_wait_a_day(engine)
    with make_session(engine).begin() as session:
        session.execute(update(FrontierUrl).values(listed_changed_at=now()))
    answer_oldest(run)
    assert attempts_after(run, rows, FetchCause.TIMEOUT) == 0


def test_too_many_requests_are_never_a_page_s_fault(run: ListingRun, rows: Session, engine: Engine) -> None:
    let_pages_wait_a_day(engine)
    answer_oldest(run)
    assert attempts_after(run, rows, FetchCause.RATE_LIMIT, status=429) == 0


def test_a_further_page_that_fails_is_its_article_s_own_fault(run: ListingRun, rows: Session) -> None:
    assert attempts_after(run, rows, FetchCause.HTTP_SERVER, status=500, is_part=True) == 1


def test_what_the_outlet_says_of_a_page_counts_at_once(run: ListingRun, rows: Session) -> None:
    assert attempts_after(run, rows, FetchCause.GONE, status=404) == 1
    assert rows.scalars(select(FrontierUrl.state).order_by(FrontierUrl.id.desc())).first() is FrontierState.FAILED
