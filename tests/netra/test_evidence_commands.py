"""`netra evidence` and `netra crawl --replay` as people and machines meet them."""

import json
from pathlib import Path
from zipfile import ZipFile

from sqlalchemy import Engine, select

from crawler.items import FetchedArticle
from crawler.storing.storage import store_article
from models import AuditEvent, Source
from models.database import make_session
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from netra.crawls.crawling import sync_catalogue
from tests.processes import run_netra

PAGE = Fetched("https://www.antaranews.com/berita/1/rapat", b"<p>Rapat</p>" * 99, "text/html", 200, (("ETag", "x"),))


def keep(settings: Settings, engine: Engine) -> None:
    sync_catalogue(settings, engine)
    with make_session(engine).begin() as session, EvidenceWriter(settings.evidence_dir) as writer:
        source = session.scalars(select(Source).where(Source.slug == "antaranews")).one()
        article = FetchedArticle(PAGE.url, "Rapat", "Rapat di kantor camat Wanasari.", method="uji")
        store_article(session, writer, article, source, fetched=PAGE)


def test_evidence_is_verified_by_number_and_whole(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    assert "no evidence" in run_netra(sqlite_settings, "evidence", "verify", "--all").stdout
    keep(sqlite_settings, sqlite_engine)
    assert run_netra(sqlite_settings, "evidence", "verify", "1").returncode == 0
    path = next(sqlite_settings.evidence_dir.glob("*/*/*.warc.gz"))
    path.write_bytes(path.read_bytes().replace(b"netra/0.1", b"netra/9.9", 1))
    result = run_netra(sqlite_settings, "evidence", "verify", "--all", "--json")
    said = json.loads(result.stdout)
    assert (result.returncode, said["whole"], said["snapshots"]) == (1, False, 1)
    assert "seal does not match" in said["findings"][-1]["problem"]


def test_what_to_verify_must_be_said(sqlite_settings: Settings) -> None:
    for words in ((), ("1", "--all"), ("99",)):
        result = run_netra(sqlite_settings, "evidence", "verify", *words)
        assert (result.returncode, len(result.stderr.strip().splitlines())) == (2, 1), result.stderr


def test_an_export_asks_for_its_purpose_and_never_overwrites(
    sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path
) -> None:
    keep(sqlite_settings, sqlite_engine)
    command = ("evidence", "export", "1", "--output", str(tmp_path / "berkas.wacz"))
    assert run_netra(sqlite_settings, *command, "--purpose", " ").returncode == 2
    result = run_netra(sqlite_settings, *command, "--purpose", "lampiran perkara")
    assert result.returncode == 0, result.stderr
    assert "custody/custody.txt" in ZipFile(tmp_path / "berkas.wacz").namelist()
    assert "exists already" in run_netra(sqlite_settings, *command, "--purpose", "lagi").stderr
    with make_session(sqlite_engine)() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "bukti.ekspor")).one()
    assert event.detail["tujuan"] == "lampiran perkara"


def test_a_stamp_needs_an_authority(sqlite_settings: Settings) -> None:
    result = run_netra(sqlite_settings, "evidence", "stamp", "1")
    assert (result.returncode, "NETRA_TSA_URL" in result.stderr) == (2, True)


def test_a_replay_says_what_it_found(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    keep(sqlite_settings, sqlite_engine)
    result = run_netra(sqlite_settings, "crawl", "--replay", "antaranews", "--dry-run", "--json")
    assert result.stdout, result.stderr
    (said,) = json.loads(result.stdout)["sources"]
    assert (said["slug"], said["same"] + said["changed"] + sum(said["refused"].values())) == ("antaranews", 1)
    assert run_netra(sqlite_settings, "crawl", "antaranews", "--dry-run").returncode == 2
