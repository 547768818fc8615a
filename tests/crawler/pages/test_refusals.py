"""Pages that are no articles, each refused by its name."""

import contextlib
import time

import pytest

from crawler.errors import NotAnArticle
from crawler.pages import extract
from crawler.pages.refusals import CAUSES, Refusal, is_robot_check

HEADLINES = "".join(
    f"<li><a href='/b/{number}'>Camat larang pegawai bagikan gambar calon {number}</a></li>" for number in range(30)
)
SENTENCE = "Rapat pengawasan di kantor kecamatan dihadiri para pegawai, warga dan pengawas desa sampai sore hari. "


@pytest.mark.parametrize(
    ("page", "url", "refusal"),
    [
        ("", "", Refusal.EMPTY),
        (
            "<title>404 - Halaman tidak ditemukan</title><h1>Maaf</h1><p>Halaman yang Anda cari tidak ditemukan.</p>",
            "",
            Refusal.NOT_FOUND,
        ),
        (
            "<title>Just a moment...</title><p>Checking your browser before accessing the site. Please wait.</p>",
            "",
            Refusal.CAPTCHA,
        ),
        (
            "<h1>Situs</h1><p>Sebelum melanjutkan, buktikan bahwa Anda bukan robot dengan mengisi captcha ini.</p>",
            "",
            Refusal.CAPTCHA,
        ),
        (
            "<h1>Privasi</h1><p>We value your privacy. Please accept all cookies to read on with this page.</p>",
            "",
            Refusal.COOKIE_WALL,
        ),
        (
            "<h1>Camat dipanggil</h1><p>Silakan login untuk membaca berita ini sampai selesai, terima kasih.</p>",
            "",
            Refusal.LOGIN_WALL,
        ),
        (f"<h1>Indeks Berita</h1><ul>{HEADLINES}</ul>", "https://a.test/indeks", Refusal.LIST),
        (f"<h1>Politik</h1><ul>{HEADLINES}</ul><p>{SENTENCE}</p>", "https://a.test/politik", Refusal.LIST),
        ("<h1>Camat dipanggil</h1><article></article>", "", Refusal.NO_TEXT),
    ],
)
def test_a_page_that_is_no_article_is_named(page: str, url: str, refusal: Refusal) -> None:
    with pytest.raises(NotAnArticle) as caught:
        extract(page, url)
    assert caught.value.reason.startswith(refusal)
    assert caught.value.cause is CAUSES[refusal]


def test_every_refusal_has_a_cause() -> None:
    assert set(CAUSES) == set(Refusal)


@pytest.mark.parametrize(
    ("body", "is_check"),
    [
        (b"<title>Just a moment...</title>", True),
        (b"<html><TITLE lang=en>Attention Required! | Cloudflare</TITLE>", True),
        (b"<title>403 Forbidden</title>", False),
        (b"captcha", False),
        (b"", False),
    ],
)
def test_a_robot_check_is_known_by_its_title(body: bytes, is_check: bool) -> None:
    assert is_robot_check(body) is is_check


def test_a_binary_file_is_no_article() -> None:
    with pytest.raises(NotAnArticle, match=Refusal.BINARY):
        extract(b"\x89PNG\r\n" + b"\0\0\0\rIHDR" * 20 + b" berita camat" * 200)


def test_an_article_about_error_404_is_an_article() -> None:
    title = "Situs daerah 404, warga bingung"
    article = extract(f"<title>{title}</title><h1>{title}</h1><article><p>{SENTENCE * 6}</p></article>")
    assert article.text.startswith("Rapat")


@pytest.mark.parametrize(
    "bomb",
    [
        "<b>" * 200_000,
        f"<p title='{'x' * 3_000_000}'>",
        "<table>" * 50_000,
        "<a href=x>" * 100_000,
        f"<p>{'a@' * 500_000}</p>",
        "<p>" + "Baca juga: " * 100_000,
        f"<p>{'(' * 300_000}</p>",
        *(f"<p>{letter * 590}</p>" * 40 for letter in ("1", "A", "a ", "1 ", ": A", ". )")),
        f"<script type='application/ld+json'>{'[' * 200_000}</script>",
        "<!--" * 100_000,
        f"<h1>{'22 Oktober 2024 ' * 50_000}</h1>",
    ],
    ids=[
        "depth",
        "attribute",
        "tables",
        "links",
        "mail",
        "pointers",
        "brackets",
        *(f"repeat-{n}" for n in range(6)),
        "json",
        "comments",
        "dates",
    ],
)
def test_hostile_markup_ends_quickly(bomb: str) -> None:
    began = time.process_time()
    with contextlib.suppress(NotAnArticle):
        extract(f"<h1>Rapat</h1><article><p>{SENTENCE * 4}</p></article>{bomb}")
    assert time.process_time() - began < 10
