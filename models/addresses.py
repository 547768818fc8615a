"""One address for one page: without fragments, tracking parameters, AMP and mobile twins, and page numbers of one article."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_ga|ref|ref_src|source|amp|outputtype|tbc|traffic_source", re.I
)
TWIN_HOST = re.compile(r"^(?:m|mobile|amp|www)\.")
TWINS = ("", "www.", "m.", "mobile.", "amp.")
AMP_PATH = re.compile(r"^/amp(?=/)|/amp/?$")
ARTICLE_END = re.compile(r"/[^/]*-[^/]*-[^/]*$|\.html?$")
"""The path of an article: it ends in a headline. Elsewhere a number may be all that tells two pages apart."""
PAGE_PATH = re.compile(r"(-[^/]*-[^/]*)/(?:page/)?(?:[2-9]|[1-4]\d|all)/?$")
PAGE_PARAMETER = re.compile(r"(?:page|hal|halaman|pg|showpage|single)=(?:\d{1,2}|all)", re.I)
LONGEST = 4096
"""Bytes; servers answer longer addresses with 414."""
DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str, hosts: Sequence[str] = (), *, keeps_page: bool = False) -> str:
    """The address under which a page is known; `keeps_page` leaves the number of a page of an article in it.

    >>> canonical_url("http://m.antaranews.com/berita/1/judul?utm_source=x#isi", ["www.antaranews.com"])
    'http://www.antaranews.com/berita/1/judul'
    >>> canonical_url("https://contoh.test/2024/rapat-di-kantor-camat?page=2")
    'https://contoh.test/2024/rapat-di-kantor-camat'
    """
    return _canonical(urlsplit(url.strip()), tuple(hosts), keeps_page=keeps_page)


def own_address(url: str, hosts: Sequence[str]) -> str | None:
    """The canonical address of a page on these hosts (or on a mobile or AMP twin of one); None for any other."""
    if not is_web_url(url):
        return None
    parts, own = urlsplit(url.strip()), tuple(hosts)
    return _canonical(parts, own) if _own_host(_host_of(parts), own) in own else None


class KnownHosts:
    """Outlets by the hosts that they name, so that an address which came without its outlet is spelled as a crawl spells it."""

    def __init__(self, outlets: Iterable[Sequence[str]] = ()) -> None:
        """`outlets` are the hosts of each, the one under which its addresses are kept first."""
        self._named, self._twins = dict[str, tuple[str, ...]](), dict[str, tuple[str, ...]]()
        for hosts in map(tuple, outlets):
            for host in hosts:
                self._named.setdefault(host, hosts)
                self._twins.setdefault(TWIN_HOST.sub("", host), hosts)

    def of(self, url: str) -> tuple[str, ...]:
        """The hosts of the outlet whose page this is; none where nobody names its host."""
        host = _host_of(urlsplit(url.strip()))
        return self._named.get(host) or self._twins.get(TWIN_HOST.sub("", host), ())

    def canonical_url(self, url: str) -> str:
        """
        >>> KnownHosts([["www.antaranews.com"]]).canonical_url("https://antaranews.com/berita/1")
        'https://www.antaranews.com/berita/1'
        """
        return canonical_url(url, self.of(url))


def twins_of(url: str) -> list[str]:
    """A canonical address as it may be written, itself first: on the twins of its host, with and without encryption."""
    parts = urlsplit(url)
    bare, schemes = TWIN_HOST.sub("", parts.netloc), dict.fromkeys((parts.scheme, *DEFAULT_PORTS))
    hosts = dict.fromkeys((parts.netloc, *(twin + bare for twin in TWINS)))
    return [urlunsplit(parts._replace(scheme=scheme, netloc=host)) for scheme in schemes for host in hosts]


def key_of(url: str) -> str:
    """SHA-256 of a canonical address: what makes it unique in the database."""
    return hashlib.sha256(url.encode()).hexdigest()


def is_web_url(url: str) -> bool:
    """Whether the address is http(s) of a length that servers take, names a host, and carries no user name."""
    try:
        parts = urlsplit(url)
        names_a_page = bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
        is_writable = len(url.encode()) <= LONGEST and "\0" not in url
    except ValueError:  # Brackets or a port that are none, or half of a surrogate pair.
        return False
    return parts.scheme in DEFAULT_PORTS and names_a_page and is_writable


def is_plain_url(url: str) -> bool:
    """Whether a web address has nothing in it that two programs read in two ways: whoever checks it must read what is called."""
    return is_web_url(url) and url.isascii() and url.isprintable() and not any(mark in url for mark in " \\#")


def is_on_hosts(url: str, hosts: Sequence[str]) -> bool:
    """Whether the page belongs to one of these hosts, or to the mobile or AMP twin of one."""
    return own_address(url, hosts) is not None


def _canonical(parts: SplitResult, hosts: tuple[str, ...], *, keeps_page: bool = False) -> str:
    scheme, place = parts.scheme.lower(), _own_host(_host_of(parts), hosts)
    if (port := parts.port) and port != DEFAULT_PORTS.get(scheme):
        place = f"{place}:{port}"
    path = AMP_PATH.sub("", parts.path)
    path = (path if keeps_page else PAGE_PATH.sub(r"\1", path)) or "/"
    is_article = not keeps_page and ARTICLE_END.search(path) is not None
    return urlunsplit((scheme, place, path, _kept_query(parts.query, is_article=is_article) if parts.query else "", ""))


def _kept_query(query: str, *, is_article: bool) -> str:
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if not TRACKING.fullmatch(name) and not (is_article and PAGE_PARAMETER.fullmatch(f"{name}={value}"))
    ]
    return urlencode(sorted(kept))


def _host_of(parts: SplitResult) -> str:
    return (parts.hostname or "").lower().rstrip(".")


@lru_cache(maxsize=10_000)
def _own_host(host: str, hosts: tuple[str, ...]) -> str:
    """The source's own spelling of a host: `m.` and `amp.` twins become the host that the source names."""
    if host in hosts:
        return host
    bare = TWIN_HOST.sub("", host)
    twins = [known for known in hosts if TWIN_HOST.sub("", known) == bare]
    if twins:
        return twins[0]
    return host if host.startswith("www.") else bare
