"""Health and quarantine on the command line: what operators and cron see."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from crawler.catalogue import read_source_files, sync_sources
from models import (
    CrawlRun,
    FetchCause,
    Item,
    QuarantinedPage,
    RunState,
    Source,
    SourceAlarm,
)
from models.database import make_session
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from tests.processes import run_netra

WORDS = " ".join(["Rapat pengawasan digelar di kantor kecamatan dan dihadiri oleh para pegawai serta warga."] * 6)
PAGE = f"<html lang=id><title>Rapat</title><article><h1>Rapat</h1><p>{WORDS}</p></article></html>".encode()


@pytest.fixture
def local(sqlite_settings: Settings, tmp_path: Path) -> Settings:
    folder = tmp_path / "sources"
    folder.mkdir()
    for slug in ("kabar", "warta"):
        text = f"name: {slug}\nfamily: mandiri\nhome_url: https://{slug}.test\nconfidence: C\n"
        text += f"feeds: [{{kind: rss, url: 'https://{slug}.test/rss'}}]\n"
        (folder / f"{slug}.yml").write_text(text, encoding="utf-8")
    return sqlite_settings.model_copy(update={"sources_dir": folder, "crawl_private_hosts": True})


@pytest.fixture
def source(local: Settings, sqlite_engine: Engine) -> Iterator[tuple[Session, Source]]:
    """`kabar`, whose last run failed."""
    with make_session(sqlite_engine)() as session:
        rows = sync_sources(session, read_source_files(local.sources_dir).values())
        (mine,) = (row for row in rows if row.slug == "kabar")
        session.add(CrawlRun(source_id=mine.id, state=RunState.FAILED, reason="[bold]disk penuh"))
        session.commit()
        yield session, mine


def quarantine(session: Session, settings: Settings, source: Source) -> None:
    with EvidenceWriter(settings.evidence_dir) as writer:
        copy = writer.append(Fetched("https://kabar.test/a", PAGE, "text/html", 200))
    session.add(copy)
    session.flush()
    page = QuarantinedPage(source_id=source.id, url=copy.url, url_key="1" * 64, snapshot_id=copy.id)
    page.reason, page.cause = "[red]rusak", FetchCause.READER
    session.add(page)
    session.commit()


def test_health_is_listed_the_worst_first_with_what_it_rests_on(local: Settings, source: tuple[Session, Source]) -> None:
    rows = json.loads(run_netra(local, "sources", "list", "--health", "--json").stdout)
    assert [(row["slug"], row["state"]) for row in rows] == [("kabar", "gagal"), ("warta", "belum_pernah")]
    assert (rows[0]["mend"], rows[0]["stored_24h"], rows[0]["usual_24h"]) == (
        "lihat sebabnya: netra sources check kabar",
        0,
        None,
    )
    shown = run_netra(local, "sources", "list", "--health")
    assert (shown.returncode, shown.stdout.index("kabar") < shown.stdout.index("warta")) == (0, True)
    checked = run_netra(local, "sources", "check", "--offline")
    assert (checked.returncode, "netra sources check kabar" in checked.stderr) == (1, True)


def test_a_pass_for_cron_opens_an_alarm_once(local: Settings, source: tuple[Session, Source]) -> None:
    first, second = run_netra(local, "sources", "watch"), run_netra(local, "sources", "watch", "--json")
    assert (first.returncode, "kabar: gagal: perayapan terakhir gagal" in first.stderr) == (1, True)
    assert (second.returncode, json.loads(second.stdout)) == (0, [])
    assert source[0].scalars(select(SourceAlarm.kind)).all() == ["gagal"]


def test_quarantine_is_listed_shown_replayed_and_dropped(local: Settings, source: tuple[Session, Source]) -> None:
    session, mine = source
    assert "no page waits" in run_netra(local, "quarantine", "list").stdout
    quarantine(session, local, mine)
    (row,) = json.loads(run_netra(local, "quarantine", "list", "--source", "kabar", "--json").stdout)
    assert (row["cause"], row["reason"]) == ("kesalahan_pembaca", "[red]rusak")
    assert "[red]rusak" in run_netra(local, "quarantine", "list", COLUMNS="200").stdout
    assert json.loads(run_netra(local, "quarantine", "show", str(row["id"]), "--json").stdout)["bytes"] == len(PAGE)
    assert run_netra(local, "quarantine", "show", "99").returncode == 2
    assert "would be read" in run_netra(local, "quarantine", "replay", "kabar", "--dry-run").stdout
    assert run_netra(local, "quarantine", "replay", "--cause", "bahasa").stdout == "no page waits\n"
    done = run_netra(local, "crawl", "--replay", "kabar", "--json")
    assert json.loads(done.stdout)["sources"][0]["quarantine"] == {"source": "kabar", "read": 1, "known": 0, "refused": {}}
    assert session.scalars(select(Item.url)).all() == ["https://kabar.test/a"]


def test_on_a_narrow_terminal_no_value_is_cut_or_broken_into_syllables(local: Settings, source: tuple[Session, Source]) -> None:
    session, mine = source
    quarantine(session, local, mine)
    (page,) = session.scalars(select(QuarantinedPage))
    page.url = "https://kabar.test/berita/2024/10/16/rapat-pengawasan-digelar-di-kantor-kecamatan-wanasari"
    session.commit()
    listed = run_netra(local, "quarantine", "list", COLUMNS="80").stdout
    assert [word for word in ("kabar", "kesalahan_pembaca", f"[red]rusak · {page.url}") if word not in listed] == []
    shown = run_netra(local, "sources", "list", "--health", COLUMNS="80").stdout
    assert "perayapan terakhir gagal: [bold]disk penuh" in shown


def test_pages_whose_source_is_gone_are_told_of(local: Settings, source: tuple[Session, Source]) -> None:
    session, mine = source
    quarantine(session, local, mine)
    (local.sources_dir / "kabar.yml").unlink()
    told = run_netra(local, "quarantine", "replay")
    assert (told.returncode, "no page waits" in told.stdout) == (1, False)
    assert "netra quarantine drop --source kabar" in told.stderr


def test_dropping_needs_to_know_what(local: Settings, source: tuple[Session, Source]) -> None:
    session, mine = source
    quarantine(session, local, mine)
    assert run_netra(local, "quarantine", "drop").returncode == 2
    assert json.loads(run_netra(local, "quarantine", "drop", "--source", "warta", "--json").stdout) == {"dropped": 0}
    assert "1 pages dropped" in run_netra(local, "quarantine", "drop", "--cause", "kesalahan_pembaca").stdout
