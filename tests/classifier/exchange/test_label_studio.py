"""Tasks of Label Studio: annotations are read, predictions never, and no mark is taken for another place."""

import json
from pathlib import Path
from typing import Any

import pytest

from classifier.errors import InputError
from classifier.exchange import label_studio
from classifier.exchange.formats import Format
from classifier.exchange.records import LARGEST_RECORD, Guess, Record, Task
from classifier.reading.text import Span
from tests.classifier.exchange.texts import make_text, read_content, write

TEXT = "👍 Camat mengajak staf.\nRapat bubar."


def choose(*labels: str, name: str = "label") -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": list(labels)}}


def mark(start: object, end: object, words: str | None = None, label: str = "bukti") -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": [label]} | ({"text": words} if words is not None else {})
    return {"from_name": "evidence", "to_name": "text", "type": "labels", "value": value}


def task(*results: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {"id": 1, "data": {"text": TEXT}, "annotations": [{"result": list(results)}]} | values


def read_tasks(tmp_path: Path, *tasks: object) -> list[Record]:
    return read_content(tmp_path, Format.LABEL_STUDIO, json.dumps(tasks, ensure_ascii=False))


@pytest.mark.parametrize(
    ("given", "label", "spans"),
    [
        (task(choose("imbauan")), "imbauan", ()),
        (task(choose("ikut_kampanye"), mark(2, 22, "Camat mengajak staf.")), "ikut_kampanye", (Span(2, 22),)),
        (task(choose("ikut_kampanye"), mark(3, 23, "Camat mengajak staf.")), "ikut_kampanye", (Span(2, 22),)),
        (task(choose("imbauan"), mark(2, 28, "Camat mengajak staf.\\nRapat")), "imbauan", (Span(2, 28),)),
        (task(mark(2, 7, None, "tim_sukses"), mark(2, 7, "", "tim_sukses")), "tim_sukses", (Span(2, 7),)),
        (task(choose("ragu", name="mutu"), choose("ikrar"), {"type": "textarea"}), "ikrar", ()),
    ],
)
def test_annotations_are_read(tmp_path: Path, given: object, label: str, spans: tuple[Span, ...]) -> None:
    (record,) = read_tasks(tmp_path, given)
    assert record.text is not None, record.refusal
    assert (record.text.label, record.text.evidence) == (label, spans)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"text": TEXT, "label": "imbauan"}, "JSON-MIN"),
        (task(choose("ikrar", "imbauan")), "more than one label"),
        (task(choose("ikrar"), mark(2, 7, None, "imbauan")), "more than one label"),
        (task(choose("kampanye")), "--label-map"),
        (task(choose("imbauan"), mark(5, 25, "Camat mengajak staf.")), "was it changed?"),
        (task(choose("imbauan"), mark("/p[1]", "/p[1]")), "no whole numbers"),
        (task(choose("imbauan"), mark(0, 99)), "does not lie in the text"),
        (task(mark(2, 7)), "the text has no label"),
        (task({"type": "rectanglelabels", "value": {}}), "type 'rectanglelabels'"),
        (task({"type": "choices"}), "without `value`"),
        (task({"type": "choices", "value": {}}), "list of `choices`"),
        (task(annotations=[5]), "not only their ids"),
        (task(annotations=[{"result": [choose("ikrar")]}, {"result": [choose("aturan")]}]), "disagree: aturan, ikrar"),
        (task(choose("imbauan"), data={"text": "x" * LARGEST_RECORD}), "larger than"),
        ("kata", "no task with `data`"),
    ],
)
def test_a_bad_task_is_refused_and_the_next_is_read(tmp_path: Path, given: object, reason: str) -> None:
    bad, good = read_tasks(tmp_path, given, task(choose("imbauan")))
    assert reason in bad.refusal
    assert bad.place.endswith("berkas:1 (task 1)")
    assert good.text is not None


@pytest.mark.parametrize("annotations", [None, [], [{"result": []}], [{"was_cancelled": True, "result": [choose("imbauan")]}]])
def test_what_nobody_finished_is_neither_label_nor_error(tmp_path: Path, annotations: object) -> None:
    guess = {"predictions": [{"result": [choose("imbauan")]}]}
    (record,) = read_tasks(tmp_path, task(annotations=annotations) | guess)
    assert (record.text, record.refusal) == (None, "")


def test_the_ground_truth_decides(tmp_path: Path) -> None:
    given = [{"result": [choose("ikrar")], "ground_truth": True}, {"result": [choose("aturan")]}]
    (record,) = read_tasks(tmp_path, task(annotations=given))
    assert record.text is not None
    assert record.text.label == "ikrar"


@pytest.mark.parametrize(
    ("content", "places", "reason"),
    [
        ("[{0},\n{0},\n{{rusak", [1, 2, 3], "nothing behind it was read"),
        ("[{0},\n{0}", [1, 2, None], "torn"),
        ("[{0}\n{0}]", [1, 1], "no comma"),
        ("[{0}, " + "[" * 100_000, [1, 1], "not JSON"),
    ],
)
def test_a_torn_file_gives_what_stands_before_the_tear(
    tmp_path: Path, content: str, places: list[int | None], reason: str
) -> None:
    records = read_content(tmp_path, Format.LABEL_STUDIO, content.format(json.dumps(task(choose("imbauan")))))
    assert [record.text is not None for record in records] == [True] * (len(places) - 1) + [False]
    found = [record.place.partition(" (")[0].rpartition("berkas")[2].strip(":") for record in records]
    assert found == [str(place or "") for place in places]
    assert reason in records[-1].refusal


def test_one_task_alone_is_read(tmp_path: Path) -> None:
    (record,) = read_content(tmp_path, Format.LABEL_STUDIO, json.dumps(task(choose("imbauan")), indent=1))
    assert record.text is not None


@pytest.mark.parametrize("content", [b"", b"5", b'[{"data": "\xff"}]'])
def test_what_is_no_export_ends_the_import(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="berkas is no"):
        read_content(tmp_path, Format.LABEL_STUDIO, content)


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_studio, "LARGEST_FILE", 10)
    with pytest.raises(InputError, match="in parts"):
        read_tasks(tmp_path, task(choose("imbauan")))


def test_tasks_for_annotators_carry_the_guess_apart(tmp_path: Path) -> None:
    guessed = Task(make_text(TEXT, ""), Guess("ikut_kampanye", 0.51, (Span(2, 22),), "netra-1"))
    path = write(tmp_path / "tugas.json", Format.LABEL_STUDIO, guessed, make_text("Lain.", "lain", (0, 4)))
    unlabelled, labelled = json.loads(path.read_text())
    (prediction,) = unlabelled["predictions"]
    assert "annotations" not in unlabelled
    assert (prediction["model_version"], prediction["score"]) == ("netra-1", 0.51)
    assert prediction["result"][1]["value"] == {
        "start": 2,
        "end": 22,
        "text": "Camat mengajak staf.",
        "labels": ["bukti"],
    }
    assert labelled["annotations"][0]["result"][0] | {"id": ""} == choose("lain") | {"id": ""}
