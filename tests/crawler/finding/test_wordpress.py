"""WordPress' own list of posts."""

import json
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.errors import FeedUnreadable
from crawler.finding.wordpress import posts_url, read_wordpress

POST = {
    "link": "https://a.test/rapat/",
    "date": "2024-10-16T14:05:00",
    "date_gmt": "2024-10-16T06:05:00",
    "modified_gmt": "2024-10-16T08:00:00",
    "title": {"rendered": "Rapat &#8220;terbuka&#8221;"},
    "excerpt": {"rendered": "<p>Pegawai hadir.</p>"},
}


def test_a_post_gives_address_title_and_exact_times_in_the_outlets_zone() -> None:
    (page,) = read_wordpress(json.dumps([POST]).encode(), posts_url("https://a.test")).pages
    assert (page.url, page.title, page.summary) == ("https://a.test/rapat/", "Rapat “terbuka”", "Pegawai hadir.")
    assert (page.published_at, page.published_zone) == (datetime(2024, 10, 16, 6, 5, tzinfo=UTC), "+08:00")
    assert page.changed_at == datetime(2024, 10, 16, 8, tzinfo=UTC)


def test_a_range_is_asked_from_its_oldest_post_by_the_outlets_clock() -> None:
    asked = parse_qs(urlsplit(posts_url("https://a.test/?categories=5", since=date(2024, 8, 1), until=date(2024, 8, 31))).query)
    assert (asked["after"], asked["before"], asked["order"]) == (["2024-07-31T23:59:59"], ["2024-09-01T00:00:00"], ["asc"])
    assert (asked["categories"], asked["per_page"], asked["page"]) == (["5"], ["100"], ["1"])


def test_the_next_page_is_asked_until_the_last() -> None:
    url = posts_url("https://a.test")
    body = json.dumps([POST]).encode()
    (following,) = read_wordpress(body, url, total_pages=2).more
    assert parse_qs(urlsplit(following.url).query)["page"] == ["2"]
    assert read_wordpress(body, following.url, total_pages=2).more == ()
    assert read_wordpress(body, url).more == ()
    assert len(read_wordpress(json.dumps([POST] * 20).encode(), url).more) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code": "rest_no_route"}', b"[" * 100_000, b"7"])
def test_what_is_no_list_of_posts_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(FeedUnreadable, match="WordPress"):
        read_wordpress(body, posts_url("https://a.test"))


def test_posts_of_strange_shape_cost_only_themselves() -> None:
    strange = [{"link": 7}, {"link": "http://[", "title": None}, [], {**POST, "date_gmt": "0000-00-00T00:00:00", "date": None}]
    (page,) = read_wordpress(json.dumps(strange).encode(), posts_url("https://a.test")).pages
    assert (page.url, page.published_at) == ("https://a.test/rapat/", None)
