"""What is kept of a page and what is not: boilerplate, captions, credits, stamps, quality."""

from datetime import UTC, datetime

import pytest

from crawler.pages import extract
from crawler.pages.boilerplate import is_boilerplate
from crawler.pages.credits import find_credits
from crawler.pages.language import language_of

SENTENCE = "Rapat pengawasan di kantor kecamatan dihadiri para pegawai, warga dan pengawas desa sampai sore hari."
LONG = "".join(f"<p>{SENTENCE} Rapat ke-{number} digelar pekan depan.</p>" for number in range(6))


@pytest.mark.parametrize(
    "line",
    [
        "Baca juga: Camat Dipanggil Bawaslu",
        "SCROLL TO CONTINUE WITH CONTENT",
        "ADVERTISEMENT",
        "Simak juga Video: Debat Pertama",
        "Penulis: Sekar Wulandhari | Editor: Bayu Samodra",
        "Pewarta : Firman Aditomo",
        "Copyright © ANTARA 2024",
        "Dapatkan berita terbaru di Google News",
        "Ikuti WhatsApp Channel kami untuk kabar terkini",
        "Tags: ASN, Pilkada",
        "Halaman Selanjutnya",
        "[Gambas:Video 20detik]",
        "Bagikan ke Facebook",
        "Dilarang mengutip dan/atau mengambil isi tulisan ini tanpa izin tertulis dari redaksi.",
        "Dilarang keras mengambil konten, melakukan crawling atau pengindeksan otomatis untuk AI di situs web ini tanpa izin.",
        "Dilarang menyalin sebagian atau seluruhnya tanpa seizin kami.",
        "Dilarang mengutip!",
        "Ikuti berita terkini kami di Instagram dan Facebook.",
        "Bergabung bersama kami dan dapatkan kabar di saluran Telegram.",
        "Dapatkan update berita pilihan setiap hari dari Warta.com lewat aplikasi.",
        "Download aplikasi Warta untuk berita terbaru di Play Store",
        "Gabung grup Telegram Warta Pagi untuk kabar terbaru",
        "Ikuti kami, dan jangan lewatkan kabar lain, di WhatsApp Channel Warta",
        "(Ayo ikuti saluran WhatsApp Warta Pagi biar tidak ketinggalan!)",
        "Akses berita kami lainnya di Google News",
    ],
)
def test_lines_that_pages_print_between_paragraphs_are_known(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        SENTENCE,
        "Editor senior itu menolak hadir dalam acara partai.",
        '"Baca aturannya dulu," kata camat.',
        "Tag merah dipasang pada kotak suara yang rusak di gudang.",
        "Ikuti aturan, kata bupati kepada para pegawai yang hadir.",
        "(abc/def)",
        "Komentar bupati itu memicu protes warga desa.",
        "Dilarang mengambil keputusan yang menguntungkan salah satu calon, Camat Sukamaju justru menerbitkan surat edaran "
        "agar warga memilih paslon nomor 2.",
        "Dilarang mengambil foto bersama paslon, Lurah Wanasari malah berpose dua jari di panggung kampanye.",
        "Bergabung dengan tim sukses paslon 2, guru SMPN 1 itu rutin membagikan kabar kampanye lewat akun Instagram miliknya.",
        "Ikuti akun calon bupati, lurah itu ketahuan menyukai unggahan berita kampanye di Instagram.",
        "Bergabung di grup Facebook pendukung paslon 1, camat itu menyebar informasi kampanye lewat saluran Telegram.",
        "Bergabung di grup Telegram relawan paslon 2, lurah itu menyuruh stafnya ikut menyebar poster.",
        "Ikuti arahan bupati di grup Telegram, para camat lalu mengumpulkan kepala desa untuk petahana.",
        "Camat itu membagikan ajakan memilih petahana lewat saluran WhatsApp kecamatan.",
        "Lewat WhatsApp Channel milik dinas, kepala dinas mengunggah gambar paslon nomor 1.",
    ],
)
def test_lines_of_an_article_are_kept(line: str) -> None:
    assert not is_boilerplate(line)


def test_a_pointer_and_the_label_above_it_are_left_out() -> None:
    pointer = "<div>Baca Juga:</div><div><a href='/x'>Harga cabai naik jelang akhir pekan</a></div>"
    article = extract(f"<h1>Rapat</h1><article><p>{SENTENCE} Pertama.</p>{pointer}<p>{SENTENCE} Kedua.</p></article>")
    assert article.text == f"{SENTENCE} Pertama.\n\n{SENTENCE} Kedua."


