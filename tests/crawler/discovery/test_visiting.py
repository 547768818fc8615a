"""A visitor has the crawler's manners: it obeys, names itself, and is bounded in size and time."""

import gzip
import time

import pytest

from crawler.discovery.visiting import Visitor
from crawler.errors import Obstacle, Unreachable
from crawler.settings import DOWNLOAD_MAXSIZE
from models.settings import Settings
from tests.crawler.site import Site


def obstacle(visitor: Visitor, url: str) -> Obstacle:
    with pytest.raises(Unreachable) as caught:
        visitor.fetch(url)
    return caught.value.obstacle


def test_robots_is_read_once_and_obeyed(site: Site, visitor: Visitor) -> None:
    site.replies = {"/robots.txt": b"User-agent: netra\nDisallow: /rss\n", "/feed": b"ok"}
    assert visitor.fetch(f"{site.url}/feed").body == b"ok"
    assert obstacle(visitor, f"{site.url}/rss") is Obstacle.ROBOTS
    assert site.asked == ["/robots.txt", "/feed"]


def test_robots_that_fails_forbids_everything(site: Site, visitor: Visitor) -> None:
    site.replies = {"/robots.txt": (503, {}, b""), "/rss": b"ok"}
    assert obstacle(visitor, f"{site.url}/rss") is Obstacle.ROBOTS_UNREACHABLE


def test_a_redirect_into_what_robots_forbids_is_not_followed(site: Site, visitor: Visitor) -> None:
    site.replies = {"/robots.txt": b"User-agent: *\nDisallow: /rahasia\n", "/rss": (302, {"Location": "/rahasia"}, b"")}
    assert obstacle(visitor, f"{site.url}/rss") is Obstacle.ROBOTS
    assert "/rahasia" not in site.asked


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "169.254.169.254", "10.0.0.1"])
def test_private_addresses_are_not_reached(host: str, site: Site) -> None:
    port = site.url.rsplit(":", 1)[1]
    assert obstacle(Visitor(Settings(_env_file=None), pause=0, answer_seconds=1), f"http://{host}:{port}/") is Obstacle.PRIVATE
    assert site.asked == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://user@127.0.0.1/", "gopher://x/", "http://[::1"])
def test_a_redirect_to_no_web_address_is_refused(target: str, site: Site, visitor: Visitor) -> None:
    site.replies = {"/rss": (302, {"Location": target}, b"")}
    assert obstacle(visitor, f"{site.url}/rss") is Obstacle.ADDRESS


def test_a_loop_of_redirects_ends(site: Site, visitor: Visitor) -> None:
    site.replies = {"/rss": (301, {"Location": "/rss"}, b"")}
    assert obstacle(visitor, f"{site.url}/rss") is Obstacle.REDIRECTS


def test_a_gzip_bomb_is_cut(site: Site, visitor: Visitor) -> None:
    bomb = gzip.compress(bytes(4 * DOWNLOAD_MAXSIZE))
    site.replies = {
        "/rss": (200, {"Content-Encoding": "gzip"}, bomb),
        "/feed": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"ok")),
    }
    assert obstacle(visitor, f"{site.url}/rss") is Obstacle.TOO_LARGE
    assert visitor.fetch(f"{site.url}/feed").body == b"ok"


def test_bytes_that_trickle_in_end_at_the_deadline(site: Site, visitor: Visitor) -> None:
    site.replies, visitor.whole_seconds = {"/rss": b"x" * 1_000}, 0.5
    visitor.robots_of(site.url)
    site.drip_seconds = 0.1
    started = time.monotonic()
    assert obstacle(visitor, f"{site.url}/rss") is Obstacle.TIMEOUT
    assert time.monotonic() - started < 60  # The whole would take a hundred.


def test_pauses_are_kept_between_questions_to_one_host(site: Site, visitor: Visitor) -> None:
    visitor.pause = 0.2
    started = time.monotonic()
    visitor.fetch(f"{site.url}/a")
    assert time.monotonic() - started >= 0.2


def test_what_is_not_there_is_named(visitor: Visitor) -> None:
    assert obstacle(visitor, "http://127.0.0.1:9/") is Obstacle.REFUSED
    assert obstacle(visitor, "http://tidak-ada.invalid/") in {Obstacle.DNS, Obstacle.DNS_SILENT}  # The latter without a network.
    assert obstacle(visitor, "mailto:redaksi") is Obstacle.ADDRESS


def test_through_a_proxy_the_proxy_is_asked(site: Site) -> None:
    site.replies = {"http://outlet.test/rss?b=1": b"ok"}
    visitor = Visitor(Settings(crawl_proxy=site.url, _env_file=None), pause=0)
    assert visitor.fetch("http://outlet.test/rss?b=1#isi").body == b"ok"
