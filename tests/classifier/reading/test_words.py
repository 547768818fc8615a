"""Words as features see them, stems and cues."""

import doctest
import importlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

from classifier.reading.cues import cue_names, find_cues
from classifier.reading.words import NAME, NUMBER, PARTY, read_words
from models.stemming.memo import MEMO_SIZE, StemmerError, refuse_slow_namesake, stem

WORDS = ["mendukung", "dikampanyekan", "mengacungkan", "ketidaknetralan", "teman-teman", "mobilisasi", "berfoto", "kepala"]


def cues_of(sentence: str) -> set[str]:
    bits = find_cues(read_words(sentence))
    return {name for number, name in enumerate(cue_names()) if bits >> number & 1}


def test_stems_equal_plain_sastrawi() -> None:
    plain = StemmerFactory().create_stemmer()
    assert [stem(word) for word in WORDS] == [plain.stem(word) for word in WORDS]
    assert stem.cache_info().maxsize == MEMO_SIZE


@pytest.mark.parametrize("installed", [{"sastrawi", "pysastrawi"}, {"sastrawi"}, set()])
def test_slow_namesake_is_refused_with_a_cure(installed: set[str]) -> None:
    with pytest.raises(StemmerError, match="pip uninstall Sastrawi"):
        refuse_slow_namesake(installed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lurah dukung paslon nomor urut 1 dari Golkar", "Lurah dukung paslon nomor urut 4 dari PDI Perjuangan"),
        ("Camat di Blora pose dua jari", "Camat di Nusa Tenggara Timur pose empat jari"),
        ("kader Partai Buruh", "kader Partai Amanat Nasional"),
        ("Kadis bersama Prabayaksa Wirdana", "Kadis bersama Suhartinah"),
    ],
)
def test_sides_are_masked_alike(one: str, other: str) -> None:
    assert read_words(one) == read_words(other)


@pytest.mark.parametrize(
    "form", ["no.{}", "No.{}", "NO.{}", "no{}", "no. {}", "no,0{}", "nomor{}", "nomor-{}", "nmr{}", "nmr.0{}"]
)
def test_ballot_numbers_are_masked_however_they_are_glued(form: str) -> None:
    assert {read_words(f"coblos {form.format(number)} ya") for number in (1, 2, 3)} == {("coblos", "nomor", NUMBER, "ya")}


@pytest.mark.parametrize("form", ["paslon{}", "paslon 0{}", "PASLON0{}", "Paslon.{}", "#paslon{}", "paslon #{}"])
def test_a_pair_keeps_its_word_and_loses_its_number(form: str) -> None:
    assert {read_words(form.format(number)) for number in (1, 2, 3)} == {("paslon", NUMBER)}


@pytest.mark.parametrize("word", ["rakyat", "teman", "calon", "capres", "partai"])
def test_a_two_still_says_other_words_twice(word: str) -> None:
    assert read_words(f"{word}2") == read_words(word)


def test_a_number_behind_a_stop_stands_apart() -> None:
    assert read_words("Rp.50.000") == read_words("Rp 50.000")
    assert read_words("covid-19 p21") == ("covid-19", "p21")


@pytest.mark.parametrize("name", ["ANDIKA", "SUHARTINAH", "BUDI", "WIRDANA-ANI", "NUR AINI"])
def test_names_in_a_sentence_of_capitals_are_masked(name: str) -> None:
    assert read_words(f"BUPATI {name} HADIRI KAMPANYE") == ("bupati", NAME, "hadiri", "kampanye")


def test_capitals_hide_no_office_and_no_party() -> None:
    assert read_words("KADIS BKPSDM DI KPU DUKUNG PAN DAN PSI-PAN") == (
        *("kadis", "bkpsdm", "di", "kpu", "dukung"),
        *(PARTY, "dan", PARTY),
    )
    assert read_words("Warga RW menunggu SUHARTINAH di kantor") == ("warga", "rw", "menunggu", "suhartinah", "di", "kantor")


def test_candidates_side_by_side_are_one_name() -> None:
    assert read_words("relawan Setia-Wirdana") == read_words("relawan Andika-Bintang") == ("relawan", NAME)
    assert read_words("Undang-Undang Anti-Korupsi") == ("undang-undang", "anti-korupsi")


def test_short_forms_and_stretched_letters_are_spelled_out() -> None:
    assert read_words("yg dukuuuung bapak2 jgn ragu https://t.co/x @akun") == (
        "yang",
        "dukung",
        "bapak",
        "jangan",
        "ragu",
        "AKUN",
    )


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_words(text: str) -> None:
    find_cues(read_words(text))


def test_cues_tell_offices_apart() -> None:
    assert "asn" in cues_of("Camat hadir di panggung kampanye paslon")
    assert {"bukan_asn", "hadir", "acara"} <= cues_of("Kepala desa hadir di panggung kampanye")
    assert {"imbau", "netral"} <= cues_of("Bupati mengimbau pegawai menjaga netralitas")


@pytest.mark.parametrize(
    "name",
    [
        "reading.text",
        "reading.words",
        "reading.capitals",
        "reading.cues",
        "reading.lines",
        "reading.document",
        "training.features",
        "scoring.language",
    ],
)
def test_examples_in_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"classifier.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
