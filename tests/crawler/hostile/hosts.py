"""Hosts that misbehave before a page is asked: robots.txt, TLS, names. Each stands on an address of its own."""

from models import FetchCause, FetchOutcome
from tests.crawler.hostile.cases import Case
from tests.crawler.hostile.lists import entry, feed
from tests.crawler.hostile.redirects import moved
from tests.crawler.hostile.web import Answer, Visit, response

BLOCKED, LISTED, FAILED = FetchOutcome.BLOCKED, FetchOutcome.LISTED, FetchOutcome.FAILED
UNREACHABLE = FetchCause.ROBOTS_UNREACHABLE
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
ONE_PAGE = feed(entry("Rapat", "{root}/rapat"))


async def endless_robots(visit: Visit) -> None:
    await visit.send(HEAD)
    while True:
        await visit.send(b"Disallow: /a\n" * 5000)


async def slow_robots(visit: Visit) -> None:
    await visit.send(HEAD)
    await visit.drip(b"User-agent: *\nDisallow: /\n" * 50, 0.2)


def rules(text: str) -> bytes:
    return response(text.encode(), kind="text/plain")


def robots(number: int, what: str, answer: Answer, outcome: FetchOutcome, cause: FetchCause, says: str) -> Case:
    return Case(what, "robot", "/rss", answer, outcome, cause, says, feed={"kind": "rss"}, host=f"127.0.2.{number}")


def tls(number: int, what: str, cause: FetchCause = FetchCause.TLS, says: str = "TLS tidak sah") -> Case:
    """What its certificate is stands in world.py."""
    return Case(what, "tls", "/rss", ONE_PAGE, FAILED, cause, says, feed={"kind": "rss"}, host=f"127.0.3.{number}")


def private(what: str, source: str, host: str) -> Case:
    return Case(what, source, "/rss", b"", BLOCKED, FetchCause.ADDRESS, "jaringan pribadi", feed={"kind": "rss"}, host=host)


ROBOTS = [
    robots(
        1, "robots.txt forbids all", rules("User-agent: *\nDisallow: /"), BLOCKED, FetchCause.ROBOTS, "dilarang oleh robots.txt"
    ),
    robots(
        2,
        "robots.txt forbids our name",
        rules("User-agent: netra\nDisallow: /\n\nUser-agent: *\nAllow: /"),
        BLOCKED,
        FetchCause.ROBOTS,
        "dilarang oleh robots.txt",
    ),
    robots(3, "robots.txt answers 500", response(b"", status="500 Internal Server Error"), BLOCKED, UNREACHABLE, "HTTP 500"),
    robots(4, "robots.txt answers 429", response(b"", status="429 Too Many Requests"), BLOCKED, UNREACHABLE, "HTTP 429"),
    robots(5, "robots.txt never ends", endless_robots, BLOCKED, UNREACHABLE, "terlalu besar"),
    robots(
        6,
        "robots.txt leads to another host",
        moved("http://lain.invalid/robots.txt"),
        BLOCKED,
        UNREACHABLE,
        "di luar situs sumber",
    ),
    robots(7, "robots.txt redirects in a circle", moved("/robots.txt"), BLOCKED, UNREACHABLE, "berputar"),
    robots(8, "robots.txt comes one byte at a time", slow_robots, FAILED, FetchCause.TIMEOUT, "tidak menjawab"),
    robots(9, "nobody listens", b"", FAILED, FetchCause.CONNECTION, "sambungan ditolak"),
    robots(10, "robots.txt is a page", response(b"<html><h1>Beranda</h1>"), LISTED, FetchCause.NONE, "0 baru"),
]
NAMELESS = Case(
    "a name that does not exist",
    "robot",
    "/rss",
    b"",
    FAILED,
    FetchCause.DNS,
    "DNS",
    feed={"kind": "rss"},
    host="tidak-ada.invalid",
)
TLS = [
    tls(1, "a certificate that signs itself"),
    tls(2, "a certificate of last month"),
    tls(3, "a certificate of another host"),
    tls(4, "plain HTTP on a TLS port"),
    tls(5, "a TLS handshake that never ends", FetchCause.TIMEOUT, "tidak menjawab"),
]
GUARDED = [
    private("a name that leads to this machine", "pribadi-nama", "localhost"),
    private("an address of this machine", "pribadi-angka", "127.0.0.1"),
    private("a decimal address of this machine", "pribadi-desimal", "2130706433"),
]
"""Crawled with private addresses forbidden, as everywhere but in tests."""
