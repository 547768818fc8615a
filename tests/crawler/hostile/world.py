"""All cases together: the outlets that show them, and the source files that lead to them."""

import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from tests.crawler.hostile.cases import Case
from tests.crawler.hostile.certificates import Authority
from tests.crawler.hostile.hosts import GUARDED, NAMELESS, ROBOTS, TLS
from tests.crawler.hostile.lists import LISTS, TRAPS, entry, feed, sitemap
from tests.crawler.hostile.pages import BROKEN, LARGE_PAGES, SLOW
from tests.crawler.hostile.redirects import REDIRECTS, SOURCE, STEPS
from tests.crawler.hostile.texts import LETTERS, REST, WALLS
from tests.crawler.hostile.web import Answer, Outlet, Visit, Web, response
from tests.crawler.press import article

CASES = [*SLOW, *LARGE_PAGES, *BROKEN, *REDIRECTS, *LETTERS, *WALLS, *REST, *LISTS, *TRAPS, *ROBOTS, NAMELESS, *TLS]
ABSENT = "127.0.2.9"
GOOD = ("baik-kanal", "baik-peta", "baik-tls")
GOOD_PAGES = 4
DELAYED, DELAY = "jeda", 1.0
CHANGING = "berubah"
ERROR = response(b"", status="500 Internal Server Error")
TOMORROW = response(b"", status="503 Service Unavailable", more={"Retry-After": "86400"})


def any_article(visit: Visit) -> bytes:
    """An article that no other address has."""
    return response(article(zlib.crc32(f"{visit.asked.host}{visit.asked.path}".encode())))


FALLBACKS: dict[str, Answer] = {"badai": ERROR, "banjir": TOMORROW, "jebakan": any_article, "kanal": any_article}


@dataclass(frozen=True)
class World:
    """The web, and what the crawler is told of it."""

    web: Web
    sources: list[dict[str, Any]]
    variables: dict[str, str]
    """Of the crawl's environment: the authority whose certificates hold."""

    def write(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        for source in self.sources:
            (folder / f"{source['slug']}.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
        return folder


def make_world(port: int, folder: Path) -> World:
    authority = Authority(folder / "certificates")
    hosts = {slug: f"127.0.1.{number}" for number, slug in enumerate(sorted({case.source for case in CASES}), start=1)}
    outlets = [*_case_outlets(hosts), *_host_outlets(authority), *_good_outlets(authority)]
    sources = [_case_source(slug, host, port) for slug, host in hosts.items()] + _good_sources(port)
    return World(Web(outlets, port), sources, {"SSL_CERT_FILE": str(authority.file)})


def make_guarded_world(port: int) -> World:
    """Sources on private addresses, behind which nobody listens: nobody is to be asked."""
    sources = [_source(case.source, case.host, port, [_feed_of(case, port)]) for case in GUARDED]
    return World(Web([], port), sources, {})


def _case_outlets(hosts: dict[str, str]) -> list[Outlet]:
    return [Outlet(host, _answers_of(slug), FALLBACKS.get(slug)) for slug, host in hosts.items()]


def _answers_of(slug: str) -> dict[str, Answer]:
    mine = [case for case in CASES if case.source == slug and not case.host]
    pages = (entry(case.what, f"{{root}}{case.path}") for case in mine if case.feed is None)
    more = STEPS if slug == SOURCE else {}
    return {case.path: case.answer for case in mine} | more | {"/rss": feed(*pages)}


def _host_outlets(authority: Authority) -> list[Outlet]:
    robots = [Outlet(case.host, {"/robots.txt": case.answer, "/rss": feed()}, is_absent=case.host == ABSENT) for case in ROBOTS]
    contexts = [
        authority.context(TLS[0].host, is_self_signed=True),
        authority.context(TLS[1].host, ended_days_ago=30),
        authority.context("127.0.9.9"),
    ]
    secure = [Outlet(case.host, {"/rss": case.answer}, tls=tls) for case, tls in zip(TLS, contexts, strict=False)]
    plain = Outlet(TLS[3].host, greeting=response(b"", status="400 Bad Request"))
    return [*robots, *secure, plain, Outlet(TLS[4].host)]  # The last waits for a question in plain words.


def _good_outlets(authority: Authority) -> list[Outlet]:
    paths = [f"/rapat-{number}" for number in range(GOOD_PAGES)]
    links = [f"{{root}}{path}" for path in paths]
    named = feed(*(entry(link, link) for link in links))
    delays = response(f"User-agent: *\nCrawl-delay: {DELAY:.0f}\n".encode(), kind="text/plain")
    return [
        Outlet("127.0.4.1", {"/rss": named}, any_article),
        Outlet("127.0.4.2", {"/rss": sitemap(*links)}, any_article),
        Outlet("127.0.4.3", {"/rss": named}, any_article, tls=authority.context("127.0.4.3")),
        Outlet("127.0.4.4", {"/rss": named, "/robots.txt": delays}, any_article),
        Outlet("127.0.4.5", {"/rss": feed(entry("Rapat", "{root}/rapat")), "/rapat": _change}),
    ]


def _change(visit: Visit) -> bytes:
    return response(article(500 + visit.times))


def _good_sources(port: int) -> list[dict[str, Any]]:
    def source(slug: str, number: int, kind: str = "rss", scheme: str = "http", **more: Any) -> dict[str, Any]:
        host = f"127.0.4.{number}"
        return _source(slug, host, port, [{"kind": kind, "url": f"{scheme}://{host}:{port}/rss"}]) | more

    return [
        source("baik-kanal", 1),
        source("baik-peta", 2, "sitemap"),
        source("baik-tls", 3, scheme="https"),
        source(DELAYED, 4),
        source(CHANGING, 5, recheck_hours=0),
    ]


def _case_source(slug: str, host: str, port: int) -> dict[str, Any]:
    mine = [replace(case, host=case.host or host) for case in CASES if case.source == slug]
    feeds = [_feed_of(case, port) for case in mine if case.feed]
    if any(case.feed is None for case in mine):
        feeds.append({"kind": "rss", "url": f"http://{host}:{port}/rss"})
    return _source(slug, host, port, feeds) | {"hosts": sorted({host, *(case.host for case in mine)})}


def _feed_of(case: Case, port: int) -> dict[str, Any]:
    scheme = "https" if case in TLS else "http"
    return {"url": f"{scheme}://{case.host}:{port}{case.path}", **(case.feed or {})}


def _source(slug: str, host: str, port: int, feeds: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": slug,
        "kind": "berita",
        "home_url": f"http://{host}:{port}",
        "hosts": [host],
        "publisher": "Rekaan",
        "rights": "full_text",
        "rights_note": "rekaan",
        "cadence_minutes": 60,
        "expected_min_per_day": 0,
        "confidence": "A",
        "delay_seconds": 0.001,
        "feeds": feeds,
    }
