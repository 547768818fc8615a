"""What a home page says of itself, and the family that it belongs to."""

import pytest

from crawler.discovery.home import guess_link_selector, read_home, recognise
from crawler.discovery.visiting import Answer


def answer(markup: str, url: str = "https://kabar.test/") -> Answer:
    return Answer(url, url, 200, {"content-type": "text/html; charset=utf-8"}, markup.encode())


def test_name_feeds_and_indexes_are_found_and_comments_left_out() -> None:
    home = read_home(
        answer(
            "<html lang='id-ID'><title>Kabar Wanasari - Berita Terkini dan Terpercaya</title>"
            "<link rel='alternate' type='application/rss+xml' href='/feed/'>"
            "<link rel='alternate' type='application/rss+xml' href='/comments/feed/'>"
            "<link rel='alternate' type='application/rss+xml' href='http://[x'>"
            "<link rel='https://api.w.org/' href='/wp-json/'>"
            "<a href='/indeks'>Indeks</a><a href='https://lain.test/indeks'>Indeks</a>"
        )
    )
    assert (home.name, home.language, home.has_wordpress_rest) == ("Kabar Wanasari", "id", True)
    assert home.feeds == ("https://kabar.test/feed/",)
    assert home.index_urls == ("https://kabar.test/indeks",)


@pytest.mark.parametrize(
    ("url", "markup", "family"),
    [
        ("https://jateng.antaranews.com/", "", ("antaranews", "jateng")),
        ("https://kendal.bawaslu.go.id/", "", ("bawaslu", "kendal")),
        ("https://www.antaranews.com/", "", ("mandiri", "")),
        ("https://dinas.wanasari.go.id/", "/wp-content/", ("pemerintah", "dinas.wanasari.go.id")),
        ("https://kabar.test/", "<img src='/wp-content/a.png'>", ("wordpress", "kabar.test")),
        ("https://kabar.test/", "<img src='https://static.promediateknologi.id/a'>", ("promedia", "kabar.test")),
        ("https://kabar.test/", "", ("mandiri", "")),
    ],
)
def test_the_family_is_told_by_host_then_by_markup(url: str, markup: str, family: tuple[str, str]) -> None:
    assert recognise(read_home(answer(markup, url))) == family


def test_the_headlines_of_an_index_page_are_told_from_its_menu() -> None:
    news = "".join(
        f"<div class='item'><h3 class='title'><a href='/a{n}'>Camat Wanasari rapat bersama warga {n}</a></h3></div>"
        for n in range(8)
    )
    menu = "".join(f"<li class='menu'><a href='/m{n}'>Menu {n}</a></li>" for n in range(30))
    assert guess_link_selector(answer(f"<ul>{menu}</ul>{news}")) == "h3.title a"
    assert guess_link_selector(answer(f"<ul>{menu}</ul>")) == ""


def test_a_page_that_no_parser_should_get_says_nothing() -> None:
    home = read_home(answer("<div>" * 200_000))
    assert (home.name, home.feeds) == ("kabar.test", ())
