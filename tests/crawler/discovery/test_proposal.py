"""A new outlet: from its home page to a source file that loads."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from crawler.catalogue import parse_source
from crawler.discovery.proposal import explore, make_slug, propose_region
from crawler.discovery.visiting import Visitor
from crawler.errors import Unreachable
from crawler.finding.wordpress import posts_url
from models import FeedKind
from tests.crawler.outlet import WORDS
from tests.crawler.site import Site, rss

HOME = b"<html lang='id'><title>Kabar Jateng - Berita</title><link rel=alternate type='application/rss+xml' href='/kabar.xml'>"
DATE = "Senin, 16 November 2026 14:05 WIB"
ARTICLE = (
    f"<html lang='id'><title>Rapat di kecamatan</title><h1>Rapat di kecamatan</h1><p>{DATE}</p><p>{WORDS}</p></html>".encode()
)


def dated_feed(site: Site) -> bytes:
    dates = tuple(format_datetime(datetime.now(UTC) - timedelta(hours=3 * n)) for n in range(6))
    return rss(*(f"{site.url}/a{n}" for n in range(6)), dates=dates)


def test_a_feed_that_the_page_names_is_read_and_described(site: Site, visitor: Visitor) -> None:
    site.replies = {"/": HOME, "/kabar.xml": dated_feed(site), "/a0": ARTICLE}
    found = explore(visitor, f"{site.url}/berita/1/judul", "kabar-jateng")
    source = parse_source(found.text, found.slug)
    assert [feed.url for feed in source.feeds] == [f"{site.url}/kabar.xml"]
    assert (source.name, source.region, source.rights, source.confidence) == ("Kabar Jateng", "33", "metadata_only", "A")
    assert (source.expected_min_per_day, source.expected_max_per_day, source.cadence_minutes) == (2, 33, 240)
    assert source.last_worked_on == datetime.now(UTC).date()
    assert found.article is not None
    assert (found.article.title, "para pegawai serta warga" in found.article.text) == ("Rapat di kecamatan", True)


def test_without_a_feed_the_sitemap_of_robots_is_taken(site: Site, visitor: Visitor) -> None:
    sitemap = f"<urlset><url><loc>{site.url}/a0</loc><lastmod>2026-11-20</lastmod></url></urlset>".encode()
    site.replies = {
        "/": b"<title>Kabar</title>",
        "/robots.txt": f"Sitemap: {site.url}/peta-news.xml".encode(),
        "/peta-news.xml": sitemap,
    }
    (feed,) = parse_source(explore(visitor, site.url, "kabar").text, "kabar").feeds
    assert (feed.kind, feed.url) == (FeedKind.SITEMAP, f"{site.url}/peta-news.xml")


def test_without_any_list_an_index_page_is_proposed(site: Site, visitor: Visitor) -> None:
    links = "".join(f"<h2 class='judul'><a href='/a{n}'>Camat Wanasari rapat bersama warga {n}</a></h2>" for n in range(6))
    site.replies = {"/": b"<title>Kabar</title><a href='/indeks'>Indeks</a>", "/indeks": links.encode(), "/a0": ARTICLE}
    found = explore(visitor, site.url, "kabar")
    (feed,) = parse_source(found.text, "kabar").feeds
    assert (feed.kind, feed.url, feed.link) == (FeedKind.INDEX, f"{site.url}/indeks", "h2.judul a")
    assert found.article is not None


def test_an_outlet_without_lists_is_shown_as_one(site: Site, visitor: Visitor) -> None:
    site.replies = {"/": b"<title>Kabar</title>"}
    found = explore(visitor, site.url, "kabar")
    assert (found.works, found.article) == (False, None)
    assert "/sitemap-news.xml" in site.asked


def test_a_page_that_holds_no_article_says_why(site: Site, visitor: Visitor) -> None:
    site.replies = {"/": HOME, "/kabar.xml": dated_feed(site), "/a0": b"<html><p>Foto</p></html>"}
    found = explore(visitor, site.url, "kabar")
    assert found.works
    assert "kurang dari 20 kata" in found.article_trouble


@pytest.mark.parametrize("url", ["http://[::1", "mailto:redaksi", "", "http://user@127.0.0.1/"])
def test_what_is_no_address_is_refused_before_anything_is_asked(url: str, visitor: Visitor) -> None:
    with pytest.raises(Unreachable):
        explore(visitor, url)


def test_a_home_page_of_absurd_addresses_costs_only_itself(site: Site, visitor: Visitor) -> None:
    link = f"<link rel=alternate type='application/rss+xml' href='/{'x' * 5_000}'>"
    site.replies = {"/": f"<title>{'Kabar ' * 500}</title>{link}".encode(), "/feed": rss(f"{site.url}/a0")}
    found = explore(visitor, site.url, "kabar")
    assert (found.works, len(found.entry["name"])) == (True, 200)


def test_names_and_regions_come_from_the_address() -> None:
    assert make_slug("aceh.antaranews.com", "antaranews", "aceh") == "antaranews-aceh"
    assert make_slug("www.kabarmakassar.co.id", "wordpress", "www.kabarmakassar.co.id") == "kabarmakassar"
    assert propose_region("Kabar", "sumut.kabar.test") == "12"
    assert propose_region("Radar Boyolali", "radar.test") == "33.09"
    assert propose_region("Kabar", "kabar.test") is None


def test_where_only_wordpress_answers_its_list_of_posts_is_taken(site: Site, visitor: Visitor) -> None:
    path = posts_url(site.url).removeprefix(site.url)
    post = f'[{{"link": "{site.url}/a0", "title": {{"rendered": "Rapat"}}, "date_gmt": "2026-11-20T01:00:00"}}]'
    site.replies = {"/": b"<title>Kabar</title><link rel='https://api.w.org/' href='/wp-json/'>", path: post.encode()}
    (feed,) = parse_source(explore(visitor, site.url, "kabar").text, "kabar").feeds
    assert feed.kind is FeedKind.WORDPRESS
