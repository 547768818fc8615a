"""What `make bench` asks for: what each page needs, what is left out, and what is never begun unasked."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.contents import PAGES
from bench.crawler.extraction import Score, score_text
from bench.needs import Disk
from bench.page import DOCS, Wanted, choose


@pytest.mark.parametrize(
    ("only", "missing"),
    [
        ("crawler", ["pages_id.jsonl", "bulk_news.jsonl.gz"]),
        ("classifier", ["headlines.jsonl", "bulk_social.jsonl.gz"]),
    ],
)
def test_nothing_begins_before_every_file_is_there(
    only: str, missing: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--only", only, "--pages", str(tmp_path / "asing.jsonl")]) == 2
    said = capsys.readouterr().err
    assert "make bench EVAL=folder" in said
    assert all(f"{only}: {tmp_path}/{name} (EVAL=folder)" in said for name in missing)
    assert f"{tmp_path}/asing.jsonl (PAGES=)" in said


def test_what_was_named_wrongly_stops_all_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = ["--label-studio", str(tmp_path / "label-studio"), "--keep", str(tmp_path / "nowhere")]
    assert main(["--only", "postgresql", *named]) == 2
    said = capsys.readouterr().err
    assert "label-studio (LABEL_STUDIO=)" in said
    assert "nowhere (KEEP=, a folder)" in said


def test_a_page_without_its_needs_is_left_out_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--trial", "--only", "peers", "--into", str(tmp_path)]) == 2
    assert "peers: LABEL_STUDIO=" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_takes_hours_runs_only_where_it_is_named() -> None:
    unasked = {page.name for page in choose(PAGES, [])}
    assert unasked == {page.name for page in PAGES} - {"soak", "killed", "millions"}
    assert [page.name for page in choose(PAGES, ["soak", "workers"])] == ["workers", "soak"]


def test_the_list_names_each_page_and_its_needs_and_measures_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    said = capsys.readouterr().out
    assert all(f"docs/{page.file} ({page.minutes} min" in said for page in PAGES)
    assert "needs 45 GB of disk" in said


def test_room_on_the_disk_is_asked_for_but_by_a_trial(tmp_path: Path) -> None:
    wanted = Wanted(keep=tmp_path)
    (line,) = Disk(1e9).find_missing(wanted)
    assert str(tmp_path) in line
    assert Disk(1e9).find_missing(replace(wanted, is_trial=True)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_is_in_the_docs_and_its_commands_exist(page) -> None:
    text = (DOCS / page.file).read_text(encoding="utf-8")
    assert text.startswith("# Measured")
    modules = [command.split()[2] for command in page.commands]
    assert all(find_spec(module) for module in [*modules, f"bench.pages.{page.name}"])


def test_a_page_that_breaks_leaves_the_former_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "benchmarks-archive.md").write_text("# Measured before")
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("bulk_news.jsonl.gz", "bulk_social.jsonl.gz"):
        (folder / name).write_bytes(b"this is no gzip")
    artifact = tmp_path / "artifact"
    artifact.mkdir()
    command = [str(folder), "--artifact", str(artifact), "--trial", "--only", "archive", "--into", str(tmp_path)]
    assert main(command) == 1
    assert (tmp_path / "benchmarks-archive.md").read_text() == "# Measured before"
    assert "archive is not written" in capsys.readouterr().err


def test_a_text_is_compared_by_its_four_grams() -> None:
    assert score_text("a b c d e", "a b c d x") == Score(0.5, 0.5, 0.5)
    assert score_text("a b c d e", "a b c d") == Score(1.0, 0.5, 2 / 3)
    assert score_text("a b c d", "") == Score(0.0, 0.0, 0.0)
    assert score_text("Vladi\u00admir a b c", "vladimir a b c").f1 == 1.0
