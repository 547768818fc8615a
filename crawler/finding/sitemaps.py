"""Sitemaps, news sitemaps and their indexes, gzipped or not."""

import gzip
import zlib
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (written in C, without types)

from crawler.dates.moments import Moment, before_reading, parse_date
from crawler.errors import FeedUnreadable
from crawler.finding.listing import MAX_PAGES, Listing, ListLink, join_url, named, without_half_pairs
from crawler.items import ListedPage
from crawler.pages.markup import plain_title
from models import FetchCause

GZIP = b"\x1f\x8b"
MAX_XML = 50 * 1024 * 1024  # What the sitemap protocol allows; more is a bomb.
MAX_CHILDREN = 50_000
"""Of one index, as many as the protocol allows; a run reads the newest of them, a back-fill those of its days."""
NEWS = "sitemap-news"
"""Stands in the namespace of the tags that Google News reads, whatever prefix an outlet gives them."""


def read_sitemap(body: bytes, url: str, *, place: str = "Asia/Jakarta") -> Listing:
    """The pages of a sitemap with Google News' titles and dates, or the children of an index, the newest first."""
    text = unzip(body)
    try:
        kind, rows = _read_rows(text)
    except UnicodeDecodeError:  # The parser lets bytes pass that are no UTF-8, and stumbles when it is asked for them.
        kind, rows = _read_rows(without_half_pairs(text.decode("utf-8", "replace").encode()))
    if kind == "sitemapindex":
        rows.sort(key=lambda row: row.get("lastmod", ""), reverse=True)
        children = (ListLink(join_url(url, row.get("loc")), _at(_date_of(row, "lastmod", place))) for row in rows[:MAX_CHILDREN])
        return Listing(more=tuple(child for child in children if child.url), is_complete=False)
    if kind != "urlset":
        raise FeedUnreadable(f"bukan peta situs (<{kind}>)")
    return Listing(named(_sitemap_page(row, url, place) for row in rows[:MAX_PAGES]))


def _read_rows(text: bytes) -> tuple[str, list[dict[str, str]]]:
    """The name of the root, and the texts of each element in it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise FeedUnreadable("bukan peta situs (XML rusak)") from error
    if root is None:
        raise FeedUnreadable("bukan peta situs (kosong)")
    return _local(root), [_texts_of(node) for node in root if isinstance(node.tag, str)]


def unzip(body: bytes) -> bytes:
    """Gzip or not, never more than a sitemap may hold."""
    if not body.startswith(GZIP):
        return body
    try:
        with gzip.open(BytesIO(body)) as file:
            text = file.read(MAX_XML + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FeedUnreadable(f"gzip rusak: {error}", FetchCause.ENCODING) from error
    if len(text) > MAX_XML:
        raise FeedUnreadable("peta situs lebih dari 50 MB", FetchCause.TOO_LARGE)
    return text


def _texts_of(node: Any) -> dict[str, str]:
    """The texts of one <url> or <sitemap>: its own tags, and those of Google News below it.

    Tags of images and videos below it are left out: they have a `loc` and a `title` too, which are not the page's.
    """
    texts = {_local(tag): (tag.text or "").strip() for tag in node if isinstance(tag.tag, str)}
    for tag in node.iterdescendants():
        if isinstance(tag.tag, str) and NEWS in tag.tag.rpartition("}")[0]:  # A prefix may be undeclared: then it has none.
            texts[f"news:{_local(tag)}"] = (tag.text or "").strip()
    return texts


def _local(tag: Any) -> str:
    return tag.tag.rpartition("}")[2]


def _sitemap_page(row: dict[str, str], url: str, place: str) -> ListedPage:
    said, changed = _date_of(row, "news:publication_date", place), _date_of(row, "lastmod", place)
    published = before_reading(said, place, datetime.now(UTC)) if said else None
    return ListedPage(
        url=join_url(url, row.get("loc")),
        title=plain_title(row.get("news:title", "")),
        published_at=_at(published),
        published_zone=published.zone if published else "",
        # As it stands: another moment at the next poll would look like a change.
        changed_at=_at(changed) or _at(said),
    )


def _date_of(row: dict[str, str], name: str, place: str) -> Moment | None:
    return parse_date(row[name], place) if row.get(name) else None


def _at(moment: Moment | None) -> datetime | None:
    return moment.at if moment else None
