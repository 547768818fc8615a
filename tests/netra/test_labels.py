"""`netra labels` as people and machines meet it, and the examples of its page."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from classifier.exchange.formats import READERS, Format
from classifier.exchange.records import LABELS, ReadOptions
from models import AuditEvent, Prediction, TrainingText
from models.database import make_session
from models.settings import Settings
from tests.factories import make_artifact, make_item
from tests.processes import run_netra

PAGE = (Path(__file__).parent.parent.parent / "docs" / "labels.md").read_text(encoding="utf-8")
ROWS = "text,label\nCamat mengajak staf.,kampanye\nApel pagi netral.,imbauan\n,imbauan\n"


def example(form: Format) -> str:
    """The first block of the page that is written in the format."""
    section = PAGE.split(f"\n## {form.value}\n")[1].split("\n## ")[0]
    found = re.search(r"```(?:jsonl?|csv)\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("form", Format)
def test_examples_of_the_page_are_read(tmp_path: Path, form: Format) -> None:
    path = tmp_path / "contoh"
    path.write_text(example(form), encoding="utf-8")
    records = list(READERS[form](path, ReadOptions()))
    assert [record.refusal for record in records if record.text is None] == []
    spans = [
        record.text.document.text[span.start : span.end] for record in records if record.text for span in record.text.evidence
    ]
    assert spans[0] == "Camat Wanasari mengajak stafnya memilih paslon nomor urut 2"


def test_the_interface_of_the_page_offers_every_label() -> None:
    assert tuple(re.findall(r'<Choice value="(\w+)"/>', PAGE)) == LABELS


def test_labels_come_in_and_go_out(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    source, target = tmp_path / "hasil.csv", tmp_path / "keluar.jsonl"
    source.write_text(ROWS)
    arguments = ("labels", "import", str(source), "--format", "csv", "--label-map", "kampanye=ikut_kampanye")
    dry = run_netra(settings, *arguments, "--dry-run", "--json")
    said = json.loads(run_netra(settings, *arguments, "--json").stdout)
    assert json.loads(dry.stdout) == said | {"dry_run": True}
    assert (dry.returncode, said["new"], [row["place"] for row in said["refused"]]) == (1, 2, [f"{source}:4"])
    again = run_netra(settings, *arguments)
    assert "already there 2" in again.stdout
    assert f"refused {source}:4: there is no `text`" in again.stderr
    exported = run_netra(settings, "labels", "export", str(target), "--format", "jsonl", "--purpose", "uji", "--json")
    assert json.loads(exported.stdout)["texts"] == 2
    assert [json.loads(line)["label"] for line in target.read_text().splitlines()] == ["ikut_kampanye", "imbauan"]
    with make_session(engine)() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert [event.action for event in events] == ["label.impor", "label.impor", "label.ekspor"]
        assert (events[0].detail["berkas"], events[2].detail["tujuan"]) == ("hasil.csv", "uji")
        assert "Camat" not in str([event.detail for event in events])
        assert session.scalars(select(TrainingText.imported_by)).first().startswith("sistem:label:")  # pyright: ignore[reportOptionalMemberAccess]


def test_tasks_for_annotators_make_the_trip(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    with make_session(sqlite_engine).begin() as session:
        item = make_item(session)
        values = {"item_version_id": item.current_version_id, "artifact_id": make_artifact(session).id}
        session.add(Prediction(**values, probability=0.6, label="ikut_kampanye"))
    path = tmp_path / "tugas.json"
    arguments = ("labels", "export", str(path), "--format", "label-studio", "--unlabelled", "5")
    assert "1 texts in" in run_netra(sqlite_settings, *arguments).stdout
    tasks = json.loads(path.read_text())
    choice = {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["tim_sukses"]}}
    path.write_text(json.dumps([tasks[0] | {"annotations": [{"result": [choice]}]}]))
    assert run_netra(sqlite_settings, "labels", "import", str(path), "--format", "label-studio").returncode == 0
    path.unlink()
    assert "no text without label" in run_netra(sqlite_settings, *arguments).stderr
    with make_session(sqlite_engine)() as session:
        assert session.scalars(select(TrainingText.event)).one() == f"konten-{item.id}"


def test_show_counts_by_label_and_origin(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    said = json.loads(run_netra(sqlite_settings, "labels", "show", "--json").stdout)
    assert [row["label"] for row in said["labels"]] == list(LABELS)
    assert said["all"]["imports"] == said["all"]["assessments"] == 0 < said["all"]["corpus"]
    assert "Nobody labelled a text" in run_netra(sqlite_settings, "labels", "show").stdout


@pytest.mark.parametrize(
    ("arguments", "mend"),
    [
        (("export", "ada", "--format", "csv"), "Choose another name"),
        (("export", "baru", "--format", "csv"), "--corpus"),
        (("export", "baru", "--format", "csv", "--unlabelled", "5"), "netra train"),
        (("import", "baru", "--format", "csv"), "Check the path"),
        (("import", "ada", "--format", "csv", "--label-map", "a=b"), "FROM=TO"),
        (("import", "ada", "--format", "csv"), "columns are"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_its_mend(
    sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path, arguments: tuple[str, ...], mend: str
) -> None:
    (tmp_path / "ada").write_text("catatan\n")
    paths = [str(tmp_path / part) if part in ("ada", "baru") else part for part in arguments]
    result = run_netra(sqlite_settings, "labels", *paths)
    (said,) = [line for line in result.stderr.splitlines() if "━" not in line and line.strip()]
    assert (result.returncode, mend in said) == (2, True), result.stderr
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["ada"]


def test_a_file_without_records_is_said_to_be_empty(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "kosong.jsonl").write_text("\n")
    result = run_netra(sqlite_settings, "labels", "import", str(tmp_path / "kosong.jsonl"), "--format", "jsonl")
    assert (result.returncode, "The file holds no record." in result.stdout) == (0, True)
