"""What exchanging sides moves: the exchange itself, and the measure."""

import pytest

from classifier.evaluation.swap import (
    find_parties,
    measure_swaps,
    swap_candidates,
    swap_genders,
    swap_numbers,
    swap_parties,
    swap_regions,
)
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
    ],
)
def test_ballot_numbers_move_in_digits_words_and_fingers(text: str, other: str) -> None:
    assert swap_numbers(text, 0).replace("01", "1") == other


def test_a_candidate_has_one_other_name_throughout() -> None:
    swapped = swap_candidates("Ia memuji calon bupati Wirdana. Kata orang, Wirdana menang lagi.", 0)
    assert "Wirdana" not in swapped
    assert swapped.count("Sutrisno Hadi") == 2


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
    assert set(report) == {"parties", "candidates", "ballot_numbers", "regions", "genders"}
    assert report["parties"]["changed"] == report["ballot_numbers"]["changed"] == 1
    assert report["parties"]["worst"] == 1
    assert all(found["largest_change"] <= 0.05 and found["flips"] == 0 for found in report.values())
