"""RSS and Atom, also hostile ones."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.errors import FeedUnreadable
from crawler.finding.rss import MAX_ENTRIES, read_rss

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>
<item><title><![CDATA[Camat <script>alert(1)</script>dipanggil]]></title><link>/berita/1</link>
<pubDate>Wed, 16 Oct 2024 14:05:00 +0700</pubDate><description>&lt;b&gt;Ringkas&lt;/b&gt;</description></item>
<item><title>Dua</title><link>http://a.test/berita/2</link></item></channel></rss>"""


def rss(entries: str) -> bytes:
    return f"<rss version='2.0'><channel>{entries}</channel></rss>".encode()


def test_rss_entries_are_plain_text_with_their_own_bytes() -> None:
    first, second = read_rss(RSS, "http://a.test/rss").pages
    assert (first.url, first.title, first.summary) == ("http://a.test/berita/1", "Camat dipanggil", "Ringkas")
    assert first.published_at is not None
    assert first.published_zone == "+07:00"
    assert second.raw == b"<item><title>Dua</title><link>http://a.test/berita/2</link></item>"


def test_the_address_of_the_outlet_goes_before_that_of_its_feed_service() -> None:
    entry = (
        "<item><link>http://feeds.test/~r/1</link>"
        "<feedburner:origLink xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>http://a.test/1</feedburner:origLink>"
        "</item>"
    )
    assert [page.url for page in read_rss(rss(entry), "http://a.test/rss").pages] == ["http://a.test/1"]


@pytest.mark.parametrize(("place", "zone"), [("Asia/Jakarta", "WIB"), ("Asia/Jayapura", "WIT")])
@pytest.mark.parametrize("offset", ["GMT", "+0000"])
def test_a_moment_that_is_still_to_come_is_the_outlets_own_clock_under_a_wrong_offset(place: str, zone: str, offset: str) -> None:
    printed = datetime.now(ZoneInfo(place)).replace(microsecond=0) - timedelta(minutes=20)
    entry = f"<item><link>http://a.test/1</link><pubDate>{printed:%a, %d %b %Y %H:%M:%S} {offset}</pubDate></item>"
    (page,) = read_rss(rss(entry), "http://a.test/rss", place=place).pages
    assert (page.published_at, page.published_zone) == (printed, zone)
    assert page.changed_at == printed.replace(tzinfo=UTC), "as the feed says it: what differs at the next poll is read anew"


@pytest.mark.parametrize("minutes", [-600, -20, 30])
def test_a_moment_of_greenwich_that_may_be_true_is_kept(minutes: int) -> None:
    """Also of an outlet whose clock is half an hour ahead."""
    said = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes)
    entry = f"<item><link>http://a.test/1</link><pubDate>{said:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
    (page,) = read_rss(rss(entry), "http://a.test/rss").pages
    assert (page.published_at, page.published_zone) == (said, "+00:00")


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


def test_no_feed_is_longer_than_we_read() -> None:
    entries = "".join(f"<item><link>http://a.test/{number}</link></item>" for number in range(MAX_ENTRIES + 1))
    assert len(read_rss(rss(entries), "http://a.test/rss").pages) == MAX_ENTRIES
