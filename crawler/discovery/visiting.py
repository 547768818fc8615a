"""Asking an outlet a few questions, with the crawler's manners: robots.txt, our own name, pauses, bounds."""

import http.client
import socket
import ssl
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from protego import Protego

from crawler.addresses import is_on_hosts, is_web_url
from crawler.discovery.connections import deadline, make_connection
from crawler.errors import Obstacle, Unreachable
from crawler.settings import DOWNLOAD_MAXSIZE, REDIRECT_MAX_TIMES, ROBOTSTXT_USER_AGENT, USER_AGENT
from models.settings import Settings

ANSWER_SECONDS = 15.0
"""Until the first byte, and between two."""
WHOLE_SECONDS = 45.0
MAX_PAUSE = 10.0
"""The longest Crawl-delay that we wait out here; the crawl itself keeps longer ones."""
MAX_ROBOTS = 500 * 1024
CHUNK = 64 * 1024
SAFE_IN_PATHS = "/:=&?~#+!$,;'@()*[]%"
REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Hop:
    """One redirect: its status and where it led."""

    status: int
    url: str


@dataclass(frozen=True)
class Answer:
    """What came back in the end."""

    asked_url: str
    url: str
    """Where the answer stood, after redirects."""
    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    hops: tuple[Hop, ...] = ()

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass(frozen=True)
class Robots:
    """What robots.txt says, or that it could not be read and so forbids everything (RFC 9309, section 2.3.1.4)."""

    rules: Protego | None
    sitemaps: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        return self.rules is not None and bool(self.rules.can_fetch(url, ROBOTSTXT_USER_AGENT))

    @property
    def pause(self) -> float:
        delay = self.rules.crawl_delay(ROBOTSTXT_USER_AGENT) if self.rules else None
        return min(float(delay or 0), MAX_PAUSE)


@dataclass
class Visitor:
    """Asks one address after the other. Not for many threads at once: each host's pauses are kept in here."""

    settings: Settings
    pause: float = 1.0
    answer_seconds: float = ANSWER_SECONDS
    whole_seconds: float = WHOLE_SECONDS
    hosts: tuple[str, ...] = ()
    """Where some are named no other host is asked, not even because one of them leads there."""
    _robots: dict[str, Robots] = field(default_factory=dict)
    _asked_at: dict[str, float] = field(default_factory=dict)

    def fetch(self, url: str) -> Answer:
        """The answer of an address, redirects followed; raises Unreachable."""
        return self._follow(url, obeys_robots=True)

    def robots_of(self, url: str) -> Robots:
        """The rules of the address's host, read once."""
        parts = urlsplit(url)
        if (place := f"{parts.scheme}://{parts.netloc}") not in self._robots:
            self._robots[place] = self._read_robots(f"{place}/robots.txt")
        return self._robots[place]

    def _follow(self, url: str, *, obeys_robots: bool) -> Answer:
        asked_url, hops = url, list[Hop]()
        while True:
            parts = _checked(url)
            if self.hosts and not is_on_hosts(url, self.hosts):
                raise Unreachable(Obstacle.ADDRESS, f"{url[:200]} is on none of the hosts {', '.join(self.hosts)}")
            if obeys_robots:
                self._obey(url)
            status, headers, body = self._ask(parts)
            target = headers.get("location", "").strip()
            if status not in REDIRECTS or not target:
                return Answer(asked_url, url, status, headers, body, tuple(hops))
            if len(hops) == REDIRECT_MAX_TIMES:
                raise Unreachable(Obstacle.REDIRECTS, f"redirects more than {len(hops)} times, at last to {target[:200]}")
            url = _join(url, target)
            hops.append(Hop(status, url))

    def _obey(self, url: str) -> None:
        robots = self.robots_of(url)
        if robots.rules is None:
            raise Unreachable(Obstacle.ROBOTS_UNREACHABLE, "its robots.txt cannot be read, which forbids everything for now")
        if not robots.allows(url):
            raise Unreachable(Obstacle.ROBOTS, f"robots.txt forbids {urlsplit(url).path or '/'} to {ROBOTSTXT_USER_AGENT}")

    def _read_robots(self, url: str) -> Robots:
        answer = self._follow(url, obeys_robots=False)
        if answer.status >= 500 or answer.status == 429:
            return Robots(None)
        text = answer.body[:MAX_ROBOTS].decode("utf-8", "replace") if answer.status == 200 else ""
        rules = Protego.parse(text)
        return Robots(rules, tuple(urljoin(url, line) for line in rules.sitemaps))

    def _ask(self, parts: SplitResult) -> tuple[int, dict[str, str], bytes]:
        self._wait(parts)
        connection, target = make_connection(parts, self.settings, timeout=self.answer_seconds)
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", "Accept-Language": "id"}
        try:
            with deadline(connection, self.whole_seconds) as sockets:
                connection.connect()
                sockets.append(connection.sock)
                connection.request("GET", quote(target, safe=SAFE_IN_PATHS), headers=headers)
                with connection.getresponse() as response:
                    named = {name.lower(): value for name, value in response.getheaders()}
                    return response.status, named, _read_body(response, named)
        except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
            raise _explain(error, parts.hostname or "") from error

    def _wait(self, parts: SplitResult) -> None:
        """Between two questions to one host: our own pause, or the longer one of its robots.txt."""
        robots = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        pause = max(self.pause, robots.pause if robots else 0)
        since = time.monotonic() - self._asked_at.get(parts.netloc, float("-inf"))
        if since < pause:
            time.sleep(pause - since)
        self._asked_at[parts.netloc] = time.monotonic()


def _checked(url: str) -> SplitResult:
    if not is_web_url(url):
        raise Unreachable(Obstacle.ADDRESS, f"{url[:200]} is no address of the web")
    return urlsplit(url)


def _join(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:
        raise Unreachable(Obstacle.ADDRESS, f"redirects to {target[:200]}, which is no address of the web") from None


def _read_body(response: http.client.HTTPResponse, headers: Mapping[str, str]) -> bytes:
    """The whole body, unzipped, never more than the crawler would take."""
    is_zipped = headers.get("content-encoding", "").lower() in ("gzip", "deflate")
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 32) if is_zipped else None
    body = bytearray()
    while chunk := response.read(CHUNK):
        body += unzip.decompress(chunk, DOWNLOAD_MAXSIZE + 1) if unzip else chunk
        if len(body) > DOWNLOAD_MAXSIZE:
            raise Unreachable(Obstacle.TOO_LARGE, f"is larger than {DOWNLOAD_MAXSIZE // 1024**2} MiB")
    return bytes(body)


def _explain(error: Exception, host: str) -> Unreachable:
    match error:
        case socket.gaierror() if error.errno == socket.EAI_AGAIN:
            return Unreachable(Obstacle.DNS_SILENT, f"the DNS gives no answer about {host}")
        case socket.gaierror():
            return Unreachable(Obstacle.DNS, f"the name {host} is not in the DNS")
        case ssl.SSLCertVerificationError():
            return Unreachable(Obstacle.TLS, f"its certificate is not valid: {error.verify_message}")
        case ssl.SSLError():
            return Unreachable(Obstacle.TLS, f"no TLS connection: {error.reason or error}")
        case TimeoutError():
            return Unreachable(Obstacle.TIMEOUT, "does not answer in time")
        case ConnectionRefusedError():
            return Unreachable(Obstacle.REFUSED, f"{host} refuses the connection")
        case _:
            return Unreachable(Obstacle.BROKEN, f"its answer breaks off: {type(error).__name__}: {error}"[:300])
