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
        ("Puncak peringatan hari jadi digelar Rabu, kata Karo Humas dan Kaur Keuangan.", None, ""),
        ("Bupati Puncak dan pegawai Kabupaten Puncak hadir.", "94.05", "teks"),
        ("Warga Puncak Jaya hadir.", "94.02", "teks"),
        ("Penyidik Polda Metro Jaya memeriksa pegawai di Jakarta Barat.", "31.73", "teks"),
        ("Massa Serang Kantor Bawaslu Kendal.", "33.24", "teks"),
        ("Pegawai Pemkot Serang dan warga Serang hadir.", "36.73", "teks"),
        ("Metro TV menyiarkan rapat Pemkot Metro.", "18.72", "teks"),
        ("Pegawai bergerak dari Jalan Medan Merdeka Selatan, Jakarta.", "31", "teks"),
        ("Dari Sabang sampai Merauke pegawai harus netral, kata Bawaslu Kendal.", "33.24", "teks"),
        ("Camat di Merauke dan camat di Medan hadir. Warga Merauke menonton.", "93.01", "teks"),
    ],
)
def test_a_region_is_guessed_from_what_is_written(text: str, code: str | None, evidence: str) -> None:
    assert guess_region(text) == RegionGuess(code, evidence)


def test_the_source_speaks_where_the_text_is_silent() -> None:
    assert guess_region("Rapat digelar di balai desa.", fallback="33.24") == RegionGuess("33.24", "sumber")
