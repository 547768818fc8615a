"""Articles of several pages: the rest is found, and never the next article."""

import pytest

from crawler.items import FetchedArticle
from crawler.pages import join_pages, next_page


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ("<a href='?page=2'>2</a><a href='?page=3'>3</a>", "http://a.test/berita/1/judul?page=2"),
        ("<a href='?page=2'>2</a><a href='?page=all'>Tampilkan Semua</a>", "http://a.test/berita/1/judul?page=all"),
        ("<a href='/berita/1/judul/2'>Selanjutnya</a>", "http://a.test/berita/1/judul/2"),
        (
            "<a rel=next href='http://a.test/berita/1/judul/page/2/'>Halaman berikutnya</a>",
            "http://a.test/berita/1/judul/page/2/",
        ),
        ("<a href='/berita/1/judul?single=1'>Baca semua</a>", "http://a.test/berita/1/judul?single=1"),
        ("<a href='/berita/2/lain?page=2'>Selanjutnya</a><a rel=next href='/berita/2/lain'>Berikutnya</a>", None),
        ("<a href='http://b.test/berita/1/judul?page=2'>2</a>", None),
        ("<a href='http://[::1?page=2'>2</a><a href='javascript:next()'>Selanjutnya</a>", None),
    ],
)
def test_only_a_page_of_the_same_article_is_the_next(links: str, found: str | None) -> None:
    assert next_page(f"<body><p>Isi</p>{links}</body>", "http://a.test/berita/1/judul?utm_source=x") == found


def test_from_the_second_page_the_third_follows_and_from_the_whole_none() -> None:
    links = "<a href='?page=1'>1</a><a href='?page=2'>2</a><a href='?page=3'>3</a>"
    assert next_page(links, "http://a.test/x/judul?page=2") == "http://a.test/x/judul?page=3"
    assert next_page(links, "http://a.test/x/judul?page=3") is None
    assert next_page(links, "http://a.test/x/judul?page=all") is None


def test_joined_pages_hold_each_paragraph_once() -> None:
    lead = "Rapat itu dihadiri oleh para pegawai dan pengawas dari tiga kecamatan."
    first = FetchedArticle("http://a.test/x?page=1", "Judul", f"{lead}\n\nIsi pertama.", author="Sekar W", quality=0.9)
    second = FetchedArticle("http://a.test/x?page=2", "Judul", f"{lead}\n\nIsi kedua.", editor="Bayu S", quality=0.7)
    whole = join_pages([first, second])
    assert whole.text == f"{lead}\n\nIsi pertama.\n\nIsi kedua."
    assert (whole.url, whole.author, whole.editor, whole.quality) == ("http://a.test/x", "Sekar W", "Bayu S", 0.7)
