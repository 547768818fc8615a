"""GDELT DOC 2.0, against an invented server: addresses for the frontiers of known outlets, titles of the others."""

from datetime import UTC, datetime, timedelta
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ConnectorCursor, FrontierUrl, Item, ItemKind, ItemVersion, RunState, Source
from models.database import make_engine, make_reading_session
from models.settings import Settings
from tests.crawler.connectors.api import Api, Asked, Reply, crawl, reply, rows, serving, settings_for, source, texts_of

QUERY = [{"search": '"netralitas ASN" sourcecountry:ID'}]
TEN_HOURS_AGO = datetime.now(UTC) - timedelta(hours=10)
PLAIN = {"Content-Type": "text/html; charset=utf-8"}


def article(url: str, minute: int = 0, title: str = "Camat diklarifikasi") -> dict[str, Any]:
    seen = (TEN_HOURS_AGO + timedelta(minutes=minute)).strftime("%Y%m%dT%H%M%SZ")
    return {"url": url, "url_mobile": "", "title": title, "seendate": seen, "domain": "x", "language": "Indonesian"}


def outlet(settings: Settings, slug: str, **values: Any) -> None:
    fixed = {"name": slug, "kind": "berita", "home_url": f"https://{slug}.test", "rights": "full_text", "rights_note": "rekaan"}
    feeds = [{"kind": "rss", "url": f"https://{slug}.test/rss"}]
    entry = {**fixed, "cadence_minutes": 60, "expected_min_per_day": 0, "confidence": "A", "feeds": feeds, **values}
    (settings.home / "sources" / f"{slug}.yml").write_text(yaml.safe_dump(entry), encoding="utf-8")


def test_known_outlets_get_addresses_and_others_give_titles(settings: Settings) -> None:
    found = [
        article("https://harian.test/berita/1?utm_source=x"),
        article("https://tertutup.test/berita/2"),
        article("https://baru.test/berita/3", title="ASN hadiri kampanye 📣"),
        article("javascript:alert(1)"),
        {"url": 5},
    ]
    with serving(Api(lambda asked: reply({"articles": found}))) as base:
        prepared = settings_for(settings, source("gdelt", base, QUERY))
        outlet(prepared, "harian")
        outlet(prepared, "tertutup", rights="metadata_only")
        run = crawl(prepared)
    assert (run.state, run.counts["antrean_baru"], run.counts["milik_katalog"], run.counts["tak_terbaca"]) == (
        RunState.FINISHED,
        1,
        1,
        2,
    )
    assert texts_of(prepared) == {"https://baru.test/berita/3": "ASN hadiri kampanye 📣"}
    assert [item.kind for item in rows(prepared, Item)] == [ItemKind.HEADLINE]
    engine = make_engine(prepared.database_address)
    with make_reading_session(engine)() as session:
        assert _waiting(session) == [("harian", "https://harian.test/berita/1")]
    engine.dispose()


def test_a_full_answer_is_followed_by_what_came_after_it(sqlite_settings: Settings) -> None:
    full = [article(f"https://baru.test/{number}", number // 10) for number in range(250)]
    answers = iter([full, [article("https://baru.test/akhir", 30)], []])
    api = Api(lambda asked: reply({"articles": next(answers)}))
    with serving(api) as base:
        prepared = settings_for(sqlite_settings, source("gdelt", base, QUERY))
        crawl(prepared), crawl(prepared)
    assert len(rows(prepared, Item)) == 251
    starts = [asked.one("startdatetime") for asked in api.asked]
    [cursor] = rows(prepared, ConnectorCursor)
    assert starts[1] == (TEN_HOURS_AGO + timedelta(minutes=24)).strftime("%Y%m%d%H%M%S")
    assert cursor.next_page == ""
    assert starts[1] < starts[2] <= cursor.mark


def test_words_instead_of_json_are_understood(sqlite_settings: Settings) -> None:
    says = iter([b"Please limit requests to one every 5 seconds.", b"Your query was too short or too long.\n", b"<html>?</html>"])
    reasons = []
    with serving(Api(lambda asked: _plain(asked, next(says)))) as base:
        prepared = settings_for(sqlite_settings, source("gdelt", base, QUERY), connector_wait_minutes=0)
        for _ in range(3):
            reasons.append(crawl(prepared).reason)
            _forget_pause(prepared)
    assert reasons[0].startswith("ditunda sampai")
    assert "menolak kueri" in reasons[1]
    assert "bukan daftar artikel" in reasons[2]


def test_an_index_never_changes_what_an_outlet_itself_said(sqlite_settings: Settings) -> None:
    answers = iter(
        [[article("https://baru.test/1", title="Judul pertama")], [article("https://baru.test/1", title="Judul kedua")]]
    )
    with serving(Api(lambda asked: reply({"articles": next(answers)}))) as base:
        prepared = settings_for(sqlite_settings, source("gdelt", base, QUERY))
        crawl(prepared), crawl(prepared)
    assert [version.text for version in rows(prepared, ItemVersion)] == ["Judul pertama"]


def _plain(_asked: Asked, body: bytes) -> Reply:
    return 200, PLAIN, body


def _forget_pause(settings: Settings) -> None:
    engine = make_engine(settings.database_address)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE connector_cursors SET wait_until = NULL")
    engine.dispose()


def _waiting(session: Session) -> list[tuple[str, str]]:
    query = select(Source.slug, FrontierUrl.url).join(Source, Source.id == FrontierUrl.source_id)
    return [(slug, url) for slug, url in session.execute(query)]
