"""Where a text plays: dateline, words, the source's own region."""

import pytest

from crawler.regions import RegionGuess, guess_region


@pytest.mark.parametrize(
    ("text", "code", "evidence"),
    [
        ("KENDAL, Bawaslu – Rapat digelar di kantor.", "33.24", "dateline"),
        ("Semarang, Jateng (ANTARA) - Rapat digelar.", "33", "dateline"),
        ("TEMPO.CO, Jakarta - Rapat digelar di Bandung.", "31", "dateline"),
        ("TRIBUNNEWS.COM, MAKASSAR - Rapat digelar.", "73.71", "dateline"),
        ("REPUBLIKA.CO.ID, SLEMAN -- Rapat digelar.", "34.04", "dateline"),
        ("SURABAYA, KOMPAS.com — Rapat digelar.", "35.78", "dateline"),
        ("Warga yang tinggal jauh dari kantor itu datang - meski hujan - ke Kabupaten Kendal.", "33.24", "teks"),
        ("Kediri (ANTARA) - Rapat digelar.", "35", "dateline"),
        ("Rapat itu digelar di Kabupaten Bandung. Warga Kabupaten Bandung hadir.", "32.04", "teks"),
        ("Pegawai di Sultra dan pegawai di Kendari, Sultra, ikut.", "74.71", "teks"),
        ("Bupati Bandung membuka rapat. Warga Bandung hadir.", "32.04", "teks"),
        ("Pemkot Bandung membuka rapat.", "32.73", "teks"),
        ("Lurah di Jakarta Barat, Jakarta, dipanggil.", "31.73", "teks"),
        ("Menjelang Hari Raya Kuningan, pegawai piket.", None, ""),
        ("Jalan jakarta dan bali dengan huruf kecil.", None, ""),
    ],
)
def test_a_region_is_guessed_from_what_is_written(text: str, code: str | None, evidence: str) -> None:
    assert guess_region(text) == RegionGuess(code, evidence)


def test_the_source_speaks_where_the_text_is_silent() -> None:
    assert guess_region("Rapat digelar di balai desa.", fallback="33.24") == RegionGuess("33.24", "sumber")
