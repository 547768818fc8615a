"""Sitemaps with the tags of Google News, their indexes, and bombs."""

import gzip
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.errors import FeedUnreadable
from crawler.finding.listing import ListLink
from crawler.finding.sitemaps import MAX_XML, read_sitemap

NEWS = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>http://a.test/1</loc><lastmod>2024-10-17</lastmod><n:news><n:title>Satu</n:title>
<n:publication_date>2024-10-16T14:05:00+07:00</n:publication_date></n:news>
<image:image><image:loc>http://a.test/foto.jpg</image:loc><image:title>Foto</image:title></image:image></url></urlset>"""


def test_a_gzipped_news_sitemap_gives_title_and_both_dates() -> None:
    page = read_sitemap(gzip.compress(NEWS), "http://a.test/sitemap.xml.gz").pages[0]
    assert (page.title, page.published_zone) == ("Satu", "+07:00")
    assert page.published_at == datetime(2024, 10, 16, 7, 5, tzinfo=UTC)
    assert page.changed_at is not None
    assert page.changed_at.day == 17


def test_the_picture_of_a_page_is_not_the_page() -> None:
    assert [(page.url, page.title) for page in read_sitemap(NEWS, "http://a.test/s.xml").pages] == [("http://a.test/1", "Satu")]


def test_a_time_without_zone_is_the_outlets_own() -> None:
    xml = b"<urlset><url><loc>http://a.test/1</loc><lastmod>2024-10-17T00:30:00</lastmod></url></urlset>"
    page = read_sitemap(xml, "http://a.test/sitemap.xml", place="Asia/Jayapura").pages[0]
    assert page.changed_at == datetime(2024, 10, 16, 15, 30, tzinfo=UTC)


def test_a_moment_that_is_still_to_come_is_the_outlets_own_clock_under_a_wrong_offset() -> None:
    printed = datetime.now(ZoneInfo("Asia/Jakarta")).replace(microsecond=0) - timedelta(minutes=20)
    sitemap = NEWS.replace(b"2024-10-16T14:05:00+07:00", f"{printed:%Y-%m-%dT%H:%M:%SZ}".encode())
    page = read_sitemap(sitemap, "http://a.test/s").pages[0]
    assert (page.published_at, page.published_zone) == (printed, "WIB")


def test_an_index_names_its_children_the_newest_first_and_is_not_complete() -> None:
    xml = b"""<sitemapindex><sitemap><loc>/a.xml</loc></sitemap>
    <sitemap><loc>/b.xml</loc><lastmod>2024-10-17T00:00:00Z</lastmod></sitemap></sitemapindex>"""
    listing = read_sitemap(xml, "http://a.test/sitemap.xml")
    assert listing.more == (ListLink("http://a.test/b.xml", datetime(2024, 10, 17, tzinfo=UTC)), ListLink("http://a.test/a.xml"))
    assert not listing.is_complete


@pytest.mark.parametrize("body", [b"", b"<html><body>Masuk dulu</body></html>", b"\x1f\x8brusak"])
def test_what_is_no_sitemap_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(FeedUnreadable):
        read_sitemap(body, "http://a.test/sitemap.xml")


def test_a_sitemap_bomb_is_refused() -> None:
    with pytest.raises(FeedUnreadable, match="50 MB"):
        read_sitemap(gzip.compress(b" " * (MAX_XML + 1)), "http://a.test/sitemap.xml.gz")


def test_entities_of_a_hostile_sitemap_are_not_resolved() -> None:
    xml = b'<!DOCTYPE u [<!ENTITY e SYSTEM "file:///etc/hostname">]><urlset><url><loc>http://a.test/&e;</loc></url></urlset>'
    assert read_sitemap(xml, "http://a.test/s.xml").pages[0].url == "http://a.test/"


def test_a_link_that_is_none_costs_only_itself() -> None:
    sitemap = b"<urlset><url><loc>http://[</loc></url><url><loc>http://a.test/1</loc></url></urlset>"
    assert [page.url for page in read_sitemap(sitemap, "http://a.test/s.xml").pages] == ["http://a.test/1"]
