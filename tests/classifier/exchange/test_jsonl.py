"""Lines of JSON: what is refused, with which words, and what it does not cost."""

import json
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from classifier.exchange.formats import Format, whole_file
from classifier.exchange.records import LABELS, LARGEST_RECORD, Guess, Record, Task
from classifier.reading.text import Span
from tests.classifier.exchange.texts import make_text, read, read_content, write

TEXT = "Camat mengajak staf memilih paslon 2."


def line(**values: object) -> str:
    return json.dumps({"text": TEXT, "label": "imbauan"} | values)


def refusal(tmp_path: Path, content: str | bytes) -> Record:
    (record,) = read_content(tmp_path, Format.JSONL, content)
    assert record.text is None
    return record


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{rusak", "not JSON"),
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "not JSON"),
        (b'{"text": "\xff"}', "not UTF-8 at byte 10"),
        ('{"text": "a"}', "there is no `label`"),
        (line(text=" \n"), "there is no `text`"),
        (line(text=5), "`text` is no text"),
        (line(text="dua\0tiga"), "U+0000, at 3"),
        (line(title="a\x1bb"), "`title` has a character that no text has, U+001B, at 1"),
        (line(text="a\ud800"), "U+D800, at 1"),
        (line(kind="koran"), "kind 'koran' is none of news, headline, post"),
        (line(event="x" * 201), "longer than 200"),
        (line(evidence=[{"start": 0, "end": 38}]), "evidence 0-38 does not lie in the text of 37 characters"),
        (line(evidence=[{"start": 3, "end": 3}]), "evidence 3-3"),
        (line(evidence=[{"start": -1, "end": 3}]), "evidence -1-3"),
        (line(evidence=[{"start": True, "end": 3}]), "no whole numbers"),
        (line(evidence=[[0, 3]]), "`evidence` holds something else"),
        (line(evidence={"start": 0}), "`evidence` is no list"),
        (line(label="", evidence=[{"start": 0, "end": 3}]), "no label"),
        (line(text="x" * LARGEST_RECORD), "larger than"),
    ],
)
def test_a_bad_line_says_what_is_wrong(tmp_path: Path, content: str | bytes, reason: str) -> None:
    record = refusal(tmp_path, content)
    assert record.place.endswith("berkas:1")
    assert reason in record.refusal


def test_an_unknown_label_is_told_all_that_are_known(tmp_path: Path) -> None:
    said = refusal(tmp_path, line(label="kampanye")).refusal
    assert all(label in said for label in LABELS)
    assert "--label-map kampanye=OURS" in said


def test_labels_of_others_are_translated(tmp_path: Path) -> None:
    (record,) = read_content(tmp_path, Format.JSONL, line(label="netral "), netral="ikrar")
    assert record.text is not None
    assert record.text.label == "ikrar"


def test_a_bad_line_costs_nothing_but_itself(tmp_path: Path) -> None:
    long = line(text="x" * (2 * LARGEST_RECORD))
    records = read_content(tmp_path, Format.JSONL, "\ufeff" + "\n".join([line(), "{", "", long, line(label="")]) + "\n")
    assert [record.place.rsplit(":", 1)[1] for record in records] == ["1", "2", "4", "5"]
    assert [bool(record.text) for record in records] == [True, False, False, False]
    assert [bool(record.refusal) for record in records] == [False, True, True, False]


def test_what_is_not_read_is_named(tmp_path: Path) -> None:
    (record,) = read_content(tmp_path, Format.JSONL, line(catatan="ragu", prediction={}))
    assert record.unread == ("catatan",)


def test_a_guess_is_no_label(tmp_path: Path) -> None:
    task = Task(make_text(TEXT, ""), Guess("ikut_kampanye", 0.51, (Span(0, 5),), "netra-1"))
    path = write(tmp_path / "tugas", Format.JSONL, task)
    assert json.loads(path.read_text())["prediction"]["label"] == "ikut_kampanye"
    assert [(record.text, record.refusal) for record in read(path, Format.JSONL)] == [(None, "")]


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "keluar"
    with suppress(RuntimeError), whole_file(path) as file:
        file.write("separuh")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with whole_file(path) as file:
        file.write("penuh")
        assert not path.exists()
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("penuh", 0o600)
