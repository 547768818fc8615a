"""One address for one page."""

import pytest

from crawler.addresses import KnownHosts, canonical_url, is_on_hosts, is_web_url

HOSTS = ["www.antaranews.com"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://WWW.antaranews.com/berita/1/judul#komentar", "https://www.antaranews.com/berita/1/judul"),
        ("https://www.antaranews.com/berita/1/judul?utm_source=x&fbclid=y", "https://www.antaranews.com/berita/1/judul"),
        ("https://m.antaranews.com/berita/1/judul", "https://www.antaranews.com/berita/1/judul"),
        ("https://antaranews.com/amp/berita/1/judul", "https://www.antaranews.com/berita/1/judul"),
        ("https://www.antaranews.com/berita/1/judul/amp", "https://www.antaranews.com/berita/1/judul"),
        ("https://www.antaranews.com:443/?b=2&a=1", "https://www.antaranews.com/?a=1&b=2"),
        ("https://www.antaranews.com", "https://www.antaranews.com/"),
    ],
)
def test_twins_of_a_page_get_one_address(url: str, expected: str) -> None:
    assert canonical_url(url, HOSTS) == expected


@pytest.mark.parametrize("page", ["/2", "/page/3/", "?page=2", "?page=all", "?single=1", "/amp?halaman=4&utm_source=x"])
def test_the_pages_of_one_article_are_one_page(page: str) -> None:
    whole = "https://www.antaranews.com/berita/rapat-di-kantor-camat"
    assert canonical_url(whole + page, HOSTS) == whole


@pytest.mark.parametrize("path", ["/berita/2", "/2024/10", "/rapat-2024/10", "/index.php?page=2", "/berita?page=2"])
def test_a_number_that_may_tell_two_pages_apart_stays(path: str) -> None:
    assert canonical_url(f"https://www.antaranews.com{path}", HOSTS) == f"https://www.antaranews.com{path}"


def test_the_page_of_an_article_may_be_asked_for() -> None:
    second = "https://www.antaranews.com/rapat-di-kantor-camat?page=2"
    assert canonical_url(second, HOSTS, keeps_page=True) == second


def test_a_canonical_address_stays_as_it_is() -> None:
    once = canonical_url("http://M.contoh.test/a?z=1&utm_x=2&b=%20#x")
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a.test/x", "http://user@a.test/", "http://[::1", "javascript:alert(1)", ""]
)
def test_other_protocols_are_no_web_addresses(url: str) -> None:
    assert not is_web_url(url)


def test_a_host_that_only_ends_alike_is_another_host() -> None:
    assert is_on_hosts("http://m.antaranews.com/x", HOSTS)
    assert not is_on_hosts("http://evil-antaranews.com/x", HOSTS)
    assert not is_on_hosts("http://www.antaranews.com.evil.test/x", HOSTS)


@pytest.mark.parametrize("host", ["www.surat.test", "surat.test", "m.surat.test", "amp.surat.test:443"])
def test_an_address_that_came_alone_is_spelled_as_its_outlet_spells_it(host: str) -> None:
    known = KnownHosts([["www.kabar.test", "kabar.test"], ["www.surat.test", "rss.surat.test"]])
    assert known.canonical_url(f"https://{host}/berita/1") == "https://www.surat.test/berita/1"
    assert known.canonical_url("https://kabar.test/berita/1") == "https://kabar.test/berita/1"
    assert known.of("https://m.lain.test/1") == ()
