"""One address for one page: without fragments, tracking parameters, AMP and mobile twins."""

import hashlib
import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_ga|ref|ref_src|source|amp|outputtype|tbc|traffic_source", re.I
)
TWIN_HOST = re.compile(r"^(?:m|mobile|amp|www)\.")
AMP_PATH = re.compile(r"^/amp(?=/)|/amp/?$")
LONGEST = 4096
"""Bytes; servers answer longer addresses with 414."""
DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str, hosts: Sequence[str] = ()) -> str:
    """The address under which a page is known.

    >>> canonical_url("http://m.antaranews.com/berita/1/judul?utm_source=x#isi", ["www.antaranews.com"])
    'http://www.antaranews.com/berita/1/judul'
    """
    parts = urlsplit(url.strip())
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower().rstrip(".")
    port = parts.port
    place = _own_host(host, hosts)
    if port and port != DEFAULT_PORTS.get(scheme):
        place = f"{place}:{port}"
    query = sorted(
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not TRACKING.fullmatch(name)
    )
    return urlunsplit((scheme, place, AMP_PATH.sub("", parts.path) or "/", urlencode(query), ""))


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


def is_on_hosts(url: str, hosts: Sequence[str]) -> bool:
    """Whether the page belongs to one of these hosts, or to the mobile or AMP twin of one."""
    if not is_web_url(url):
        return False
    return (urlsplit(canonical_url(url, hosts)).hostname or "") in hosts


def _own_host(host: str, hosts: Sequence[str]) -> str:
    """The source's own spelling of a host: `m.` and `amp.` twins become the host that the source names."""
    if host in hosts:
        return host
    bare = TWIN_HOST.sub("", host)
    twins = [known for known in hosts if TWIN_HOST.sub("", known) == bare]
    if twins:
        return twins[0]
    return host if host.startswith("www.") else bare
