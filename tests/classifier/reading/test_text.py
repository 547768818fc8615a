"""Sentences and their spans."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.reading.text import split_sentences

PIECES = st.sampled_from(
    ["Camat hadir.", "Drs. H. Budi", " ", "\r\n", "\n\n", "☝️👍🏽", "“Pilih!” ", "...", "…", "Rp. 5.000", "ke", "\u2028", "é"]
)


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@settings(deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_spans_cover_all_but_white_space_in_order(text: str) -> None:
    spans = split_sentences(text)
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    assert all(left.end <= right.start for left, right in pairwise(spans))
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] for span in spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Drs. H. Salim, S.Pd. datang. Ia pulang.", ["Drs. H. Salim, S.Pd. datang.", "Ia pulang."]),
        ("Harga Rp. 3.000 di Jl. Merdeka No. 5. Murah!", ["Harga Rp. 3.000 di Jl. Merdeka No. 5.", "Murah!"]),
        ("“Saya netral.” Ia lalu pergi.", ["“Saya netral.”", "Ia lalu pergi."]),
        ("Entahlah... mungkin besok. Lihat saja", ["Entahlah... mungkin besok.", "Lihat saja"]),
        ("Gas terus 🙏 Jangan lupa nomor 2 ✌️\nbesok ya", ["Gas terus 🙏", "Jangan lupa nomor 2 ✌️", "besok ya"]),
        ("Camat Ikut Kampanye\r\n\r\nBawaslu turun.", ["Camat Ikut Kampanye", "Bawaslu turun."]),
        ("baris yang dipatahkan\noleh layar sempit.", ["baris yang dipatahkan\noleh layar sempit."]),
        ("M. Yusuf dan R.A. Kartono hadir.", ["M. Yusuf dan R.A. Kartono hadir."]),
        ("Laporan menyebut Pj. Bupati Wirdana hadir.", ["Laporan menyebut Pj. Bupati Wirdana hadir."]),
        ("Pjs. Wali Kota, Plt. Kadis dan Plh. Sekda ikut.", ["Pjs. Wali Kota, Plt. Kadis dan Plh. Sekda ikut."]),
        ("Ka. Dinas dan Kol. Wirdana hadir.", ["Ka. Dinas dan Kol. Wirdana hadir."]),
        (
            "AKBP. Wirdana, Brigjen. Pol. Sugara dan Kapt. Inf. Lasmi hadir. Ia pulang.",
            ["AKBP. Wirdana, Brigjen. Pol. Sugara dan Kapt. Inf. Lasmi hadir.", "Ia pulang."],
        ),
        ("Ia guru SD. Camat Sukamulya mengajak warga.", ["Ia guru SD.", "Camat Sukamulya mengajak warga."]),
        ("Ia melanggar UU. Lurah dipanggil.", ["Ia melanggar UU.", "Lurah dipanggil."]),
        ("Isi PP. 94 dan UU. No. 20 serta SD. Negeri 3 dibahas.", ["Isi PP. 94 dan UU. No. 20 serta SD. Negeri 3 dibahas."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
