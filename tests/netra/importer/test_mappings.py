"""Mappings of columns that people save, read and mend."""

from pathlib import Path

import pytest

from netra.importer.mappings import list_mappings, load_mapping, save_mapping
from netra.importer.options import Refused

COLUMNS = {"text": ("Isi Berita",), "url": ("Tautan", "Link")}


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    save_mapping(tmp_path / "mappings", "kliping", COLUMNS)
    assert load_mapping(tmp_path / "mappings", "kliping") == COLUMNS
    assert list(list_mappings(tmp_path / "mappings")) == ["kliping"]


@pytest.mark.parametrize("name", ["../keluar", "a/b", "", "Kliping", ".sembunyi", "x" * 80])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="no name of a mapping"):
        save_mapping(tmp_path, name, COLUMNS)


def test_an_unknown_name_says_which_there_are(tmp_path: Path) -> None:
    save_mapping(tmp_path, "kliping", COLUMNS)
    with pytest.raises(Refused, match="saved: kliping"):
        load_mapping(tmp_path, "klipping")


@pytest.mark.parametrize("content", ["[", "3", "teks: [a]", "text: 3"])
def test_a_mapping_that_was_mended_badly_says_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "rusak.yml").write_text(content)
    with pytest.raises(Refused, match="cannot be read"):
        load_mapping(tmp_path, "rusak")
