"""Each thing that can be wrong with a feed is told apart, and says how to mend it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.catalogue import SourceFile
from crawler.discovery.checking import check_feeds, try_feed
from crawler.discovery.lists import address_of
from crawler.discovery.rounds import check_sources_live
from crawler.discovery.visiting import Visitor
from models.settings import Settings
from tests.crawler.discovery.conftest import make_source_file
from tests.crawler.site import Reply, Site, rss

HTML = "<html><title>{}</title><body>halaman</body></html>"


def ago(days: int) -> str:
    return format_datetime(datetime.now(UTC) - timedelta(days=days))


def code_of(site: Site, visitor: Visitor, reply: Reply, **changes: object) -> tuple[str, bool]:
    site.replies["/rss"] = reply
    source = make_source_file(site, "/rss", **changes)
    finding = try_feed(visitor, source.feeds[0], source)
    assert finding.words
    return finding.code, finding.is_sound


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ((403, {}, b"Forbidden"), "blocked"),
        ((429, {}, b""), "blocked"),
        ((503, {}, b"<html><title>Just a moment...</title>"), "blocked"),
        ((404, {}, b""), "gone"),
        ((410, {}, b""), "gone"),
        ((500, {}, b""), "server_error"),
        ((204, {}, b""), "odd_status"),
        (HTML.format("404 Halaman tidak ditemukan").encode(), "soft_404"),
        (HTML.format("Kabar Hari Ini").encode(), "html"),
        (HTML.format("Attention Required! | Cloudflare").encode(), "wall"),
        (b"\x00\x01 bukan apa-apa", "unreadable"),
        (rss(), "empty"),
        (rss("http://lain.test/a", "http://lain.test/b"), "foreign"),
        ((301, {"Location": "http://127.0.0.1:9/rss"}, b""), "refused"),
    ],
)
def test_what_is_wrong_is_told_apart(site: Site, visitor: Visitor, reply: Reply, code: str) -> None:
    assert code_of(site, visitor, reply) == (code, False)


def test_a_feed_that_lives_is_sound_and_an_old_one_is_not(site: Site, visitor: Visitor) -> None:
    page = f"{site.url}/a"
    assert code_of(site, visitor, rss(page, dates=(ago(1),))) == ("ok", True)
    assert code_of(site, visitor, rss(page)) == ("ok", True)
    assert code_of(site, visitor, rss(page, dates=(ago(40),))) == ("stale", False)
    assert code_of(site, visitor, rss(page, dates=(ago(40),)), expected_min_per_day=0) == ("ok", True)


def test_a_list_that_moved_for_good_works_and_says_where_to(site: Site, visitor: Visitor, source: SourceFile) -> None:
    site.replies = {"/rss": (301, {"Location": "/rss.xml"}, b""), "/rss.xml": rss(f"{site.url}/a")}
    (check,) = check_feeds(visitor, source)
    assert (check.finding.code, check.finding.is_sound) == ("moved", True)
    assert f"{site.url}/rss.xml" in check.finding.words


def test_a_redirect_off_the_sources_hosts_names_the_host(site: Site, visitor: Visitor, source: SourceFile) -> None:
    away = site.url.replace("127.0.0.1", "localhost")
    site.replies = {"/rss": (302, {"Location": f"{away}/feed"}, b""), "/feed": rss(f"{site.url}/a")}
    finding = try_feed(visitor, source.feeds[0], source)
    assert (finding.code, "put localhost into `hosts`" in finding.words) == ("moved_away", True)


def test_an_index_page_whose_markup_changed_says_so(site: Site, visitor: Visitor) -> None:
    feed = {"kind": "index", "url": f"{site.url}/rss", "link": "h2 a"}
    headline = f"<html><h2><a href='{site.url}/a'>Rapat di kecamatan</a></h2></html>".encode()
    assert code_of(site, visitor, headline, feeds=[feed]) == ("ok", True)
    assert code_of(site, visitor, b"<html><h3>lain</h3></html>", feeds=[feed]) == ("no_links", False)


def test_disabled_feeds_are_not_asked_and_one_bad_source_harms_no_other(site: Site) -> None:
    dead = {"kind": "rss", "url": f"{site.url}/mati", "disabled_reason": "mati"}
    good = make_source_file(site, "/rss", feeds=[dead, {"kind": "rss", "url": f"{site.url}/rss"}])
    bad = make_source_file(
        site, "/x", slug="lain", home_url="http://127.0.0.1:9", feeds=[{"kind": "rss", "url": "http://127.0.0.1:9/"}]
    )
    site.replies["/rss"] = rss(f"{site.url}/a")
    checks = check_sources_live(Settings(crawl_private_hosts=True, _env_file=None), [bad, good], pause=0)
    assert sorted((check.source, check.finding.code) for check in checks) == [("kabar", "ok"), ("lain", "refused")]
    assert "/mati" not in site.asked


def test_of_an_archive_the_page_of_yesterday_is_asked(site: Site) -> None:
    """That of today may still be empty."""
    feed = {"kind": "archive", "url": f"{site.url}/indeks/{{yyyy}}-{{mm}}-{{dd}}", "link": "h2 a"}
    source = make_source_file(site, "/rss", feeds=[feed])
    yesterday = datetime.now(ZoneInfo("Asia/Jakarta")).date() - timedelta(days=1)
    assert address_of(source.feeds[0], source) == f"{site.url}/indeks/{yesterday}"
