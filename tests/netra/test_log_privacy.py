"""No log of a real crawl and of a real service names anybody."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import Engine

from models.database import make_session
from models.settings import Settings
from tests.crawler.press import Press, article
from tests.factories import make_artifact, make_user
from tests.processes import run_netra, serving

SECRETS = ("rina", "kartikasari", "kata-sandi-bocor", "36.68.1.20", "kunci-rahasia", "wanasari")
PARAGRAPH = "<p>Lurah Rina Kartikasari (@rina.kartikasari) dari Wanasari mengajak warga memilih paslon nomor dua.</p>"


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    feeds = [{"kind": "rss", "url": "/rss"}, {"kind": "rss", "url": "/kanal/rina-kartikasari?key=kunci-rahasia"}]
    with Press(tmp_path, feeds) as press:
        pages = ("/lurah-rina-kartikasari", "/rusak/rina", "/kosong/rina?key=kunci-rahasia")
        links = "".join(f"<item><title>Lurah Rina</title><link>{press.root}{page}</link></item>" for page in pages)
        press.xml("/rss", f"<rss version='2.0'><channel>{links}</channel></rss>")
        press.html(pages[0], article(1, extra=PARAGRAPH))
        press.answers[pages[1]] = (500, {"Content-Type": "text/plain"}, b"galat untuk Rina Kartikasari")
        press.html(pages[2], "<p>Rina</p>")
        press.write_source()
        yield press


def logs_of(settings: Settings) -> str:
    return "".join(file.read_text(encoding="utf-8") for file in (settings.home / "log").rglob("*.log"))


def test_a_crawl_logs_how_it_went_and_nobodys_name(sqlite_settings: Settings, press: Press) -> None:
    settings = press.settings_for(sqlite_settings).model_copy(update={"log_format": "json", "log_level": "DEBUG"})
    result = run_netra(settings, "crawl", "satu", "--quiet")
    said = logs_of(settings)
    lines = [json.loads(line) for line in (settings.home / "log" / "crawl" / "satu.log").read_text().splitlines()]
    assert [line["message"] for line in lines if line["logger"] == "crawler.runs.run"] == [
        "run started",
        "list not read",
        "run ended: selesai",
    ]
    assert (lines[-1]["counts"]["disimpan"], lines[-1]["source"], result.stdout) == (1, "satu", "")
    assert [secret for secret in SECRETS if secret in (said + result.stderr).lower()] == []


def test_a_failed_sign_in_leaves_no_name_no_password_and_no_address(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    with make_session(sqlite_engine).begin() as session:
        make_artifact(session)
        make_user(session, username="rina", role="pengawas")
    settings = sqlite_settings.model_copy(update={"log_format": "json", "log_level": "DEBUG"})
    with serving(settings, from_a_shell=True) as (address, process):
        headers = {"X-Forwarded-For": "36.68.1.20", "X-Request-ID": "permintaan-1"}
        body = {"nama": "rina", "sandi": "kata-sandi-bocor"}
        assert httpx.post(f"{address}/masuk", data=body, headers=headers).status_code == 401
        httpx.get(f"{address}/wanasari/rina?cari=kartikasari", headers={"Authorization": "Bearer kunci-rahasia"})
        httpx.get(f"{address}/api/v1/flags?search=kartikasari", headers={"Authorization": "Bearer kunci-rahasia"})
        process.terminate()  # An answer is sent before it is logged: only the end of the service says that all was written.
        process.wait()
    said = logs_of(settings)
    lines = [json.loads(line) for line in said.splitlines()]
    answered = [(line["route"], line["status"]) for line in lines if line["message"] == "answered" and line["level"] == "INFO"]
    assert answered == [("/masuk", 401), ("none", 404), ("/api/v1/flags", 401)]
    assert "permintaan-1" in said
    assert [secret for secret in SECRETS if secret in said.lower()] == []
