"""Pasted texts, links and screenshots."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from crawler.catalogue import SourceFile, read_source_files
from models import AuditEvent, FrontierUrl, ItemKind, Rights, Snapshot
from models.database import make_session
from models.evidence.store import read_evidence
from models.settings import Settings
from netra.importer.options import ImportRow, Refused
from netra.importer.pasted import lone_link, queue_link, read_pasted
from netra.importer.platforms import own_form
from netra.importer.store import store_rows
from tests.netra.importer.runs import options

PNG = b"\x89PNG\r\n\x1a\n" + b"rekaan" * 10
VALUES = {"text": "Camat mengajak pegawai memilih", "url": "https://x.com/rekaan/status/1?s=20", "title": "", "author": "@rekaan"}


def store(settings: Settings, engine: Engine, row: ImportRow) -> int:
    report = store_rows([row], make_session(engine), settings.evidence_dir, actor="sistem:uji", on_row=lambda: None)
    return report.stored


def test_a_pasted_post_is_stored_with_its_address(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    row = read_pasted(VALUES, options())
    assert row.article is not None
    assert (row.article.kind, row.article.url, row.platform) == (ItemKind.POST, "https://x.com/rekaan/status/1", "x")
    assert (store(sqlite_settings, sqlite_engine, row), store(sqlite_settings, sqlite_engine, row)) == (1, 0)


def test_the_bytes_of_a_screenshot_are_the_evidence(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "layar.png").write_bytes(PNG)
    assert store(settings, engine, read_pasted(VALUES, options(), tmp_path / "layar.png")) == 1
    with make_session(engine)() as session:
        snapshot = session.scalars(select(Snapshot)).one()
        assert (snapshot.content_type, read_evidence(settings.evidence_dir, snapshot)) == ("image/png", PNG)


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"GIF", b"RIFF0000WAVE", b"MZ"])
def test_a_name_makes_no_picture(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "layar.png").write_bytes(content)
    row = read_pasted(VALUES, options(), tmp_path / "layar.png")
    assert (row.article, "first bytes" in row.refusal) == (None, True)


def test_a_picture_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netra.importer.pictures.LARGEST_PICTURE", 10)
    (tmp_path / "layar.png").write_bytes(PNG)
    assert "make it smaller" in read_pasted(VALUES, options(), tmp_path / "layar.png").refusal


def outlet() -> tuple[dict[str, SourceFile], str]:
    """Some outlet of the catalogue whose pages may be read, and an address of it."""
    files = read_source_files(Settings(_env_file=None).sources_dir)
    found = next(file for file in files.values() if file.is_enabled and file.hosts and file.rights is not Rights.METADATA_ONLY)
    return files, f"https://{found.hosts[0]}/berita/rapat-kerja-di-kantor-camat"


def test_a_link_of_a_known_outlet_waits_in_its_queue_once(settings: Settings, engine: Engine) -> None:
    files, url = outlet()
    for is_new in (True, False):
        with make_session(engine).begin() as session:
            assert queue_link(session, url, files, actor="sistem:uji").is_new is is_new
    with make_session(engine)() as session:
        assert session.scalars(select(FrontierUrl.url)).one() == url
        assert session.scalars(select(AuditEvent.action)).all().count("impor.tautan") == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://tidakada.example/1", "netra sources add https://tidakada.example/"),
        ("https://www.instagram.com/p/abc", "Instagram is import-only"),
    ],
)
def test_a_link_that_nobody_may_read_says_what_to_do(
    sqlite_settings: Settings, sqlite_engine: Engine, url: str, words: str
) -> None:
    with make_session(sqlite_engine)() as session, pytest.raises(Refused, match=words):
        queue_link(session, url, outlet()[0], actor="sistem:uji")


def test_a_link_is_one_only_where_nothing_else_is_said() -> None:
    assert lone_link(" https://contoh.test/1\n") == "https://contoh.test/1"
    assert (lone_link("lihat https://contoh.test/1"), lone_link("javascript:alert(1)")) == ("", "")


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("http://mobile.twitter.com/a/status/1?t=x&s=20", "https://x.com/a/status/1"),
        ("https://m.youtube.com/watch?v=abc&utm_source=x", "https://www.youtube.com/watch?v=abc"),
        ("https://old.reddit.com/r/a/comments/1/?share_id=x", "https://reddit.com/r/a/comments/1/"),
        ("https://t.me/kanal/12?single", "https://t.me/kanal/12"),
    ],
)
def test_one_post_has_one_address_whichever_app_gave_it(url: str, form: str) -> None:
    assert own_form(url) == form
