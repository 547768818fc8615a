"""Stored pages are read again by today's readers: without network, once, and without losing what was read before."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from crawler.catalogue import SourceFile, sync_sources
from crawler.items import FetchedArticle
from crawler.storing.replay import ReplayReport, count_items, replay
from crawler.storing.storage import keep_parts, store_article
from models import AuditEvent, Item, ItemVersion, Rights, Snapshot, Source, SourceKind, VersionPart, now
from models.database import make_reading_session, make_session
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from netra.retention.items import erase_items

PARAGRAPHS = "\n".join(
    f"<p>Sekretaris daerah membuka rapat ke-{number} di pendopo kabupaten dan meminta seluruh pegawai melayani warga.</p>"
    for number in range(9)
)
MOMENT = datetime(2024, 10, 16, 8, 0, tzinfo=UTC)


def make_file() -> SourceFile:
    feed = {"kind": "rss", "url": "https://wanasari.test/rss"}
    return SourceFile.model_validate(
        {
            "slug": "wanasari",
            "name": "Harian Wanasari",
            "kind": SourceKind.NEWS,
            "home_url": "https://wanasari.test/",
            "rights": Rights.FULL_TEXT,
            "rights_note": "uji",
            "cadence_minutes": 60,
            "expected_min_per_day": 0,
            "confidence": "C",
            "feeds": [feed],
        }
    )


def make_page(number: int, more: str = "") -> Fetched:
    """A page of today's layout."""
    body = f"""<html lang="id"><head><title>Rapat pegawai {number}</title>
    <meta property="article:published_time" content="2024-10-16T14:05:00+07:00"></head>
    <body><article><h1>Rapat pegawai {number}</h1>{PARAGRAPHS}{more}</article></body></html>"""
    return Fetched(f"https://wanasari.test/{number}", body.encode(), "text/html; charset=utf-8", 200, (), MOMENT)


@pytest.fixture
def source(session: Session) -> Source:
    (source,) = sync_sources(session, [make_file()])
    session.commit()
    return source


def keep(session: Session, settings: Settings, source: Source, page: Fetched, *more: Fetched, **said: str) -> int:
    """What an older reader made of a page."""
    values = {"title": "Judul lama", "text": "Teks lama.", "method": "lama"} | said
    with EvidenceWriter(settings.evidence_dir) as writer:
        result = store_article(session, writer, FetchedArticle(page.url, **values), source, fetched=page)
        keep_parts(session, writer, result.version, more)
    session.commit()
    return result.item.id


def run(engine: Engine, settings: Settings, *, dry_run: bool = False, on_step: Callable[[], None] = lambda: None) -> ReplayReport:
    sessions = make_reading_session(engine), make_session(engine)
    return replay(*sessions, make_file(), settings.evidence_dir, dry_run=dry_run, on_step=on_step)


def erase(engine: Engine, *item_ids: int) -> None:
    """Bytes stay where they are until retention overwrites them."""
    with make_session(engine).begin() as session:
        erase_items(session, item_ids, "permintaan", now())


def newest(session: Session, item_id: int) -> ItemVersion:
    session.expire_all()
    query = select(ItemVersion).join(Item, Item.current_version_id == ItemVersion.id)
    return session.scalars(query.where(Item.id == item_id)).one()


def test_a_page_that_is_read_better_now_gets_a_version_on_the_same_copy(
    session: Session, engine: Engine, settings: Settings, source: Source
) -> None:
    item_id = keep(session, settings, source, make_page(1))
    report = run(engine, settings)
    version = newest(session, item_id)
    assert (report.changed, version.number, version.title, version.published_zone) == (1, 2, "Rapat pegawai 1", "+07:00")
    assert (version.method.startswith("replay "), version.text.count("pendopo")) == (True, 9)
    assert session.scalar(select(func.count()).select_from(Snapshot)) == 1
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "perayapan.baca_ulang")).one()
    assert event.detail == {"sumber": "wanasari", "berubah": 1}
    session.commit()
    again = run(engine, settings)
    assert (again.same, again.changed, newest(session, item_id).number) == (1, 0, 2)


