"""Addresses of platforms: which one it is, the one form of an address that many apps write, and what may be read of it."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import yaml

from crawler.addresses import canonical_url, is_web_url
from crawler.connectors.platforms import PlatformFile, read_platforms

FILE = Path(__file__).with_name("platforms.yml")
TWINS = ("www.", "m.", "mobile.", "web.", "old.", "mbasic.")
KEEPS_QUERY = ("facebook", "youtube")
"""Platforms whose addresses name the post in the query; on the others it only says who shared it."""
WITH_WWW = ("facebook.com", "youtube.com")


def platform_of(url: str) -> str:
    """The platform's name in commands; empty for any other host.

    >>> platform_of("https://mobile.twitter.com/a/status/1")
    'x'
    """
    return _by_host().get(_host_of(url), "") if is_web_url(url) else ""


def own_form(url: str) -> str:
    """One address for one post, whichever app it was copied from.

    >>> own_form("https://mobile.twitter.com/a/status/1?s=20")
    'https://x.com/a/status/1'
    """
    platform, host = platform_of(url), _host_of(url)
    parts = urlsplit(canonical_url(url))
    query = parts.query if platform in KEEPS_QUERY else ""
    host = "x.com" if platform == "x" else f"www.{host}" if host in WITH_WWW else host
    return urlunsplit(("https", host, parts.path, query, ""))


def platform_name(platform: str) -> str:
    return read_platforms()[platform].name


def live_trouble(url: str) -> PlatformFile | None:
    """The platform of an address that may only be imported; None where nothing forbids reading it."""
    found = read_platforms().get(platform_of(url))
    return None if found is None or found.is_live else found


def _host_of(url: str) -> str:
    host = (urlsplit(url).hostname or "").lower().rstrip(".")
    return next((host.removeprefix(twin) for twin in TWINS if host.startswith(twin)), host)


@cache
def _by_host() -> dict[str, str]:
    hosts = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {host: platform for platform, names in hosts.items() for host in names}
