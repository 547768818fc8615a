"""Whole crawls of an outlet with archives, sitemaps, WordPress, long articles, and pages that do not change."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from crawler.finding.asking import today_at
from crawler.finding.wordpress import posts_url
from models import (
    CrawlRun,
    Feed,
    FetchCause,
    FetchEvent,
    FetchOutcome,
    FrontierState,
    FrontierUrl,
    Item,
    ItemVersion,
    ListUrl,
    RunState,
    Snapshot,
    now,
)
from models.database import make_reading_session, make_session
from models.evidence.store import read_evidence
from models.settings import Settings
from tests.crawler.press import Press, Reply, article

ARCHIVE = {"kind": "archive", "url": "/indeks/{yyyy}-{mm}-{dd}?hal={page}", "link": "h2 a", "max_pages": 5}
AUGUST = ("-a", "since=2024-08-01", "-a", "until=2024-08-02")


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with Press(tmp_path, [{"kind": "sitemap", "url": "/s.xml"}]) as press:
        yield press


def texts(engine: Engine) -> dict[str, str]:
    """The current text of each item by the path of its address."""
    query = select(Item.url, ItemVersion.text).join(ItemVersion, ItemVersion.id == Item.current_version_id)
    with make_reading_session(engine)() as session:
        return {f"/{(url or '').split('/', 3)[3]}": text for url, text in session.execute(query)}


def count(engine: Engine, *conditions: object) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).where(*conditions)) or 0  # pyright: ignore[reportArgumentType]


def index(*paths: str) -> str:
    return "".join(f'<h2><a href="{path}">{path}</a></h2>' for path in paths) or "<p>Tidak ada berita.</p>"


def test_a_page_that_did_not_change_is_not_sent_again(sqlite_settings: Settings, sqlite_engine: Engine, press: Press) -> None:
    def answer(headers: dict[str, str]) -> Reply:
        tags = {"Content-Type": "text/html", "ETag": '"satu"'}
        return (304, tags, b"") if headers.get("If-None-Match") == '"satu"' else (200, tags, article(1))

    press.source["recheck_hours"] = 0
    press.sitemap("/s.xml", "/rapat-satu")
    press.answers["/rapat-satu"] = answer
    assert [press.crawl(sqlite_settings) for _ in range(2)] == [0, 0]
    assert press.asked["/rapat-satu"] == 2
    assert count(sqlite_engine, FetchEvent.outcome == FetchOutcome.UNCHANGED, FetchEvent.status_code == 304) == 1
    assert count(sqlite_engine, ItemVersion.id > 0) == 1
    assert count(sqlite_engine, FrontierUrl.state == FrontierState.DONE) == 1
    assert count(sqlite_engine, Item.last_seen_at > Item.first_seen_at) == 1


def test_an_article_of_two_pages_is_one_item_and_both_are_kept(
    sqlite_settings: Settings, sqlite_engine: Engine, press: Press
) -> None:
    press.sitemap("/s.xml", "/rapat-di-kantor", "/rapat-di-kantor?page=2", "/rapat-yang-putus")
    press.html("/rapat-di-kantor", article(1, extra='<a href="/rapat-di-kantor?page=2">Selanjutnya</a>'))
    press.html("/rapat-di-kantor?page=2", article(2))
    press.html("/rapat-yang-putus", article(3, extra='<a href="/rapat-yang-putus?page=2">Selanjutnya</a>'))
    assert press.crawl(sqlite_settings) == 0
    read = texts(sqlite_engine)
    assert {path: text.count("Warga") for path, text in read.items()} == {"/rapat-di-kantor": 6, "/rapat-yang-putus": 3}
    assert count(sqlite_engine, Snapshot.url.like("%page=2")) == 1
    with make_reading_session(sqlite_engine)() as session:
        assert all(read_evidence(sqlite_settings.evidence_dir, kept) for kept in session.scalars(select(Snapshot)))


def test_a_further_page_that_fails_leaves_the_whole_article_and_is_tried_again(
    sqlite_settings: Settings, sqlite_engine: Engine, press: Press
) -> None:
    press.source["recheck_hours"] = 0
    press.sitemap("/s.xml", "/rapat-di-kantor")
    press.html("/rapat-di-kantor", article(1, extra='<a href="/rapat-di-kantor?page=2">Selanjutnya</a>'))
    press.html("/rapat-di-kantor?page=2", article(2))
    assert press.crawl(sqlite_settings) == 0
    press.answers["/rapat-di-kantor?page=2"] = (403, {}, b"")
    assert [press.crawl(sqlite_settings) for _ in range(3)] == [0, 0, 0]
    assert {path: text.count("Warga") for path, text in texts(sqlite_engine).items()} == {"/rapat-di-kantor": 6}
    assert count(sqlite_engine, ItemVersion.id > 0) == 1
    assert count(sqlite_engine, FetchEvent.outcome == FetchOutcome.FAILED, FetchEvent.url.like("%page=2")) == 2


def test_past_days_are_filled_in_from_an_archive_and_asked_once(settings: Settings, engine: Engine, press: Press) -> None:
    press.feeds[:] = [ARCHIVE]
    for number in range(4):
        press.html(f"/rapat-{number}", article(number))
    press.html("/indeks/2024-08-01?hal=1", index("/rapat-0", "/rapat-1"))
    press.html("/indeks/2024-08-01?hal=2", index("/rapat-2"))
    press.html("/indeks/2024-08-01?hal=3", index("/rapat-2"))  # As outlets do behind the last page.
    press.html("/indeks/2024-08-02?hal=1", index())
    assert press.crawl(settings, *AUGUST) == 0
    assert sorted(texts(engine)) == ["/rapat-0", "/rapat-1", "/rapat-2"]
    assert count(engine, ListUrl.state == FrontierState.DONE, ListUrl.read_at.is_not(None)) == 4
    asked = press.asked.copy()
    press.html("/indeks/2024-08-03?hal=1", index("/rapat-3"))
    assert press.crawl(settings, "-a", "since=2024-08-01", "-a", "until=2024-08-03") == 0
    assert sorted(texts(engine)) == ["/rapat-0", "/rapat-1", "/rapat-2", "/rapat-3"]
    assert {path for path, times in press.asked.items() if times > asked[path]} == {
        "/robots.txt",
        "/indeks/2024-08-03?hal=1",
        "/indeks/2024-08-03?hal=2",
        "/rapat-3",
    }


def test_a_list_that_fails_waits_for_another_run(sqlite_settings: Settings, sqlite_engine: Engine, press: Press) -> None:
    press.feeds[:] = [ARCHIVE]
    press.html("/indeks/2024-08-01?hal=1", index("/rapat-0"))
    press.answers["/indeks/2024-08-02?hal=1"] = (403, {}, b"")
    press.html("/rapat-0", article(0))
    assert press.crawl(sqlite_settings, *AUGUST) == 0
    assert count(sqlite_engine, ListUrl.state == FrontierState.WAITING) == 1
    press.html("/indeks/2024-08-02?hal=1", index())
    assert press.crawl(sqlite_settings, *AUGUST) == 0
    assert count(sqlite_engine, ListUrl.state == FrontierState.WAITING) == 0


def test_a_day_of_an_archive_is_asked_until_it_was_read_after_its_end(
    sqlite_settings: Settings, sqlite_engine: Engine, press: Press
) -> None:
    press.feeds[:] = [ARCHIVE | {"max_pages": 2}]
    today = today_at("Asia/Jakarta", now())
    lists = [f"/indeks/{today - timedelta(number)}?hal=1" for number in range(4)]
    for path in lists:
        press.html(path, index("/rapat-1"))
        press.html(path.replace("hal=1", "hal=2"), index("/rapat-1"))
    press.html("/rapat-1", article(1))
    assert press.crawl(sqlite_settings) == 0
    assert [press.asked[path] for path in lists] == [1, 0, 0, 0]
    with make_session(sqlite_engine).begin() as session:
        session.execute(update(ListUrl).values(read_at=now() - timedelta(3)))
    press.answers[lists[1]] = press.answers[lists[2].replace("hal=1", "hal=2")] = (403, {}, b"")
    assert press.crawl(sqlite_settings) == 0
    assert [press.asked[path] for path in lists] == [2, 1, 1, 1]
    assert press.crawl(sqlite_settings) == 0
    assert [press.asked[path] for path in lists] == [3, 2, 2, 1]


def test_past_days_are_filled_in_from_wordpress_page_by_page(
    sqlite_settings: Settings, sqlite_engine: Engine, press: Press
) -> None:
    press.feeds[:] = [{"kind": "wordpress", "url": ""}]
    first = posts_url(press.root, since=date(2024, 8, 1), until=date(2024, 8, 2)).removeprefix(press.root)
    for page in (1, 2):
        post = {"link": f"{press.root}/rapat-{page}", "date": f"2024-08-0{page}T10:00:00", "title": {"rendered": "Rapat"}}
        kind = {"Content-Type": "application/json", "X-WP-TotalPages": "2"}
        press.answers[first.replace("page=1&", f"page={page}&")] = (200, kind, json.dumps([post]).encode())
        press.html(f"/rapat-{page}", article(page))
    assert press.crawl(sqlite_settings, *AUGUST) == 0
    assert sorted(texts(sqlite_engine)) == ["/rapat-1", "/rapat-2"]


def test_a_child_of_a_sitemap_index_is_asked_again_only_when_it_may_have_changed(
    sqlite_settings: Settings, sqlite_engine: Engine, press: Press
) -> None:
    def child(headers: dict[str, str]) -> Reply:
        tags = {"Content-Type": "application/xml", "ETag": '"anak"'}
        whole = f"<urlset><url><loc>{press.root}/rapat-satu</loc></url></urlset>".encode()
        return (304, tags, b"") if headers.get("If-None-Match") == '"anak"' else (200, tags, whole)

    old, undated = (
        "<sitemap><loc>/lama.xml</loc><lastmod>2024-08-01</lastmod></sitemap>",
        "<sitemap><loc>/anak.xml</loc></sitemap>",
    )
    press.xml("/s.xml", f"<sitemapindex>{old}{undated}</sitemapindex>")
    press.sitemap("/lama.xml", "/rapat-dua")
    press.answers["/anak.xml"] = child
    press.html("/rapat-satu", article(1))
    press.html("/rapat-dua", article(2))
    assert [press.crawl(sqlite_settings) for _ in range(2)] == [0, 0]
    assert (press.asked["/lama.xml"], press.asked["/anak.xml"]) == (1, 2)
    assert count(sqlite_engine, FetchEvent.outcome == FetchOutcome.LISTED, FetchEvent.status_code == 304) == 1
    assert len(texts(sqlite_engine)) == 2


def test_dead_lists_below_a_sitemap_index_are_no_failed_polls_of_the_index(
    sqlite_settings: Settings, sqlite_engine: Engine, press: Press
) -> None:
    children = "".join(f"<sitemap><loc>/mati-{number}.xml</loc></sitemap>" for number in range(3))
    press.xml("/s.xml", f"<sitemapindex>{children}</sitemapindex>")
    assert press.crawl(sqlite_settings) == 0
    assert count(sqlite_engine, FetchEvent.feed_id.is_not(None), FetchEvent.outcome == FetchOutcome.FAILED) == 3
    assert count(sqlite_engine, Feed.failures == 0, Feed.next_poll_at < now() + timedelta(minutes=91)) == 1


def test_a_feed_is_polled_when_its_time_has_come(sqlite_settings: Settings, sqlite_engine: Engine, press: Press) -> None:
    press.sitemap("/s.xml", "/rapat-satu")
    press.html("/rapat-satu", article(1))
    for _ in range(2):
        assert press.crawl(sqlite_settings, "-a", "due=1") == 0
    assert press.asked["/s.xml"] == 1
    with make_session(sqlite_engine).begin() as session:
        feed = session.scalars(select(Feed)).one()
        assert feed.next_poll_at is not None
        assert feed.poll_minutes is not None
        session.execute(update(Feed).values(next_poll_at=now()))
    assert press.crawl(sqlite_settings, "-a", "due=1") == 0
    assert press.asked["/s.xml"] == 2


def test_a_list_that_cannot_be_written_is_a_failed_poll(sqlite_settings: Settings, sqlite_engine: Engine, press: Press) -> None:
    press.sitemap("/s.xml", "/rapat-satu")
    with sqlite_engine.begin() as connection:
        trigger = "CREATE TRIGGER penolak BEFORE INSERT ON frontier_urls BEGIN SELECT RAISE(ABORT, 'uji'); END"
        connection.exec_driver_sql(trigger)
    assert press.crawl(sqlite_settings) == 1
    assert count(sqlite_engine, FetchEvent.feed_id.is_not(None), FetchEvent.cause == FetchCause.STORE) == 1
    assert count(sqlite_engine, Feed.failures == 1, Feed.next_poll_at > now()) == 1
    assert count(sqlite_engine, CrawlRun.state == RunState.FAILED) == 1


def test_a_list_for_history_is_read_by_back_fills_and_never_for_news(
    sqlite_settings: Settings, sqlite_engine: Engine, press: Press
) -> None:
    press.feeds.append({"kind": "archive", "url": "/{yyyy}/{mm}/{dd}", "link": "a", "use": "history"})
    press.sitemap("/s.xml")
    press.html("/2024/08/01", '<a href="/rapat-satu">Rapat satu di kecamatan</a>')
    press.html("/rapat-satu", article(1))
    press.crawl(sqlite_settings)
    assert [path for path in press.asked if path.startswith("/20")] == []
    assert press.crawl(sqlite_settings, *AUGUST) == 0
    assert texts(sqlite_engine).keys() == {"/rapat-satu"}