def test_what_was_erased_is_not_read_again_though_its_bytes_still_lie_there(
    session: Session, engine: Engine, settings: Settings, source: Source
) -> None:
    item_id = keep(session, settings, source, make_page(1))
    erase(engine, item_id)
    report = run(engine, settings)
    assert (report.changed, report.refused.total(), count_items(session, "wanasari")) == (0, 0, 0)
    assert (newest(session, item_id).number, newest(session, item_id).text) == (1, "")


def test_what_is_erased_while_it_is_read_stays_so(session: Session, engine: Engine, settings: Settings, source: Source) -> None:
    gone, kept = (keep(session, settings, source, make_page(number)) for number in (1, 2))
    report = run(engine, settings, on_step=lambda: erase(engine, gone))
    assert (report.changed, report.refused) == (1, {"sementara itu berubah": 1})
    assert [newest(session, item_id).number for item_id in (gone, kept)] == [1, 2]


def test_a_dry_run_shows_and_stores_nothing(session: Session, engine: Engine, settings: Settings, source: Source) -> None:
    item_id = keep(session, settings, source, make_page(1), title="Rapat pegawai 1")
    (difference,) = run(engine, settings, dry_run=True).differences
    assert (difference.item_id, set(difference.before), difference.before["text"]) == (
        item_id,
        {"text", "published_at"},
        "Teks lama.",
    )
    assert newest(session, item_id).number == 1


def test_a_date_that_alone_is_new_is_a_version_too(session: Session, engine: Engine, settings: Settings, source: Source) -> None:
    item_id = keep(session, settings, source, make_page(1))
    run(engine, settings)
    better = newest(session, item_id)
    other = keep(session, settings, source, make_page(2), title="Rapat pegawai 2", text=better.text)
    assert run(engine, settings, dry_run=True).differences[0].before == {"published_at": None}
    assert run(engine, settings).changed == 1
    assert newest(session, other).published_at == datetime(2024, 10, 16, 7, 5, tzinfo=UTC)


def test_what_cannot_be_read_now_keeps_what_it_has(session: Session, engine: Engine, settings: Settings, source: Source) -> None:
    empty = Fetched("https://wanasari.test/kosong", b"<html></html>", "text/html", 200, (), MOMENT)
    post = Fetched("https://wanasari.test/kiriman", b"{}", "application/json", None, (), MOMENT)
    kept = [keep(session, settings, source, page) for page in (empty, post, make_page(3))]
    entry = keep(session, settings, source, make_page(4), method="kanal")
    broken = session.scalars(select(Snapshot).where(Snapshot.url.endswith("/3"))).one()
    (settings.evidence_dir / broken.warc_file).unlink()
    report = run(engine, settings)
    assert (report.changed, report.skipped, report.refused.total()) == (0, 2, 2)
    assert "salinan rusak atau hilang" in report.refused
    assert {newest(session, item_id).number for item_id in (*kept, entry)} == {1}


def test_an_article_of_two_pages_stays_one(session: Session, engine: Engine, settings: Settings, source: Source) -> None:
    second = make_page(5, "<p>Halaman kedua memuat tanggapan bupati atas rapat di pendopo kabupaten itu dan penutupnya.</p>")
    part = Fetched("https://wanasari.test/5?page=2", second.body, second.content_type, 200, (), MOMENT)
    item_id = keep(session, settings, source, make_page(5), part)
    run(engine, settings)
    version = newest(session, item_id)
    assert "tanggapan bupati" in version.text
    assert session.scalars(select(VersionPart.number).where(VersionPart.version_id == version.id)).all() == [2]


def test_a_page_whose_rest_was_never_stored_does_not_get_shorter(
    session: Session, engine: Engine, settings: Settings, source: Source
) -> None:
    page = make_page(6, '<a href="https://wanasari.test/6?page=2">2</a><a href="https://wanasari.test/6?page=2">Selanjutnya</a>')
    item_id = keep(session, settings, source, page, text="Teks yang lengkap. " * 200)
    assert run(engine, settings).refused == {"halaman lanjutannya tidak tersimpan": 1}
    assert newest(session, item_id).number == 1


def test_nothing_is_asked_of_the_network(
    sqlite_engine: Engine, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_session(sqlite_engine)() as own:
        (mine,) = sync_sources(own, [make_file()])
        keep(own, sqlite_settings, mine, make_page(1))

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert run(sqlite_engine, sqlite_settings).changed == 1
