"""Lists of pages: RSS, sitemaps, index pages."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import FeedUnreadable
from crawler.feeds import MAX_ENTRIES, MAX_XML, read_index, read_rss, read_sitemap

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>
<item><title><![CDATA[Camat <script>alert(1)</script>dipanggil]]></title><link>/berita/1</link>
<pubDate>Wed, 16 Oct 2024 14:05:00 +0700</pubDate><description>&lt;b&gt;Ringkas&lt;/b&gt;</description></item>
<item><title>Dua</title><link>http://a.test/berita/2</link></item></channel></rss>"""


def test_rss_entries_are_plain_text_with_their_own_bytes() -> None:
    first, second = read_rss(RSS, "http://a.test/rss").pages
    assert (first.url, first.title, first.summary) == ("http://a.test/berita/1", "Camat dipanggil", "Ringkas")
    assert first.published_at is not None
    assert first.published_zone == "+07:00"
    assert second.raw == b"<item><title>Dua</title><link>http://a.test/berita/2</link></item>"


def test_a_gzipped_news_sitemap_gives_title_and_both_dates() -> None:
    xml = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
    <url><loc>http://a.test/1</loc><lastmod>2024-10-17</lastmod><n:news><n:title>Satu</n:title>
    <n:publication_date>2024-10-16T14:05:00+07:00</n:publication_date></n:news></url></urlset>"""
    page = read_sitemap(gzip.compress(xml), "http://a.test/sitemap.xml.gz").pages[0]
    assert (page.title, page.published_zone) == ("Satu", "+07:00")
    assert page.changed_at is not None
    assert page.changed_at.day == 17


def test_a_time_without_zone_is_the_outlets_own() -> None:
    xml = b"<urlset><url><loc>http://a.test/1</loc><lastmod>2024-10-17T00:30:00</lastmod></url></urlset>"
    page = read_sitemap(xml, "http://a.test/sitemap.xml", place="Asia/Jayapura").pages[0]
    assert page.changed_at == datetime(2024, 10, 16, 15, 30, tzinfo=UTC)


def test_a_sitemap_index_names_its_children_and_is_not_complete() -> None:
    xml = b"<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"
    listing = read_sitemap(xml, "http://a.test/sitemap.xml")
    assert listing.more == ("http://a.test/a.xml", "http://a.test/b.xml")
    assert not listing.is_complete


def test_an_index_page_gives_links_and_the_next_page() -> None:
    html = b'<h2><a href="/satu">Satu</a></h2><h2><a href="/dua">Dua</a></h2><a class="next" href="?page=2">&raquo;</a>'
    listing = read_index(html, "http://a.test/berita/", "text/html", link="h2 a", next_page="a.next")
    assert [page.url for page in listing.pages] == ["http://a.test/satu", "http://a.test/dua"]
    assert listing.more == ("http://a.test/berita/?page=2",)


@pytest.mark.parametrize("body", [b"", b"<html><body>Masuk dulu</body></html>", b"\x1f\x8brusak"])
def test_what_is_no_list_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(FeedUnreadable):
        read_sitemap(body, "http://a.test/sitemap.xml")


def test_a_sitemap_bomb_is_refused() -> None:
    with pytest.raises(FeedUnreadable, match="50 MB"):
        read_sitemap(gzip.compress(b" " * (MAX_XML + 1)), "http://a.test/sitemap.xml.gz")


def test_entities_of_a_hostile_sitemap_are_not_resolved() -> None:
    xml = b'<!DOCTYPE u [<!ENTITY e SYSTEM "file:///etc/hostname">]><urlset><url><loc>http://a.test/&e;</loc></url></urlset>'
    assert read_sitemap(xml, "http://a.test/s.xml").pages[0].url == "http://a.test/"


def test_a_feed_that_is_the_name_of_a_file_opens_no_file(tmp_path: Path) -> None:
    path = tmp_path / "rahasia.xml"
    path.write_bytes(rss("<item><title>Rahasia</title><link>http://a.test/1</link></item>"))
    with pytest.raises(FeedUnreadable):
        read_rss(str(path).encode(), "http://a.test/rss")


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+07:00", "Mon, 01 Jan 99999 00:00:00 GMT", "9999-12-31T23:59:59-10:00"])
def test_an_impossible_day_or_link_costs_only_itself(date: str) -> None:
    entries = f"<item><link>http://[::1</link></item><item><link>http://a.test/1</link><pubDate>{date}</pubDate></item>"
    (page,) = read_rss(rss(entries), "http://a.test/rss").pages
    assert (page.url, page.published_at, page.changed_at) == ("http://a.test/1", None, None)
    sitemap = b"<urlset><url><loc>http://[</loc></url><url><loc>http://a.test/1</loc></url></urlset>"
    assert [page.url for page in read_sitemap(sitemap, "http://a.test/s.xml").pages] == ["http://a.test/1"]
    index = b"<a href='http://[::1'>a</a><a href='/1'>b</a>"
    assert [page.url for page in read_index(index, "http://a.test/", "text/html", link="a").pages] == ["http://a.test/1"]


def test_no_list_is_longer_than_we_read() -> None:
    entries = "".join(f"<item><link>http://a.test/{number}</link></item>" for number in range(MAX_ENTRIES + 1))
    assert len(read_rss(rss(entries), "http://a.test/rss").pages) == MAX_ENTRIES


def rss(entries: str) -> bytes:
    return f"<rss version='2.0'><channel>{entries}</channel></rss>".encode()
