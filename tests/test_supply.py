"""What is installed is what we ask for, in pinned versions, without known holes, under licences that we can live with."""

import json
from pathlib import Path

import pytest

from tests import advisories
from tests.supply import ROOT, find_faults, is_allowed


def test_pins_versions_and_licences_have_no_fault() -> None:
    assert find_faults() == []


@pytest.mark.parametrize("expression", ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "CC-BY-NC-SA-4.0", ""])
def test_a_licence_that_binds_us_is_not_allowed(expression: str) -> None:
    assert not is_allowed(expression)


@pytest.mark.parametrize("expression", ["MIT", "BSD License", "MPL-1.1 OR GPL-2.0-only", "(MIT AND Zlib)"])
def test_one_way_to_read_it_is_enough(expression: str) -> None:
    assert is_allowed(expression)


NOBODY = "http://127.0.0.1:1/"
HOLE = {"name": "paket", "version": "1.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"]}]}
UNKNOWN = {"name": "rekaan", "skip_reason": "not found"}


def make_program(folder: Path, said: str) -> Path:
    """In place of pip-audit."""
    path = folder / "pip-audit"
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n")
    path.chmod(0o755)
    return path


def check_with(monkeypatch: pytest.MonkeyPatch, program: Path) -> int:
    """Where the database answers."""
    monkeypatch.setattr(advisories, "why_silent", lambda _address: "")
    return advisories.main(program=program)


def test_without_a_network_the_advisories_were_not_asked_and_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert advisories.main(NOBODY, Path("nowhere")) == 0
    assert f"NOT ASKED, so nothing is known of holes: {NOBODY} does not answer (ConnectError)" in capsys.readouterr().out


def test_a_hole_fails_the_check_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = json.dumps({"dependencies": [HOLE, UNKNOWN], "fixes": []})
    assert check_with(monkeypatch, make_program(tmp_path, said)) == 1
    assert capsys.readouterr().out.splitlines() == [
        "paket 1.0: PYSEC-2026-1, mended in 1.1",
        "advisories: 1 findings in 2 packages; not known there: rekaan",
    ]


@pytest.mark.parametrize("said", ["", '{"dependencies": [', "[]"])
def test_half_an_answer_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    assert check_with(monkeypatch, make_program(tmp_path, said)) == 0
    assert "NOT ASKED" in capsys.readouterr().out


def test_make_check_asks_for_advisories() -> None:
    """And fails with a finding: no `-` stands before the line."""
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ncheck:")[2].partition("\n\n")[0]
    assert "\t$(BIN)/python -m tests.advisories" in recipe.splitlines()


def test_an_extra_is_added_as_the_docs_say_in_an_environment_of_either_program() -> None:
    said = [
        line for page in (ROOT / "docs").glob("*.md") for line in page.read_text().splitlines() if "python -m pip install" in line
    ]
    assert len(said) >= 3
    assert [line for line in said if "-c constraints.txt" not in line] == []
    assert "venv --quiet --seed" in (ROOT / "Makefile").read_text(encoding="utf-8")
