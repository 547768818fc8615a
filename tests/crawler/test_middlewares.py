"""Nothing leaves for private networks or other hosts; outlets that ask for a pause get it."""

from datetime import timedelta
from pathlib import Path

import pytest
from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from sqlalchemy import select
from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawler.middlewares.addresses import is_public
from crawler.middlewares.pace import retry_after
from crawler.middlewares.reasons import AddressRefused, RobotsUnreachable, Trouble, cause_of_status, explain
from models import Feed, FetchCause, FetchEvent, FetchOutcome, now
from models.database import make_engine, make_reading_session
from models.settings import Settings
from tests.crawler.outlet import Outlet, crawl_outlet


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "::1", "fe80::1", "0.0.0.0", "100.64.0.1", "224.0.0.1", "x"],
)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_addresses_of_the_open_internet_are_public() -> None:
    assert is_public("93.184.216.34")


@pytest.mark.parametrize(
    ("error", "kind", "cause"),
    [
        (RobotsUnreachable("x"), Trouble.POSTPONED, FetchCause.ROBOTS_UNREACHABLE),
        (AddressRefused("x"), Trouble.BLOCKED, FetchCause.ADDRESS),
        (IgnoreRequest("Forbidden by robots.txt"), Trouble.BLOCKED, FetchCause.ROBOTS),
        (DownloadCancelledError(), Trouble.REFUSED, FetchCause.TOO_LARGE),
        (
            ResponseFailed([Failure(TlsError([("SSL routines", "", "certificate verify failed")]))]),
            Trouble.FAILED,
            FetchCause.TLS,
        ),
        (ResponseFailed([Failure(ConnectionLost())]), Trouble.FAILED, FetchCause.CONNECTION),
        (ValueError("x"), Trouble.FAILED, FetchCause.OTHER),
    ],
)
def test_every_failure_says_what_becomes_of_its_page(error: Exception, kind: Trouble, cause: FetchCause) -> None:
    explained = explain(error)
    assert (explained.kind, explained.cause) == (kind, cause)


@pytest.mark.parametrize(
    ("status", "asks_for_pause", "cause"),
    [
        (404, False, FetchCause.GONE),
        (403, False, FetchCause.HTTP_CLIENT),
        (429, False, FetchCause.RATE_LIMIT),
        (503, True, FetchCause.RATE_LIMIT),
        (503, False, FetchCause.HTTP_SERVER),
        (302, False, FetchCause.REDIRECTS),
    ],
)
def test_every_status_has_its_class(status: int, asks_for_pause: bool, cause: FetchCause) -> None:
    assert cause_of_status(status, asks_for_pause=asks_for_pause) is cause


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("", 0.0),
        ("soon", 0.0),
        ("Wed, 16 Oct 2024 00:00:00 GMT", 0.0),
        ("Fri, 31 Dec 99999999999999999999 23:59:59 GMT", 0.0),
    ],
)
def test_retry_after_is_read_in_every_form(value: str, seconds: float) -> None:
    assert retry_after(Response("http://a.test/", headers={"Retry-After": value})) == seconds


def only_page(events: list[FetchEvent]) -> FetchEvent:
    return next(event for event in events if event.feed_id is None)


def test_a_redirect_into_loopback_is_refused(tmp_path: Path) -> None:
    outlet = Outlet(redirect="http://127.0.0.1:1/rahasia")
    event = only_page(crawl_outlet(tmp_path, outlet))
    assert event.outcome is FetchOutcome.BLOCKED
    assert "di luar situs sumber: http://127.0.0.1:1/rahasia" in event.reason


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://lain.test/x"])
def test_a_redirect_to_another_place_is_refused(tmp_path: Path, target: str) -> None:
    assert only_page(crawl_outlet(tmp_path, Outlet(redirect=target))).outcome is FetchOutcome.BLOCKED


def test_a_name_that_leads_to_a_private_address_is_refused_when_connecting(tmp_path: Path) -> None:
    outlet = Outlet(host="localhost")
    events = crawl_outlet(tmp_path, outlet, direct=True)
    assert {(event.outcome, event.cause) for event in events} == {(FetchOutcome.BLOCKED, FetchCause.ADDRESS)}
    assert outlet.asked == []


def test_a_robots_txt_that_fails_forbids_everything_for_now(tmp_path: Path) -> None:
    outlet = Outlet(robots_status=503)
    events = crawl_outlet(tmp_path, outlet)
    assert "robots.txt tidak dapat dibaca" in events[0].reason
    assert set(outlet.asked) == {"/robots.txt"}


def test_a_page_beyond_the_limit_is_refused_with_its_reason(tmp_path: Path) -> None:
    event = only_page(crawl_outlet(tmp_path, Outlet(page_bytes=9 * 1024 * 1024)))
    assert (event.outcome, event.reason) == (FetchOutcome.REFUSED, "terlalu besar (lebih dari 8 MiB)")


def test_a_page_behind_a_robot_check_with_200_is_read_once_the_outlet_lets_us_in(tmp_path: Path) -> None:
    outlet = Outlet(page=b"<title>Just a moment...</title><h1>Just a moment...</h1><p>Verify you are human.</p>")
    first = only_page(crawl_outlet(tmp_path, outlet))
    outlet.page = b""
    last = crawl_outlet(tmp_path, outlet)[-1]
    assert (first.outcome, first.cause) == (FetchOutcome.FAILED, FetchCause.CAPTCHA)
    assert last.outcome is FetchOutcome.STORED


@pytest.mark.parametrize(("asked", "hours"), [("7200", 2), ("9999999999", 24)])
def test_an_outlet_that_asks_for_a_long_pause_is_left_alone_so_long(tmp_path: Path, asked: str, hours: int) -> None:
    crawl_outlet(tmp_path, Outlet(retry_after=asked))
    engine = make_engine(Settings(home=tmp_path).database_address)
    with make_reading_session(engine)() as session:
        next_poll_at = session.scalars(select(Feed.next_poll_at)).one()
    engine.dispose()
    assert next_poll_at is not None
    assert timedelta(hours=hours - 0.1) < next_poll_at - now() <= timedelta(hours=hours)
