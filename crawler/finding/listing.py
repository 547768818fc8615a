"""What a list says, whatever its kind."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from crawler.items import ListedPage

MAX_PAGES = 50_000
"""Of one list; as many as the sitemap protocol allows."""

_HALF_PAIR = re.compile(
    rb"&#(?:[xX]0*[dD][89aAbBcCdDeEfF][0-9a-fA-F]{2}|0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]));?"
)
"""Half a pair of UTF-16, written as a number: no letter, and readers of XML break on it."""


@dataclass(frozen=True)
class ListLink:
    """A further list, with the `lastmod` that the list above gives it."""

    url: str
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Listing:
    """What one list says: pages, and further lists."""

    pages: tuple[ListedPage, ...] = ()
    more: tuple[ListLink, ...] = ()
    is_complete: bool = True
    """False when the pages are only in the further lists: the list may not be taken as read before they are."""


def without_half_pairs(markup: bytes) -> bytes:
    """Each becomes the sign for a letter that cannot be shown.

    >>> without_half_pairs(b"Ra&#xD800;pat")
    b'Ra&#xFFFD;pat'
    """
    return _HALF_PAIR.sub(b"&#xFFFD;", markup)


def named(pages: Iterable[ListedPage]) -> tuple[ListedPage, ...]:
    """Pages that have an address."""
    return tuple(page for page in pages if page.url)


def join_url(base: str, link: str | None) -> str:
    """The whole address of a link; empty where there is none that can be understood, so that one costs only itself."""
    link = (link or "").strip().replace("\0", "")
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return ""
