"""Parquet in, Parquet out, part by part."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from netra.rescoring import parts
from netra.rescoring.columns import Columns, parse_columns
from netra.rescoring.errors import Misplaced, RescoringError
from netra.rescoring.parquet import ParquetWork, sweep
from netra.rescoring.parts import Part, Refused, cut_rows, list_files, plan_parts, read_facts, settle_folder
from netra.rescoring.scorers import ArtifactPlace
from netra.rescoring.work import Done
from tests.factories import PARTISAN

CALM = "Harga cabai naik karena hujan. Pedagang mengurangi stok di pasar."


def write(path: Path, columns: dict[str, Any], group: int = 1000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, row_group_size=group)
    return path


def plan(path: Path, out: Path, columns: Columns | None = None) -> list[Part]:
    planned = plan_parts(path, out, columns or Columns())
    assert isinstance(planned, list), planned
    return planned


def read(target: str) -> list[dict[str, Any]]:
    return pq.ParquetFile(target).read().to_pylist()


def test_rows_come_out_as_netra_classify_writes_them(tmp_path: Path, place: ArtifactPlace) -> None:
    path = write(tmp_path / "in.parquet", {"id": ["a", "b"], "text": [PARTISAN, CALM]})
    (part,) = plan(path, tmp_path / "out")
    assert ParquetWork(place, Columns())(part) == Done(scored=2)
    first, second = read(part.target)
    assert (first["id"], first["row"], first["verdict"], first["error"]) == ("a", 0, "tanda", None)
    assert first["evidence"][0]["text"] in PARTISAN
    assert (second["id"], second["flagged"], second["evidence"], second["artifact"]) == ("b", False, [], place.name)


def test_rows_that_are_no_texts_keep_their_place_and_say_why(tmp_path: Path, place: ArtifactPlace) -> None:
    broken = pa.array([b"\xff\xfe", CALM.encode(), b"baik"]).view(pa.string())
    path = write(tmp_path / "in.parquet", {"id": [1, 2, 3], "text": pa.array([CALM, None, CALM]), "title": broken})
    (part,) = plan(path, tmp_path / "out")
    assert ParquetWork(place, Columns())(part) == Done(scored=1, bad=2)
    errors = [row["error"] for row in read(part.target)]
    assert errors == ["`title` is not a string", "`text` is missing or not a string", None]


def test_a_finished_part_is_not_read_again(tmp_path: Path, place: ArtifactPlace) -> None:
    path = write(tmp_path / "in.parquet", {"id": [1], "text": [CALM]})
    (part,) = plan(path, tmp_path / "out")
    work = ParquetWork(place, Columns())
    work(part)
    path.unlink()
    assert work(part) == Done()


@pytest.mark.parametrize("change", [{"changed_ns": 1}, {"size_bytes": 1}])
def test_a_part_of_another_state_of_its_file_is_made_anew(tmp_path: Path, place: ArtifactPlace, change: dict[str, int]) -> None:
    path = write(tmp_path / "in.parquet", {"id": [1], "text": [CALM]})
    (part,) = plan(path, tmp_path / "out")
    work = ParquetWork(place, Columns())
    work(part)
    with pytest.raises(ValueError, match="changed meanwhile"):
        work(replace(part, **change))


def test_a_part_that_fails_leaves_nothing_behind(tmp_path: Path, place: ArtifactPlace) -> None:
    path = write(tmp_path / "in.parquet", {"id": list(range(500)), "text": [f"{CALM} {number}" for number in range(500)]}, 100)
    data = bytearray(path.read_bytes())
    data[2000:4000] = b"\0" * 2000
    path.write_bytes(data)
    (part,) = plan(path, tmp_path / "out")
    with pytest.raises((OSError, ValueError)):
        ParquetWork(place, Columns())(part)
    assert list((tmp_path / "out").iterdir()) == []


def test_columns_may_have_other_names_and_the_id_any_type(tmp_path: Path, place: ArtifactPlace) -> None:
    ids = pa.array(["x", "y"]).dictionary_encode()
    path = write(tmp_path / "in.parquet", {"nomor": ids, "isi": [CALM, PARTISAN], "judul": ["Pasar", "Rapat"]})
    columns = parse_columns(["id=nomor", "text=isi", "title=judul"])
    (part,) = plan(path, tmp_path / "out", columns)
    assert ParquetWork(place, columns)(part) == Done(scored=2)
    assert [row["id"] for row in read(part.target)] == ["x", "y"]


@pytest.mark.parametrize("pair", ["isi", "isi=text", "text="])
def test_a_column_that_is_none_of_ours_is_refused(pair: str) -> None:
    with pytest.raises(RescoringError, match="OURS=THEIRS"):
        parse_columns([pair])


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"PAR1" + b"\xff" * 100 + b"PAR1"])
def test_a_file_that_is_no_parquet_is_refused_with_its_reason(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "in.parquet"
    path.write_bytes(content)
    found = plan_parts(path, tmp_path / "out", Columns())
    assert isinstance(found, Refused)
    assert found.reason


def test_a_file_of_types_that_arrow_does_not_know_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that were flipped can ask for integers of four bits."""
    path = write(tmp_path / "a.parquet", {"id": [1], "text": ["Rapat"]})

    def refuse(*_: Any, **__: Any) -> None:
        raise pa.ArrowNotImplementedError("Integers with less than 8 bits not implemented")

    monkeypatch.setattr(pq, "ParquetFile", refuse)
    assert plan_parts(path, tmp_path, Columns()) == Refused(str(path), "Integers with less than 8 bits not implemented")


