"""JSON as lines, as an array, and as the answer of an API."""

import json
import tracemalloc
from pathlib import Path

import pytest

from netra.importer.mappings import preset_columns
from netra.importer.objects import read_json
from tests.netra.importer.runs import options, read, refusals, texts


def write(path: Path, value: object) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value, indent=1))
    return path


def test_an_array_is_read_element_by_element(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [{"isi": "Satu", "tautan": "https://contoh.test/1"}, 7, {"isi": "Dua"}])
    rows = read(path)
    assert (texts(rows), len(refusals(rows))) == (["Satu", "Dua"], 1)


def test_the_answer_of_an_api_is_read_by_nested_names(tmp_path: Path) -> None:
    attributes = {"url": "https://t.me/kanal/1", "published_at": "2024-10-16T07:05:00Z"}
    said = {"search_data_fields": {"description": "Camat hadir", "channel_name": "kanal"}}
    path = write(tmp_path / "a.json", {"data": [{"id": 1, "attributes": attributes | said}]})
    row = read(path, columns=preset_columns("junkipedia"))[0]
    assert row.article is not None
    assert (row.article.text, row.article.author, row.article.site) == ("Camat hadir", "kanal", "Telegram")


def test_a_torn_array_gives_what_stands_before_the_tear(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", '[{"text": "Satu"}, {"text": "Du')
    rows = read(path)
    assert (texts(rows), len(refusals(rows))) == (["Satu"], 1)


@pytest.mark.parametrize("content", ["", "[", "[]", "[,]", "{", "7", '"x"', "[" * 5_000, '{"data": 3}', "null", '[{"a":1} x'])
def test_what_is_no_list_of_rows_is_refused(tmp_path: Path, content: str) -> None:
    rows = read(write(tmp_path / "a.json", content))
    assert (texts(rows), bool(refusals(rows))) == ([], True)


def test_an_array_is_never_held_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [{"text": f"Camat {number} " + "hadir " * 50} for number in range(10_000)])
    assert len(list(read_json(write(tmp_path / "b.json", [{"text": "Camat"}]), options()))) == 1  # Loads what is needed.
    tracemalloc.start()
    count = sum(1 for _ in read_json(path, options()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, path.stat().st_size > 3_000_000, peak < 3_000_000) == (10_000, True, True)
