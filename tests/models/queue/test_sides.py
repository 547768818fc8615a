import pytest

from models.queue.sides import MOST_SIDES, find_sides


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Camat memakai kaus PDIP dan PAN.", ["pan", "pdip"]),
        ("Pak Camat makan pan dan bayar PBB di Gelora.", []),
        ("Kader Partai Gelora dan Partai PBB.", ["gelora", "pbb"]),
        ("pilih paslon nomor urut dua, pasangan 01", ["nomor_1", "nomor_2"]),
        ("Nomor urut 10 dan paslon satu", ["nomor_1", "nomor_10"]),
        ("Antrean nomor 2 di loket", []),
    ],
)
def test_sides_are_found_where_they_are_named(text: str, sides: list[str]) -> None:
    assert find_sides(text) == sides


def test_a_list_of_parties_is_cut() -> None:
    parties = "PKB Gerindra PDIP Golkar NasDem PKS Hanura PAN Demokrat PSI Perindo PPP"
    assert len(find_sides(parties)) == MOST_SIDES
