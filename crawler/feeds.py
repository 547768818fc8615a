"""Reading lists of pages: RSS and Atom, sitemaps and their indexes, index pages. Pure functions of bytes."""

import gzip
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

from crawler.dates import is_believable, parse_date
from crawler.errors import FeedUnreadable
from crawler.items import ListedPage
from crawler.pages.decoding import decode_page
from crawler.pages.markup import is_tangled, plain_title

GZIP = b"\x1f\x8b"
MAX_XML = 50 * 1024 * 1024  # What the sitemap protocol allows; more is a bomb.
MAX_CHILDREN = 20
MAX_PAGES = 50_000
"""Of one list; as many as the sitemap protocol allows."""
MAX_ENTRIES = 5_000
"""Of one feed; real ones hold tens."""
MAX_SUMMARY = 20_000
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
    headers = {"content-type": content_type, "content-location": url}
    # In a BytesIO, because feedparser opens bare bytes as the name of a file on this machine.
    parsed = feedparser.parse(BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    if not parsed.version:
        raise FeedUnreadable("bukan RSS atau Atom")
    raws = list(_raw_entries(body))
    if len(raws) != len(parsed.entries):  # Markup inside an entry that looks like an entry: the whole list is the evidence.
        raws = [b""] * len(parsed.entries)
    entries = islice(zip(parsed.entries, raws, strict=True), MAX_ENTRIES)
    return Listing(_named(_entry(entry, raw, url, place) for entry, raw in entries))


def read_sitemap(body: bytes, url: str, *, place: str = "Asia/Jakarta") -> Listing:
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
        children = (_join(url, row.get("loc", "")) for row in rows[:MAX_CHILDREN])
        return Listing(more=tuple(filter(None, children)), is_complete=False)
    if kind != "urlset":
        raise FeedUnreadable(f"bukan peta situs (<{kind}>)")
    return Listing(_named(_sitemap_page(row, url, place) for row in rows[:MAX_PAGES]))


def read_index(body: bytes, url: str, content_type: str, *, link: str, next_page: str = "") -> Listing:
    """A page of links, by the selectors of its source file."""
    markup = decode_page(body, content_type)
    if is_tangled(markup):
        raise FeedUnreadable("halaman terlalu rumit untuk dibaca")
    tree = LexborHTMLParser(markup)
    links = tree.css(link)[:MAX_PAGES]
    pages = _named(ListedPage(_join(url, node.attributes.get("href")), plain_title(node.html or "")) for node in links)
    if not pages:
        raise FeedUnreadable(f"tidak ada tautan yang cocok dengan {link!r}")
    following = tree.css_first(next_page) if next_page else None
    href = _join(url, following.attributes.get("href")) if following else ""
    return Listing(pages, (href,) if href else ())


def unzip(body: bytes) -> bytes:
    """Gzip or not, never more than a sitemap may hold."""
    if not body.startswith(GZIP):
        return body
    try:
        with gzip.open(BytesIO(body)) as file:
            text = file.read(MAX_XML + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FeedUnreadable(f"gzip rusak: {error}") from error
    if len(text) > MAX_XML:
        raise FeedUnreadable("peta situs lebih dari 50 MB")
    return text


def _raw_entries(body: bytes) -> Iterator[bytes]:
    """The bytes of each entry. One walk from start to end: a pattern over the whole would look for each missing end anew."""
    at = 0
    while start := ENTRY_START.search(body, at):
        at = body.find(b"</" + start[1], start.end())
        if at < 0:
            return
        at = body.find(b">", at) + 1 or len(body)
        yield body[start.start() : at]


def _entry(entry: Any, raw: bytes, url: str, place: str) -> ListedPage:
    published = parse_date(entry.get("published", ""), place)
    published_at = published.at if published else _when(entry.get("published_parsed"))
    return ListedPage(
        url=_join(url, entry.get("link")),
        title=plain_title(entry.get("title", "")),
        summary=plain_title(entry.get("summary", ""), longest=MAX_SUMMARY),
        author=plain_title(entry.get("author", "")),
        published_at=published_at,
        published_zone=published.zone if published else "",
        # Not entry.get: feedparser would answer with the day of publication, and warn.
        changed_at=_when(dict.get(entry, "updated_parsed")) or _when(entry.get("published_parsed")) or published_at,
        raw=raw,
    )


def _named(pages: Iterable[ListedPage]) -> tuple[ListedPage, ...]:
    """Pages that have an address."""
    return tuple(page for page in pages if page.url)


def _join(base: str, link: str | None) -> str:
    """The whole address of a link; empty where there is none that can be understood, so that one costs only itself."""
    link = (link or "").strip().replace("\0", "")
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return ""


def _when(parsed: Any) -> datetime | None:
    """feedparser gives UTC without saying so, and any numbers that a feed writes."""
    try:
        at = datetime(*parsed[:6], tzinfo=UTC) if parsed else None
    except ValueError:
        return None
    return at if at and is_believable(at) else None


def _children(node: Any) -> dict[str, str]:
    """The texts below one <url> or <sitemap> by local name; news tags included."""
    return {etree.QName(tag).localname: (tag.text or "").strip() for tag in _elements(node)}


def _elements(node: Any) -> Iterator[Any]:
    yield from (tag for tag in node.iterdescendants() if isinstance(tag.tag, str))


def _sitemap_page(row: dict[str, str], url: str, place: str) -> ListedPage:
    published = parse_date(row.get("publication_date", ""), place)
    changed = parse_date(row.get("lastmod", ""), place)
    return ListedPage(
        url=_join(url, row.get("loc")),
        title=plain_title(row.get("title", "")),
        published_at=published.at if published else None,
        published_zone=published.zone if published else "",
        changed_at=changed.at if changed else (published.at if published else None),
    )
