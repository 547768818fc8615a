"""Columns are found by their names, where nobody says them."""

import pytest

from netra.importer.headers import find_header, read_presets, resolve_columns
from netra.importer.mappings import preset_columns
from netra.importer.options import Refused
from tests.netra.importer.runs import options


def test_indonesian_and_english_names_are_guessed() -> None:
    columns = resolve_columns(["Judul_Berita", "ISI", "Link", "Tgl"], options())
    assert columns == {"title": ("Judul_Berita",), "text": ("ISI",), "url": ("Link",), "published_at": ("Tgl",)}


def test_what_the_caller_says_overrules_the_guess_and_takes_its_column() -> None:
    columns = resolve_columns(["text", "isi"], options(mapping={"text": "ISI"}))
    assert columns["text"] == ("isi",)


def test_the_header_is_found_below_a_title_and_a_filter() -> None:
    header = find_header([["Rekap"], ["Periode", "Oktober"], ["judul", "isi", "tautan"], ["a", "b", "c"]], options())
    assert (header.at, header.columns["text"]) == (2, ("isi",))


def test_merged_cells_lend_their_name_to_the_empty_ones_below() -> None:
    header = find_header([["Isi", "Sumber", ""], ["", "Tautan", "Tanggal"], ["Camat hadir.", "", ""]], options())
    assert (header.at, header.columns["text"], header.columns["url"]) == (1, ("Isi",), ("Tautan",))


def test_a_header_without_a_text_says_what_it_has() -> None:
    with pytest.raises(Refused, match=r"'halaman'.*--map text=NAME"):
        find_header([["judul", "halaman"]], options())


@pytest.mark.parametrize("name", list(read_presets()))
def test_every_preset_names_a_text_and_says_what_it_rests_on(name: str) -> None:
    assert preset_columns(name)["text"]
    assert read_presets()[name]["note"]
