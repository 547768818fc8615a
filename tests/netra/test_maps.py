import json
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from models.settings import Settings
from netra.cli import app
from tests.processes import run_netra
from tests.service.provinces import country, write


@pytest.fixture(autouse=True)
def home(sqlite_settings: Settings, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NETRA_HOME", str(sqlite_settings.home))
    monkeypatch.setenv("COLUMNS", "200")
    return sqlite_settings.home


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["map", *arguments])
    assert result.exit_code == code, result.output
    return result.output if code else result.stdout


def test_a_map_is_loaded_shown_and_removed(tmp_path: Path, home: Path) -> None:
    path = str(write(tmp_path, country()))
    assert "squares" in run("show")
    assert "--dry-run" in run("load", path, "--licence", "CC0", "--dry-run")
    assert not (home / "map.json").exists()
    assert "38 provinces" in run("load", path, "--licence", "CC0")
    said = json.loads(run("show", "--json"))
    assert (said["file"], said["licence"], len(said["provinces"])) == ("provinsi.geojson", "CC0", 38)
    assert json.loads(run("remove", "--json")) == {"removed": True}
    assert "no map" in run("remove")


def test_a_dry_run_needs_no_licence_and_what_is_kept_does(tmp_path: Path, home: Path) -> None:
    path = str(write(tmp_path, country()))
    assert "nothing was kept" in run("load", path, "--dry-run")
    assert "--licence" in run("load", path, code=2)
    assert not (home / "map.json").exists()


def test_what_is_not_matched_is_a_table_and_nothing_is_kept(tmp_path: Path, home: Path) -> None:
    document = country()
    document["features"][0]["properties"] = {"kode": "1\x1b[31m1", "provinsi": "Negeri \x1b[31mLain"}
    path = str(write(tmp_path, document))
    said = run("load", path, "--licence", "CC0", code=2)
    assert "no province of that code or name" in said
    assert "Aceh has no feature" in said
    assert "\x1b[31mLain" not in said
    rows = json.loads(CliRunner().invoke(app, ["map", "load", path, "--licence", "CC0", "--json"]).stdout)["unmatched"]
    assert [row["code"] for row in rows] == ["", "11"]
    assert not (home / "map.json").exists()


def test_a_file_that_is_none_and_a_key_that_is_none_say_so(tmp_path: Path) -> None:
    path = str(write(tmp_path, country()))
    assert "kode, provinsi, pulau" in " ".join(
        run("load", path, "--licence", "CC0", "--key", "KODE", "--dry-run", code=2).split()
    )
    assert "no JSON" in run("load", str(write(tmp_path, "{")), "--licence", "CC0", code=2)


def test_a_file_that_is_not_there_asks_for_the_path(tmp_path: Path, sqlite_settings: Settings) -> None:
    result = run_netra(sqlite_settings, "map", "load", str(tmp_path / "tiada.json"), "--licence", "CC0")
    assert (result.returncode, "Check the path" in result.stderr) == (2, True), result.stderr
