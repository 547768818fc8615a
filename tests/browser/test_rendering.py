"""Pages through a real Chromium: what they draw is kept, what they ask of others never leaves this machine."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from sqlalchemy import Engine, select

from crawler.catalogue import SourceFile, read_source_file
from crawler.frontier import add_listed, close_url
from crawler.items import FetchedArticle, ListedPage
from crawler.pages.refusals import Refusal
from crawler.rendering.job import RenderFailed, RenderJob
from crawler.rendering.process import render_apart
from crawler.rendering.round import render_source
from crawler.storing.storage import store_article
from models import AuditEvent, CrawlRun, FetchEvent, FetchOutcome, FrontierState, FrontierUrl, Item, ItemVersion, Snapshot, Source
from models.database import make_session
from models.evidence.store import EvidenceWriter, Fetched, read_evidence
from models.settings import Settings
from netra.crawls.crawling import sync_catalogue
from tests.crawler.site import Site, serving
from tests.processes import run_netra

WORDS = " ".join(["Rapat pengawasan digelar di kantor kecamatan dan dihadiri oleh para pegawai serta warga."] * 5)
PAGE = """<html><head><title>Rapat di kecamatan</title></head><body><div id="isi"></div><img src="http://169.254.169.254/meta">
<img src="{other}/p.png"><img src="/go"><iframe src="{other}/f"></iframe><script>
fetch("http://169.254.169.254/").catch(() => 0); fetch("{other}/api").catch(() => 0);
new WebSocket("{other}/s".replace("http", "ws"));
window.open("{other}/w"); navigator.sendBeacon("{other}/b", "x");
document.getElementById("isi").innerHTML = "<h1>Rapat di kecamatan</h1><article><p>{words}</p></article>";
</script></body></html>"""


@pytest.fixture
def other() -> Iterator[Site]:
    """Named `localhost`: another host than `127.0.0.1`, on this machine too."""
    with serving(Site()) as site:
        site.url = site.url.replace("127.0.0.1", "localhost")
        yield site


@pytest.fixture
def outlet(other: Site) -> Iterator[Site]:
    with serving(Site()) as site:
        site.replies["/a"] = PAGE.format(other=other.url, words=WORDS).encode()
        site.replies["/go"] = 302, {"Location": f"{other.url}/there"}, b""
        yield site


@pytest.fixture
def settings(sqlite_settings: Settings, outlet: Site) -> Settings:
    folder = sqlite_settings.home / "sources"
    folder.mkdir()
    return sqlite_settings.model_copy(update={"crawl_private_hosts": True, "sources_dir": folder})


def write_source(settings: Settings, outlet: Site, render: str) -> SourceFile:
    said = {
        "name": "Satu",
        "family": "mandiri",
        "kind": "berita",
        "home_url": outlet.url,
        "rights": "full_text",
        "rights_note": "rekaan",
        "cadence_minutes": 60,
        "expected_min_per_day": 0,
        "confidence": "A",
        "feeds": [{"kind": "rss", "url": f"{outlet.url}/rss"}],
        "delay_seconds": 0.01,
        "render": render,
    }
    path = settings.sources_dir / "satu.yml"
    path.write_text(yaml.safe_dump(said), encoding="utf-8")
    return read_source_file(path)


def keep_page(settings: Settings, engine: Engine, url: str) -> None:
    """A crawl has stored this page."""
    sync_catalogue(settings, engine)
    with make_session(engine).begin() as session, EvidenceWriter(settings.evidence_dir) as writer:
        source = session.scalars(select(Source)).one()
        article = FetchedArticle(url, "Rapat", "Rapat di kantor camat Wanasari.", method="uji")
        store_article(session, writer, article, source, fetched=Fetched(url, b"<p>Rapat</p>", "text/html", 200))


def refuse_page(settings: Settings, engine: Engine, file: SourceFile, url: str) -> None:
    """A crawl has found this page empty."""
    sync_catalogue(settings, engine)
    with make_session(engine).begin() as session:
        source = session.scalars(select(Source)).one()
        add_listed(session, source.id, None, [ListedPage(url)], file.hosts, recheck_hours=24)
        close_url(session, session.scalars(select(FrontierUrl.id)).one(), FrontierState.REFUSED)
        run = CrawlRun(source_id=source.id)
        session.add(run)
        session.flush()
        reason = str(Refusal.NO_TEXT)
        session.add(FetchEvent(run_id=run.id, source_id=source.id, url=url, outcome=FetchOutcome.REFUSED, reason=reason))


def test_scripts_draw_and_nothing_reaches_another_host(settings: Settings, outlet: Site, other: Site) -> None:
    shown = render_apart(settings, RenderJob(f"{outlet.url}/a", ("127.0.0.1",), ("127.0.0.1",), runs_scripts=True))
    assert WORDS in shown.html
    assert shown.picture.startswith(b"\x89PNG")
    assert (outlet.asked, other.asked) == (["/robots.txt", "/a", "/robots.txt", "/go"], [])
    assert shown.refused >= 5


@pytest.mark.slow
def test_without_being_asked_for_scripts_do_not_run(settings: Settings, outlet: Site) -> None:
    shown = render_apart(settings, RenderJob(f"{outlet.url}/a", ("127.0.0.1",), ("127.0.0.1",)))
    assert '<div id="isi"></div>' in shown.html


@pytest.mark.slow
def test_a_page_that_hangs_is_ended_with_its_browser(settings: Settings, outlet: Site) -> None:
    outlet.replies["/hang"] = b"<script>while (true) {}</script>"
    before = time.monotonic()
    with pytest.raises(RenderFailed, match="not done within 4 s"):
        render_apart(settings, RenderJob(f"{outlet.url}/hang", ("127.0.0.1",), ("127.0.0.1",), runs_scripts=True), seconds=4)
    assert time.monotonic() - before < 60


@pytest.mark.slow
def test_the_picture_of_a_stored_page_is_kept_once_and_exported(
    settings: Settings, sqlite_engine: Engine, outlet: Site, tmp_path: Path
) -> None:
    file = write_source(settings, outlet, "screenshot")
    keep_page(settings, sqlite_engine, f"{outlet.url}/a")
    result = run_netra(settings, "render", "satu", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)[0]["counts"] == {"gambar": 1}
    assert render_source(settings, sqlite_engine, file, limit=5).counts == {}
    with make_session(sqlite_engine)() as session:
        picture = session.scalars(select(Snapshot).where(Snapshot.content_type == "image/png")).one()
        assert (picture.url, picture.http_status) == (f"urn:view:{outlet.url}/a", None)
        assert read_evidence(settings.evidence_dir, picture).startswith(b"\x89PNG")
        assert session.scalars(select(AuditEvent).where(AuditEvent.action == "bukti.gambar")).one().subject_id == 1
    assert run_netra(settings, "evidence", "verify", "--all").returncode == 0
    path = tmp_path / "b.wacz"
    assert run_netra(settings, "evidence", "export", "1", "--output", str(path), "--purpose", "uji").returncode == 0
    custody = json.loads(ZipFile(path).read("custody/custody.json"))
    assert custody["konten"][0]["versi"][0]["gambar"] == [picture.id]
    assert f"gambar halaman: salinan {picture.id}" in ZipFile(path).read("custody/custody.txt").decode()


def test_a_page_that_is_empty_without_scripts_is_read_as_rendered(
    settings: Settings, sqlite_engine: Engine, outlet: Site
) -> None:
    file = write_source(settings, outlet, "page")
    refuse_page(settings, sqlite_engine, file, f"{outlet.url}/a")
    assert render_source(settings, sqlite_engine, file, limit=5).counts == {"disimpan": 1}
    with make_session(sqlite_engine)() as session:
        version = session.scalars(select(ItemVersion)).one()
        assert WORDS[:80] in version.text
        kinds = session.scalars(select(Snapshot.content_type).order_by(Snapshot.id)).all()
        assert kinds == ["text/html; charset=utf-8", "image/png"]
        assert session.scalars(select(FrontierUrl.state)).one() is FrontierState.DONE
    assert render_source(settings, sqlite_engine, file, limit=5).counts == {}


@pytest.mark.slow
def test_a_page_that_stays_empty_is_tried_twice(settings: Settings, sqlite_engine: Engine, outlet: Site) -> None:
    file = write_source(settings, outlet, "page")
    outlet.replies["/b"] = b"<html><body><div></div></body></html>"
    refuse_page(settings, sqlite_engine, file, f"{outlet.url}/b")
    counts = [render_source(settings, sqlite_engine, file, limit=5).counts for _ in range(3)]
    assert counts == [{"kosong": 1}, {"kosong": 1}, {}]
    with make_session(sqlite_engine)() as session:
        assert session.scalars(select(Item)).all() == []
