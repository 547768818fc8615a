"""Scrapy's commands know the sources."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.settings import Settings


def write_sources(home: Path) -> Path:
    """Two outlets of the catalogue, and one that is disabled."""
    shipped: Path = Settings.model_fields["sources_dir"].default
    folder = home / "sources"
    folder.mkdir(exist_ok=True)
    for name in ("antaranews", "kasn", "wapresri"):
        (folder / f"{name}.yml").write_bytes((shipped / f"{name}.yml").read_bytes())
    return folder


def scrapy(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NETRA_HOME": str(home), "NETRA_SOURCES_DIR": str(write_sources(home))}
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=180)


def test_scrapy_lists_the_enabled_sources(tmp_path: Path) -> None:
    assert scrapy(tmp_path, "list").stdout.split() == ["antaranews", "wapresri"]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("antranews", "no source named 'antranews'; did you mean antaranews"),
        ("kasn", "kasn is disabled: KASN ended in 2024"),
        ("wapresri", "netra db upgrade"),
    ],
)
def test_what_cannot_be_crawled_is_said_in_one_line(tmp_path: Path, name: str, complaint: str) -> None:
    answer = scrapy(tmp_path, "crawl", name)
    assert answer.returncode == 2
    assert complaint in answer.stderr.splitlines()[-1]
    assert "Traceback" not in answer.stderr
