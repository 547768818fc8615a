"""What exchanging sides moves: the exchange itself, and the measure."""

import pytest

from classifier.evaluation.sides import (
    find_parties,
    spell_numbers,
    swap_candidates,
    swap_genders,
    swap_numbers,
    swap_parties,
    swap_regions,
)
from classifier.evaluation.swap import AXES, measure_swaps
from classifier.reading.document import Document
from classifier.scoring.scorer import Scorer


def test_parties_change_places_by_the_form_that_was_used() -> None:
    assert swap_parties("kader Golkar", 0) == "kader NasDem"
    assert swap_parties("kader Partai Keadilan Sejahtera", 0) == "kader Partai Hanura"
    one, other = swap_parties("Golkar lawan Golkar", 3).split(" lawan ")
    assert one == other != "Golkar"
    assert swap_parties("menurut kami", 0) == "menurut kami"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("paslon nomor urut 2", "paslon nomor urut 3"),
        ("Salam Dua Jari", "Salam Tiga Jari"),
        ("coblos no urut 05 ✌️", "coblos no urut 1 🤟"),
        ("lahir 2 anak", "lahir 2 anak"),
        ("PILIH NO.2 atau no2, #2 PASLON", "PILIH NO.3 atau no3, #3 PASLON"),
        ("capres 02 dan paslon2", "capres 03 dan paslon3"),
        ("guru2 lain, no. 2.500, pasangan 2,5 persen", "guru2 lain, no. 2.500, pasangan 2,5 persen"),
        ("cabup2, TIM2 dan kubu 2", "cabup3, TIM3 dan kubu 3"),
        ("paslon kedua, Paslon Ke-2, CALON II", "paslon ketiga, Paslon Ke-3, CALON III"),
        ("pendukung kedua paslon, tim I", "pendukung kedua paslon, tim I"),
        ("SALAM DUA JARI", "SALAM TIGA JARI"),
    ],
)
def test_ballot_numbers_move_in_digits_words_and_fingers(text: str, other: str) -> None:
    assert swap_numbers(text, 0).replace("01", "1") == other


def test_ballot_numbers_are_spelled_as_posts_write_them() -> None:
    spelled = [spell_numbers("coblos nomor urut dua, ya nomor urut 02", number) for number in range(80)]
    expected = ["no.2", "No.2", "nomor2", "PASLON2", "cabup2", "tim2", "paslon kedua", "Paslon ke-2", "paslon II"]
    assert {f"coblos {form}, ya {form}" for form in expected} <= set(spelled)
    assert spell_numbers("paslon IV", 0) == spell_numbers("calon keempat", 0) == "no.4"


def test_a_candidate_has_one_other_name_throughout() -> None:
    swapped = swap_candidates("Ia memuji calon bupati Wirdana. Kata orang, Wirdana menang lagi.", 0)
    assert "Wirdana" not in swapped
    assert swapped.count("Sutrisno Hadi") == 2


def test_candidates_side_by_side_change_as_one() -> None:
    swapped = swap_candidates("Ia memuji pasangan Wirdana-Salim di balai desa.", 0)
    assert swapped == "Ia memuji pasangan Sutrisno Hadi di balai desa."


@pytest.mark.parametrize(
    "text", ["dukungan untuk calon bupati Golkar itu dicabut", "dilarang foto dengan paslon Nomor 2 kata dia"]
)
def test_parties_and_numbers_are_no_names_of_candidates(text: str) -> None:
    assert swap_candidates(text, 0) == text


def test_no_name_is_guessed_where_every_word_has_a_capital() -> None:
    head = "Dukung Caleg, Kepala Dinas Pasar Dipanggil Bawaslu"
    assert swap_candidates(head, 0) == head


def test_regions_and_genders_move() -> None:
    assert "Kendal" not in swap_regions("Camat di Kendal, Jawa Tengah", 0)
    assert swap_genders("Bu Lurah dan suaminya", 0) == "Pak Lurah dan istrinya"


def test_short_names_of_parties_are_found() -> None:
    assert find_parties("PDI-P, Partai Amanat Nasional dan pan goreng") == ["PDIP", "PAN"]


def test_measure_names_the_text_that_moved_most(scorer: Scorer) -> None:
    documents = [
        Document("Hujan turun di pasar."),
        Document("Camat Kendal ajak warga memilih paslon nomor urut 2 dari Golkar, kata Bu Sari."),
    ]
    report = measure_swaps(documents, scorer)
    assert set(report) == set(AXES)
    assert report["parties"]["changed"] == report["ballot_numbers"]["changed"] == report["capitals"]["changed"] == 1
    assert report["parties"]["worst"] == 1
    assert report.pop("loudness")["changed"] == 2
    assert all(found["largest_change"] <= 0.05 and found["flips"] == 0 for found in report.values())


def test_no_way_to_write_a_number_or_a_name_moves_a_flag(scorer: Scorer) -> None:
    post = "Camat Kendal suruh guru coblos paslon nomor urut 2, kata calon bupati Wirdana di grup WA."
    report = measure_swaps([Document(post)] * 50, scorer)
    assert report["ballot_spellings"]["changed"] == report["capitals"]["changed"] == 50
    assert report["ballot_spellings"]["largest_change"] == 0
    assert report["capitals"]["largest_change"] < 0.01
