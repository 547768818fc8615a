"""Reading lists of pages: RSS and Atom, sitemaps and their indexes, index pages. Pure functions of bytes."""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (written in C, without types)
from selectolax.lexbor import LexborHTMLParser

from crawler.dates import parse_date
from crawler.errors import FeedUnreadable
from crawler.items import ListedPage
from crawler.pages.decoding import decode_page
from crawler.pages.markup import plain_title

GZIP = b"\x1f\x8b"
MAX_XML = 50 * 1024 * 1024  # What the sitemap protocol allows; more is a bomb.
MAX_CHILDREN = 20
MAX_PAGES = 50_000
"""Of one list; as many as the sitemap protocol allows."""
MAX_ENTRIES = 5_000
"""Of one feed. feedparser needs a second for six thousand, and real feeds hold tens."""
MAX_BAD_MARKUP = 20_000
"""Tags that an entry may leave open before feedparser takes minutes for them."""
ENTRY_START = re.compile(rb"<(item|entry)[\s>]")


@dataclass(frozen=True)
class Listing:
    """What one list says: pages, and further lists."""

    pages: tuple[ListedPage, ...] = ()
    more: tuple[str, ...] = ()
    is_complete: bool = True
    """False when the pages are only in the further lists: the list may not be taken as read before they are."""


def read_rss(body: bytes, url: str, content_type: str = "", *, place: str = "Asia/Jakarta") -> Listing:
    """RSS 0.9 to 2.0 and Atom."""
    parsed = feedparser.parse(body, response_headers={"content-type": content_type, "content-location": url})
    if not parsed.version:
        raise FeedUnreadable("bukan RSS atau Atom")
    raws = [found[0] for found in ENTRY.finditer(body)]
    if len(raws) != len(parsed.entries):  # Markup inside an entry that looks like an entry: keep the whole list as evidence.
        raws = [body] * len(parsed.entries)
    return Listing(
        tuple(_entry(entry, raw, url, place) for entry, raw in zip(parsed.entries, raws, strict=True) if entry.get("link"))
    )


def read_sitemap(body: bytes, url: str) -> Listing:
    """A sitemap (gzipped or not, with or without news tags), or an index of sitemaps: its newest children."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(unzip(body), parser)
    except etree.XMLSyntaxError as error:
        raise FeedUnreadable("bukan peta situs (XML rusak)") from error
    if root is None:
        raise FeedUnreadable("bukan peta situs (kosong)")
    kind = etree.QName(root).localname
    rows = [_children(node) for node in root if isinstance(node.tag, str)]
    if kind == "sitemapindex":
        rows.sort(key=lambda row: row.get("lastmod", ""), reverse=True)
        return Listing(more=tuple(urljoin(url, row["loc"]) for row in rows[:MAX_CHILDREN] if row.get("loc")), is_complete=False)
    if kind != "urlset":
        raise FeedUnreadable(f"bukan peta situs (<{kind}>)")
    return Listing(tuple(_sitemap_page(row, url) for row in rows if row.get("loc")))


def read_index(body: bytes, url: str, content_type: str, *, link: str, next_page: str = "") -> Listing:
    """A page of links, by the selectors of its source file."""
    tree = LexborHTMLParser(decode_page(body, content_type))
    pages = [
        ListedPage(urljoin(url, href), title=plain_title(node.html or ""))
        for node in tree.css(link)
        if (href := (node.attributes.get("href") or "").strip())
    ]
    if not pages:
        raise FeedUnreadable(f"tidak ada tautan yang cocok dengan {link!r}")
    following = tree.css_first(next_page) if next_page else None
    href = following.attributes.get("href") if following else None
    return Listing(tuple(pages), (urljoin(url, href),) if href else ())


def unzip(body: bytes) -> bytes:
    """Gzip or not, never more than a sitemap may hold."""
    if not body.startswith(GZIP):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(body, MAX_XML)
    except zlib.error as error:
        raise FeedUnreadable(f"gzip rusak: {error}") from error
    if unpacker.unconsumed_tail:
        raise FeedUnreadable("peta situs lebih dari 50 MB")
    return text


def _entry(entry: Any, raw: bytes, url: str, place: str) -> ListedPage:
    published = parse_date(entry.get("published", ""), place)
    # Not entry.get: feedparser would answer with the day of publication, and warn.
    changed = (
        _when(dict.get(entry, "updated_parsed")) or _when(entry.get("published_parsed")) or (published.at if published else None)
    )
    return ListedPage(
        url=urljoin(url, entry.link),
        title=plain_title(entry.get("title", "")),
        summary=plain_title(entry.get("summary", "")),
        author=plain_title(entry.get("author", "")),
        published_at=published.at if published else _when(entry.get("published_parsed")),
        published_zone=published.zone if published else "",
        changed_at=changed,
        raw=raw,
    )


def _when(parsed: Sequence[int] | None) -> datetime | None:
    """feedparser gives UTC without saying so."""
    return datetime(*parsed[:6], tzinfo=UTC) if parsed else None  # pyright: ignore[reportArgumentType]


def _children(node: Any) -> dict[str, str]:
    """The texts below one <url> or <sitemap> by local name; news tags included."""
    return {etree.QName(tag).localname: (tag.text or "").strip() for tag in _elements(node)}


def _elements(node: Any) -> Iterator[Any]:
    yield from (tag for tag in node.iterdescendants() if isinstance(tag.tag, str))


def _sitemap_page(row: dict[str, str], url: str) -> ListedPage:
    published = parse_date(row.get("publication_date", ""))
    changed = parse_date(row.get("lastmod", ""))
    return ListedPage(
        url=urljoin(url, row["loc"]),
        title=plain_title(row.get("title", "")),
        published_at=published.at if published else None,
        published_zone=published.zone if published else "",
        changed_at=changed.at if changed else (published.at if published else None),
    )