def test_a_caption_above_the_text_is_not_its_first_paragraph() -> None:
    caption = "<p>Suasana rapat di kantor kecamatan pada hari Senin. (Foto: Sekar/Warta)</p>"
    assert extract(f"<h1>Rapat</h1><article>{caption}{LONG}</article>").text.startswith("Rapat pengawasan")


@pytest.mark.parametrize(
    "lead",
    ["WANASARI, Warta.id - Rapat digelar di kantor camat, Rabu (13/11/2024).", "Rapat besar digelar di kantor camat (30/10)."],
)
def test_a_first_paragraph_that_ends_with_a_date_is_no_caption(lead: str) -> None:
    assert extract(f"<h1>Rapat</h1><article><p>{lead}</p>{LONG}</article>").text.startswith(lead)


@pytest.mark.parametrize(
    ("line", "author", "editor"),
    [
        ("Penulis: Sekar Wulandhari | Editor: Bayu Samodra", "Sekar Wulandhari", "Bayu Samodra"),
        ("Pewarta : Firman Aditomo Editor : Ratih Kusumadewi Copyright ANTARA", "Firman Aditomo", "Ratih Kusumadewi"),
        ("Laporan Wartawan Tribun Gede Purnawirya", "Gede Purnawirya", ""),
        ("Kata penulis buku itu, warga harus membaca.", "", ""),
    ],
)
def test_credits_are_kept_as_names(line: str, author: str, editor: str) -> None:
    found = find_credits([line])
    assert (found.author, found.editor) == (author, editor)


@pytest.mark.parametrize(
    ("stamp", "printed", "expected"),
    [
        ("2024-10-22T14:05:33Z", "22 Oktober 2024 14:05 WIB", "2024-10-22T14:05:33+07:00"),
        ("2024-10-22T07:05:33Z", "22 Oktober 2024 14:05 WIB", "2024-10-22T14:05:33+07:00"),
        ("2024-10-22T07:05:33+07:00", "22 Oktober 2024 14:05 WIB", "2024-10-22T14:05:00+07:00"),
        ("2024-10-22", "22 Oktober 2024 14:05 WITA", "2024-10-22T14:05:00+08:00"),
        ("2024-10-22T14:05:33", "", "2024-10-22T14:05:33+07:00"),
    ],
)
def test_the_printed_clock_decides_the_zone(stamp: str, printed: str, expected: str) -> None:
    head = f'<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":"{stamp}"}}</script>'
    article = extract(f"{head}<h1>Rapat di kecamatan</h1><div>{printed}</div><article>{LONG}</article>")
    assert article.published_at is not None
    assert article.published_at.isoformat() == expected


def test_a_stamp_that_was_still_to_come_when_its_page_was_fetched_is_the_outlets_own_clock() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-10-22T20:00:00Z"}</script>'
    page = f"{head}<h1>Rapat di kecamatan</h1><article>{LONG}</article>"
    moments = [extract(page, seen_at=datetime(2024, 10, 22, hour, 5, tzinfo=UTC)).published_at for hour in (13, 21)]
    assert [moment and moment.isoformat() for moment in moments] == ["2024-10-22T20:00:00+07:00", "2024-10-22T20:00:00+00:00"]


def test_an_outlet_of_papua_without_zone_is_in_wit() -> None:
    page = f"<h1>Rapat di kecamatan</h1><div>22 Oktober 2024 14:05</div><article>{LONG}</article>"
    assert extract(page, "https://papua.warta.test/1").published_zone == "WIT"


def test_a_doubtful_reading_says_why() -> None:
    sure = extract(f"<meta name=author content='Sekar W'><h1>Rapat</h1><div>22 Oktober 2024 14:05</div><article>{LONG}</article>")
    doubtful = extract(f"<article><p>{SENTENCE} {SENTENCE}</p></article>")
    assert sure.quality is not None
    assert doubtful.quality is not None
    assert sure.quality > 0.85 > 0.6 > doubtful.quality
    assert "tanpa tanggal" in doubtful.quality_reasons


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (SENTENCE * 2, "id"),
        (
            "Para pegawai kudu nyaho yén aya aturan anu ngatur ieu pasualan, jeung teu meunang milu kampanye di kantor ku "
            "saha waé. " * 2,
            "su",
        ),
        (
            "Kabeh pegawai ora kena melu kampanye ing kantor lan kudu njaga jeneng apik instansi sing wis dipercaya karo "
            "warga. " * 2,
            "jv",
        ),
        ("The committee met on Tuesday to discuss the annual budget and heard from several members of the public. " * 3, "en"),
    ],
)
def test_languages_of_the_archipelago_are_told_apart(text: str, language: str) -> None:
    assert language_of(text) == language
