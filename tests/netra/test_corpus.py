"""`netra corpus` as people and machines meet it."""

import json
from pathlib import Path

import pytest

from models.settings import Settings
from tests.processes import run_netra

RECORD = "---\nid: {id}\nlabel: {label}\nkind: headline\nphase: kampanye\nregion: {region}\n\n{body}\n"


def write_corpus(folder: Path) -> Path:
    records = [
        RECORD.format(id="uji-001", label="lainnya", region="33", body="⟦Camat Wanasari diperiksa, PKB angkat bicara⟧"),
        RECORD.format(id="uji-002", label="imbauan", region="99", body="Sekda minta camat netral, nomor urut 2 setuju"),
    ]
    (folder / "uji.txt").write_text("".join(records), encoding="utf-8")
    return folder


def test_lint_says_what_to_mend_and_ends_with_1(sqlite_settings: Settings, tmp_path: Path) -> None:
    folder = str(write_corpus(tmp_path))
    said = run_netra(sqlite_settings, "corpus", "lint", "--folder", folder)
    assert said.returncode == 1
    assert "unknown-region: uji-002: 99 is no province" in said.stdout
    document = json.loads(run_netra(sqlite_settings, "corpus", "lint", "--folder", folder, "--json").stdout)
    assert document["texts"] == 2
    assert {"rule", "ids", "say"} == set(document["findings"][0])


@pytest.mark.slow
def test_our_corpus_has_nothing_to_mend(sqlite_settings: Settings) -> None:
    said = run_netra(sqlite_settings, "corpus", "lint")
    assert said.returncode == 0
    assert "nothing to mend." in said.stdout


def test_show_counts_both_sides(sqlite_settings: Settings, tmp_path: Path) -> None:
    folder = str(write_corpus(tmp_path))
    document = json.loads(run_netra(sqlite_settings, "corpus", "show", "--folder", folder, "--json").stdout)
    assert document["all"] == {"name": "all", "partisan": 1, "look_alike": 1}
    assert document["tables"]["party"] == [
        {"name": "PKB", "partisan": 1, "look_alike": 0},
        {"name": "any", "partisan": 1, "look_alike": 0},
    ]
    assert "33 Jawa Tengah" in run_netra(sqlite_settings, "corpus", "show", "--folder", folder).stdout


def test_a_folder_without_texts_is_said_in_words(sqlite_settings: Settings, tmp_path: Path) -> None:
    said = run_netra(sqlite_settings, "corpus", "show", "--folder", str(tmp_path))
    assert said.returncode == 2
    assert "no texts" in said.stderr
