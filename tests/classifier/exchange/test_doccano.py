"""doccano's lines, from every kind of project that marks or classifies text."""

import json
from pathlib import Path

import pytest

from classifier.exchange.formats import Format
from classifier.exchange.records import Guess, Offsets, Record, Task
from classifier.reading.text import Span
from tests.classifier.exchange.texts import make_text, read, read_content, write

TEXT = "👍 Camat mengajak staf."


def read_row(tmp_path: Path, **values: object) -> Record:
    (record,) = read_content(tmp_path, Format.DOCCANO, json.dumps({"id": 4, "text": TEXT, "Comments": []} | values))
    return record


@pytest.mark.parametrize(
    "values",
    [
        {"label": [[2, 7, "tim_sukses"], [8, 16, "tim_sukses"]]},
        {"labels": [[8, 16, "tim_sukses"], [2, 7, "tim_sukses"]]},
        {"entities": [[2, 7, "bukti"], [8, 16, "bukti"]], "cats": ["tim_sukses"]},
        {
            "entities": [
                {"id": 1, "label": "tim_sukses", "start_offset": 2, "end_offset": 7},
                {"id": 2, "label": "tim_sukses", "start_offset": 8, "end_offset": 16},
            ],
            "relations": [],
        },
    ],
)
def test_marks_of_every_project_are_read(tmp_path: Path, values: dict[str, object]) -> None:
    text = read_row(tmp_path, **values).text
    assert text is not None
    assert (text.label, text.evidence) == ("tim_sukses", (Span(2, 7), Span(8, 16)))


@pytest.mark.parametrize("values", [{"label": ["imbauan"]}, {"label": "imbauan"}, {"label": [], "meta": {"label": "imbauan"}}])
def test_a_class_needs_no_mark(tmp_path: Path, values: dict[str, object]) -> None:
    text = read_row(tmp_path, **values).text
    assert text is not None
    assert (text.label, text.evidence) == ("imbauan", ())


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "there is no `label`"),
        ({"label": 5}, "`label` is no list"),
        ({"label": [[0, 5]]}, "neither a name nor"),
        ({"label": [[0, 99, "imbauan"]]}, "evidence 0-99"),
        ({"label": [[0, 5, "LOC"]]}, "--label-map LOC"),
        ({"label": [[0, 5, "ikrar"], [6, 9, "aturan"]]}, "more than one label"),
        ({"label": ["imbauan"], "title": "a\0"}, "U+0000"),
    ],
)
def test_a_bad_row_says_what_is_wrong(tmp_path: Path, values: dict[str, object], reason: str) -> None:
    assert reason in read_row(tmp_path, **values).refusal


def test_what_doccano_gives_back_at_the_top_is_read_like_meta(tmp_path: Path) -> None:
    text = read_row(tmp_path, label=["imbauan"], title="Apel", meta={"title": "Lama", "event": "klaster-1", "kind": "post"}).text
    assert text is not None
    assert (text.document.title, text.event, text.document.kind) == ("Apel", "klaster-1", "post")


@pytest.mark.parametrize(("positions", "offsets"), [([3, 8], Offsets.UTF_16), ([2, 7], Offsets.CHARACTERS)])
def test_positions_are_counted_as_asked(tmp_path: Path, positions: list[int], offsets: Offsets) -> None:
    path = write(tmp_path / "a", Format.DOCCANO, make_text(TEXT, "tim_sukses", (2, 7)), offsets=offsets)
    assert json.loads(path.read_text())["label"] == [[*positions, "tim_sukses"]]
    assert [record.text.evidence for record in read(path, Format.DOCCANO, offsets) if record.text] == [(Span(2, 7),)]


def test_a_position_inside_of_an_emoji_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a", Format.DOCCANO, make_text(TEXT, "tim_sukses", (1, 7)))
    (record,) = read(path, Format.DOCCANO, Offsets.UTF_16)
    assert "cuts a character in two" in record.refusal


def test_a_label_does_not_outlive_its_marks_and_a_guess_is_none(tmp_path: Path) -> None:
    marked = make_text(TEXT, "tim_sukses", (2, 7))
    guessed = Task(make_text(TEXT, ""), Guess("tim_sukses", 0.5, (Span(2, 7),), "netra-1"))
    path = write(tmp_path / "a", Format.DOCCANO, marked, guessed)
    rows = [json.loads(line) | {"label": []} for line in path.read_text().splitlines()]
    records = read_content(tmp_path, Format.DOCCANO, "\n".join(map(json.dumps, rows)))
    assert [(record.text, record.refusal) for record in records] == [(None, ""), (None, "")]
