"""Pages of links, and the addresses of archives."""

from datetime import date

import pytest

from crawler.errors import FeedUnreadable
from crawler.finding.indexes import days_between, fill_pattern, has_day, next_of_pattern, read_index
from crawler.finding.listing import ListLink

DAY = date(2024, 8, 1)
PATTERN = "http://a.test/indeks/{yyyy}/{mm}/{dd}?hal={page}"


def test_an_index_page_gives_links_and_the_next_page() -> None:
    html = b'<h2><a href="/satu">Satu</a></h2><h2><a href="/dua">Dua</a></h2><a class="next" href="?page=2">&raquo;</a>'
    listing = read_index(html, "http://a.test/berita/", "text/html", link="h2 a", next_page="a.next")
    assert [page.url for page in listing.pages] == ["http://a.test/satu", "http://a.test/dua"]
    assert listing.more == (ListLink("http://a.test/berita/?page=2"),)


def test_a_page_without_links_is_unreadable_unless_it_may_be_empty() -> None:
    with pytest.raises(FeedUnreadable, match="h2 a"):
        read_index(b"<p>Tidak ada berita</p>", "http://a.test/", "text/html", link="h2 a")
    assert read_index(b"<p>x</p>", "http://a.test/", "text/html", link="h2 a", may_be_empty=True).pages == ()


def test_a_link_that_is_none_costs_only_itself() -> None:
    index = b"<a href='http://[::1'>a</a><a href='/1'>b</a>"
    assert [page.url for page in read_index(index, "http://a.test/", "text/html", link="a").pages] == ["http://a.test/1"]


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("http://a.test/{yyyy}/{mm}/{dd}", "http://a.test/2024/08/01"),
        ("http://a.test/?tgl={d}&bln={m}&thn={yy}", "http://a.test/?tgl=1&bln=8&thn=24"),
        (PATTERN, "http://a.test/indeks/2024/08/01?hal=1"),
    ],
)
def test_a_pattern_gives_the_address_of_a_day(pattern: str, url: str) -> None:
    assert has_day(pattern)
    assert fill_pattern(pattern, DAY) == url


def test_a_pattern_that_counts_pages_goes_on_to_the_last_that_we_read() -> None:
    second = fill_pattern(PATTERN, DAY, 2)
    assert next_of_pattern(PATTERN, DAY, fill_pattern(PATTERN, DAY), max_pages=2) == second
    assert next_of_pattern(PATTERN, DAY, second, max_pages=2) is None
    assert not has_day("http://a.test/{yyyy}/{mm}")


def test_days_come_the_newest_first_with_both_ends() -> None:
    assert list(days_between(date(2024, 2, 28), date(2024, 3, 1))) == [date(2024, 3, 1), date(2024, 2, 29), date(2024, 2, 28)]
