"""Words as features see them, stems and cues."""

import doctest
import importlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

from classifier.corpus import load_corpus
from classifier.errors import ConfigError
from classifier.reading.capitals import is_loud
from classifier.reading.cues import cue_names, find_cues, find_mentions, read_phrase
from classifier.reading.lexicon import load_lexicon
from classifier.reading.words import NAME, NUMBER, PARTY, find_tokens, read_words
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


GLUED = [
    *("cabup", "cawabup", "cagub", "cawagub", "cawali", "cawalkot", "capres", "cawapres", "caleg", "calon", "kandidat"),
    *("pasangan", "kubu", "tim", "jari", "salam", "pilih", "coblos", "dukung", "pendukung", "TIM"),
]


@pytest.mark.parametrize("word", GLUED)
def test_a_two_behind_a_contestant_or_a_call_is_a_number_as_others_are(word: str) -> None:
    assert {read_words(f"{word}{number}") for number in ("1", "2", "02", "3")} == {(word.lower(), NUMBER)}


@pytest.mark.parametrize("form", ["pertama", "kedua", "Ketiga", "ke-2", "Ke-3", "I", "II", "iii", "IV", "VIII", "X"])
@pytest.mark.parametrize("word", ["paslon", "Cabup", "CALON", "nomor urut"])
def test_ordinals_and_roman_numbers_behind_a_contestant_are_numbers(word: str, form: str) -> None:
    assert read_words(f"{word} {form}")[1:] == read_words(f"{word} 2")[1:]


@pytest.mark.parametrize("text", ["pendukung kedua paslon", "rapat kedua", "golongan II", "HUT RI ke-79", "paslon i"])
def test_elsewhere_an_ordinal_is_a_word(text: str) -> None:
    assert NUMBER not in read_words(text)


@pytest.mark.parametrize("word", ["rakyat", "teman", "guru", "partai"])
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


def test_everyday_words_are_no_parties_and_no_names_in_a_sentence_of_capitals() -> None:
    assert read_words("GURU PAS JAM KERJA KAMPANYE") == read_words("guru pas jam kerja kampanye")
    assert read_words("PARTAI PAS MENANG") == ("partai", PARTY, "menang")
    assert read_words("WARTAWAN DULU NONTON POSTINGANNYA PGRI") == ("wartawan", "dulu", "nonton", "postingannya", "pgri")


@pytest.mark.parametrize(
    "text",
    [
        "gelora muda dan ummat terus berkarya",
        "Seniman Sukamulya Terus Berkarya",
        "Guru Bahas Soal PKN Kelas 3",
        "Camat nonton di Gelora Bung Karno",
        "STADION GELORA BUNG KARNO PENUH",
        "Lurah ajak warga bayar PBB",
        "Realisasi PBB di Sukamulya naik",
        "Penandatanganan PKS pemkab dan kejaksaan",
    ],
)
def test_namesakes_of_parties_are_no_parties(text: str) -> None:
    assert PARTY not in read_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "kader Gelora",
        "KADER GELORA",
        "caleg Ummat",
        "Partai Berkarya",
        "partai gelora",
        "Partai PKN",
        "caleg PBB",
        "baliho PKS",
        "usungan PKB-PBB",
    ],
)
def test_parties_with_namesakes_are_masked_as_others_are(text: str) -> None:
    assert read_words(text) == (text.split()[0].lower(), PARTY)


def test_only_pieces_with_letters_make_a_sentence_loud() -> None:
    assert is_loud(["PILIH", "WIRDANA", "💪", "|", "2024", "-", "2029"])
    assert not is_loud(["2024", "-", "2029", "|", "1"])
    assert NAME in read_words("DUKUNG WIRDANA 💪 2024 ✌️ 🔥 - 2029")


def test_everyday_words_are_written_small_in_the_corpus() -> None:
    small, large = Counter[str](), Counter[str]()
    for text in load_corpus():
        for word in find_tokens(f"{text.document.title} {text.document.text}"):
            (small if word.islower() else large if word.istitle() else Counter())[word.lower()] += 1
    words = load_lexicon().everyday
    assert len(words) > 250
    assert words.isdisjoint(load_lexicon().names)
    assert [word for word in words if small[word] < 3 or small[word] < large[word]] == []


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


SHOWN = {"ANGKA": "2", "BILANGAN": "250", "PARTAI": "Golkar", "JARI": "☝"}


def test_reading_gives_every_cue_phrase_back() -> None:
    dead = [
        (cue.name, written)
        for number, cue in enumerate(load_lexicon().cues)
        for phrase in cue.phrases
        for written in [" ".join(SHOWN.get(word, word) for word in phrase)]
        for words in [read_words(written)]
        if not any(found.end - found.start == len(words) and found.bits >> number & 1 for found in find_mentions(words))
    ]
    assert not dead


@pytest.mark.parametrize(
    ("sentence", "cue"),
    [
        ("Camat mendukung salah satu calon", "peserta"),
        ("Lurah memuji salah satu pasangan", "peserta"),
        ("Cukup satu putaran saja", "coblos"),
        ("dua orang dari kelurahan itu", "oknum"),
        ("Lurah terjerat sabu", "perkara_lain"),
    ],
)
def test_cues_with_a_number_word_are_found(sentence: str, cue: str) -> None:
    assert cue in cues_of(sentence)


def test_a_cue_word_that_reading_masks_is_refused() -> None:
    with pytest.raises(ConfigError, match="'kebumen'"):
        read_phrase(("warga", "kebumen"))


def test_a_cue_that_is_not_shown_for_a_word_weighs_for_it() -> None:
    idle = [
        (cue.name, word)
        for number, cue in enumerate(load_lexicon().cues)
        for word in cue.unshown
        if not find_cues(read_words(word)) >> number & 1
    ]
    assert idle == []


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
