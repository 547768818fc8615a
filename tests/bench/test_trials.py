"""Each page of numbers in the smallest size: that all of it runs, and what stands at its end."""

import gzip
import json
import os
from pathlib import Path

import pytest

from bench.__main__ import main
from classifier.corpus import load_corpus

pytestmark = pytest.mark.slow


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder of texts to measure on, of the corpus' own."""
    folder = tmp_path / "texts"
    folder.mkdir()
    rows = "".join(json.dumps({"text": text.document.text}) + "\n" for text in load_corpus()[:40])
    for name in ("bulk_news.jsonl.gz", "bulk_social.jsonl.gz"):
        (folder / name).write_bytes(gzip.compress(rows.encode()))
    return folder


def try_page(name: str, into: Path, *more: str) -> str:
    """What a trial wrote."""
    assert main([*more, "--trial", "--only", name, "--into", str(into)]) == 0
    (page,) = into.glob("benchmarks-*.md")
    text = page.read_text(encoding="utf-8")
    assert f" ONLY={name}\n" in text
    assert "Commit " in text
    return text


def rows_of(page: str, start: str) -> list[list[str]]:
    """Cells of the rows that begin so."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith(f"| {start}")]


@pytest.mark.long
def test_the_review_room_is_measured_and_drawn(tmp_path: Path) -> None:
    page = try_page("service", tmp_path)
    assert [row[1] for row in rows_of(page, "queue page")] == ["2"] * 2
    assert [row[4:6] for row in rows_of(page, "sqlite | one statement")] == [["0", "0"]]
    assert "plots/queue.svg" in page
    assert "postgresql, p99" in (tmp_path / "plots" / "queue.svg").read_text()


@pytest.mark.long
def test_scoring_by_more_processes_and_memory_are_measured_and_drawn(tmp_path: Path, artifact: Path) -> None:
    page = try_page("workers", tmp_path, "--artifact", str(artifact))
    assert [row[1] for row in rows_of(page, "netra score, SQLite")] == ["1", "2"]
    programs = {row[1]: [int(cell) for cell in row[2:]] for row in rows_of(page, "sqlite | netra")}
    assert set(programs) == {"netra serve", "netra schedule --workers 2", "netra score --watch"}
    assert all(0 < median <= highest <= family for median, highest, family, _ in programs.values())
    assert "as many times as processes" in (tmp_path / "plots" / "workers.svg").read_text()


@pytest.mark.long
def test_an_archive_is_scored_in_four_places_and_by_four_runners(tmp_path: Path, texts: Path, artifact: Path) -> None:
    page = try_page("archive", tmp_path, str(texts), "--artifact", str(artifact))
    assert [row[1] for row in rows_of(page, "news")] == ["scoring alone", "Parquet", "SQLite", "PostgreSQL"]
    assert [row[1] for row in rows_of(page, "dask")] == ["1", "2"]
    assert "NETRA_DATABASE_URL" not in os.environ


def test_what_only_postgresql_knows_is_measured(tmp_path: Path) -> None:
    page = try_page("postgresql", tmp_path)
    assert len(rows_of(page, "forgotten")) == 2
    assert rows_of(page, "a whole month dropped")[0][1] == "cannot"


def test_growth_is_told_from_the_smallest_size_on(tmp_path: Path) -> None:
    page = try_page("millions", tmp_path)
    assert "| p99, times that of the smallest | 100 |" in page
    assert len(rows_of(page, "queue page")) == 3


@pytest.mark.long
def test_everything_at_once_is_counted_and_its_memory_is_kept(tmp_path: Path) -> None:
    page = try_page("soak", tmp_path)
    assert [row[3:] for row in rows_of(page, "sqlite | pages published")] == [["0", "0"]]
    kept = (tmp_path / "plots" / "soak-sqlite.csv").read_text().splitlines()
    assert {line.split(",")[1] for line in kept[1:]} == {"serve", "schedule", "score --watch"}