def test_a_file_without_text_says_what_it_has(tmp_path: Path) -> None:
    path = write(tmp_path / "in.parquet", {"id": [1], "isi": [CALM]})
    found = plan_parts(path, tmp_path / "out", Columns())
    assert isinstance(found, Refused)
    assert "no column text but id, isi" in found.reason


def test_row_groups_are_cut_and_joined_so_that_every_row_is_in_one_part(
    tmp_path: Path, place: ArtifactPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST_ROWS", 300)
    count = 1050
    path = write(tmp_path / "in.parquet", {"id": list(range(count)), "text": [CALM] * count}, 700)
    planned = plan(path, tmp_path / "out")
    assert [(part.start, part.stop) for part in planned] == [(0, 300), (300, 600), (600, 700), (700, 1000), (1000, 1050)]
    work = ParquetWork(place, Columns())
    assert sum((work(part) for part in planned), Done()) == Done(scored=count)
    rows = [row for part in planned for row in read(part.target)]
    assert [(row["id"], row["row"]) for row in rows] == [(number, number) for number in range(count)]


def test_small_row_groups_share_a_part() -> None:
    assert list(cut_rows([10] * 3)) == [(0, 30)]
    assert list(cut_rows([])) == list(cut_rows([0, 0])) == []


def test_parts_of_an_older_state_go_and_those_of_another_artifact_are_refused(tmp_path: Path, place: ArtifactPlace) -> None:
    path = write(tmp_path / "in.parquet", {"id": [1], "text": [CALM]})
    (part,) = plan(path, tmp_path / "out")
    old = replace(part, target=str(tmp_path / "out" / "part-000000000099.parquet"))
    ParquetWork(place, Columns())(old)
    settle_folder(tmp_path / "out", [part], place)
    assert not Path(old.target).exists()
    ParquetWork(place, Columns())(part)
    with pytest.raises(RescoringError, match="choose another --output"):
        settle_folder(tmp_path / "out", [part], replace(place, sha256="0" * 64))
    assert read_facts(Path(part.target)) is not None


def test_files_of_a_folder_keep_their_places(tmp_path: Path) -> None:
    one = write(tmp_path / "a" / "satu.parquet", {"id": [1], "text": [CALM]})
    two = write(tmp_path / "a" / "b" / "satu.parquet", {"id": [1], "text": [CALM]})
    assert sorted(list_files([tmp_path / "a"])) == [(two, Path("b/satu")), (one, Path("satu"))]
    with pytest.raises(RescoringError, match="would go to one folder"):
        list_files([one, two])


def test_a_worker_that_does_not_see_the_file_says_so(tmp_path: Path, place: ArtifactPlace) -> None:
    path = write(tmp_path / "in.parquet", {"id": [1], "text": [CALM]})
    (part,) = plan(path, tmp_path / "out")
    path.unlink()
    with pytest.raises(Misplaced, match="every worker sees"):
        ParquetWork(place, Columns())(part)


def test_half_written_files_of_long_ago_are_swept(tmp_path: Path) -> None:
    old, new = tmp_path / ".part-000000000000-old.tmp", tmp_path / ".part-000000000000-new.tmp"
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [new]
