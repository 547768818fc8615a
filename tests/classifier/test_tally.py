"""What is counted in a corpus, and on which side."""

import pytest

from classifier.corpus import CorpusText
from classifier.reading.document import Document, Kind
from classifier.reading.text import Span
from classifier.tally import (
    Band,
    Count,
    choose_band,
    count_all,
    count_by,
    find_numbers,
    find_parties,
    find_years,
    list_parties,
    measure_lengths,
    name_region,
    name_series,
)


def make_text(body: str, *, label: str = "lain", id: str = "uji_a-001", region: str | None = None) -> CorpusText:
    evidence = (Span(0, len(body)),) if label == "lainnya" else ()
    return CorpusText(id, Document(body, kind=Kind.POST), label, "-", region, evidence, id)


@pytest.mark.parametrize(
    ("body", "parties"),
    [
        ("Nasdem dan PDI Perjuangan merapat", ["NasDem", "PDIP"]),
        ("Partai Amanat Nasional (PAN) dan #Perindo", ["PAN", "Perindo"]),
        ("eta teh pan urang Sunda, bayar PBB telat", []),
        ("Jadi pengurus PBB sejak 2021", ["PBB"]),
    ],
)
def test_parties_are_found_in_every_form(body: str, parties: list[str]) -> None:
    assert find_parties(make_text(body)) == parties
    assert set(parties) <= set(list_parties())


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ("Nomor urut 2, nomer tiga", ["2", "3"]),
        ("coblos 04 ya, salam empat jari", ["4"]),
        ("☝️ gas 5️⃣ #menang02", ["1", "2", "5"]),
        ("UU Nomor 5 Tahun 2014, RT 01, TPS 02, pukul 01.30, nomor 2.000", []),
        ("nomor 12, dua puluh jari", []),
    ],
)
def test_ballot_numbers_are_found_in_every_spelling(body: str, numbers: list[str]) -> None:
    assert find_numbers(make_text(body)) == numbers


def test_years_are_those_of_elections() -> None:
    assert find_years(make_text("Pilkada 2020, 27/11/2024, lahir 1970, Rp2.021")) == ["2020", "2024"]


def test_names_of_files_and_provinces_are_read() -> None:
    text = make_text("x", id="warta_harian-012", region="96")
    assert (name_series(text), name_region(text), name_region(make_text("x"))) == ("warta_harian", "96 Papua Barat Daya", "-")


def test_a_text_counts_once_for_each_name() -> None:
    texts = [make_text("PKB PKB Golkar", label="lainnya"), make_text("PKB")]
    assert count_by(texts, find_parties) == [Count("PKB", 1, 1), Count("Golkar", 1, 0)]
    assert count_all(texts).share == 0.5


def test_band_is_the_middle_of_a_binomial() -> None:
    whole = Count("any", 50, 50)
    assert choose_band(Count("x", 0, 40), whole) == Band(12, 28)
    assert choose_band(Count("none", 0, 0), whole) == Band(0, 0)
    assert Band(12, 28).holds(Count("x", 12, 28))
    assert not Band(12, 28).holds(Count("x", 11, 29))


def test_lengths_are_medians_of_each_side() -> None:
    texts = [make_text("a b c"), make_text("a"), make_text("a b c d", label="lainnya")]
    lengths = {own.kind: (own.partisan, own.look_alike) for own in measure_lengths(texts)}
    assert lengths == {"news": (0, 0), "headline": (0, 0), "post": (4, 2)}
