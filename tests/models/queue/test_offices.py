import pytest

from models.queue.offices import find_office


@pytest.mark.parametrize(
    ("text", "office"),
    [
        ("Pj Bupati Wanasari memimpin rapat staf.", "penjabat_kepala_daerah"),
        ("Pj. Bupati Wanasari memimpin rapat staf.", "penjabat_kepala_daerah"),
        ("Penjabat (Pj) Wali Kota Wanasari memimpin rapat staf.", "penjabat_kepala_daerah"),
        ("Penjabat Sementara (Pjs.) Gubernur memimpin rapat staf.", "penjabat_kepala_daerah"),
        ("Pj.Bupati Wanasari memimpin rapat staf.", "penjabat_kepala_daerah"),
        ("Guru besar itu mengajak mahasiswa.", "dosen"),
        ("Guru itu mengajak murid.", "guru"),
        ("Seorang ASN di Kabupaten Karo dipanggil.", "staf"),
        ("Karo Humas dipanggil.", "pejabat_struktural"),
        ("Warga berkumpul di balai desa.", None),
    ],
)
def test_an_office_is_found_as_texts_write_it(text: str, office: str | None) -> None:
    assert find_office(text, []) == office
