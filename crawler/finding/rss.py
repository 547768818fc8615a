"""RSS 0.9 to 2.0 and Atom."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from typing import Any

import feedparser

from crawler.dates.moments import before_reading, is_believable, parse_date
from crawler.errors import FeedUnreadable
from crawler.finding.listing import Listing, join_url, named, without_half_pairs
from crawler.items import ListedPage
from crawler.pages.markup import plain_title

MAX_ENTRIES = 5_000
"""Of one feed; real ones hold tens."""
MAX_SUMMARY = 20_000
ENTRY_START = re.compile(rb"<(item|entry)[\s>]")


def read_rss(body: bytes, url: str, content_type: str = "", *, place: str = "Asia/Jakarta") -> Listing:
    """The entries of a feed, each with its own bytes."""
    headers = {"content-type": content_type, "content-location": url}
    body = _cut(body)
    parsed = _parse(without_half_pairs(body), headers)
    if not parsed.version:
        raise FeedUnreadable("bukan RSS atau Atom")
    raws = list(_raw_entries(body))
    if len(raws) != len(parsed.entries):  # Markup inside an entry that looks like an entry: the whole list is the evidence.
        raws = [b""] * len(parsed.entries)
    entries = islice(zip(parsed.entries, raws, strict=True), MAX_ENTRIES)
    return Listing(named(_entry(entry, raw, url, place) for entry, raw in entries))


def _parse(body: bytes, headers: dict[str, str]) -> Any:
    """In a BytesIO, because feedparser opens bare bytes as the name of a file on this machine."""
    try:
        return feedparser.parse(BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    except (KeyError, IndexError, AttributeError, TypeError, ValueError) as error:
        # feedparser trips over its own state where the tags of a feed are nested in ways that no feed nests them.
        raise FeedUnreadable(f"RSS atau Atom rusak ({type(error).__name__})") from error


def _cut(body: bytes) -> bytes:
    """Without the entries that are too many: feedparser would need seconds for them, in which nothing else is read."""
    following = next(islice(ENTRY_START.finditer(body), MAX_ENTRIES, None), None)
    return body if following is None else body[: following.start()]


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
    said = parse_date(entry.get("published", ""), place)
    published = before_reading(said, place, datetime.now(UTC)) if said else None
    published_at = published.at if published else _when(entry.get("published_parsed"))
    return ListedPage(
        # Feedburner and its like put their own address into `link` and the outlet's beside it.
        url=join_url(url, entry.get("feedburner_origlink") or entry.get("link")),
        title=plain_title(entry.get("title", "")),
        summary=plain_title(entry.get("summary", ""), longest=MAX_SUMMARY),
        author=plain_title(entry.get("author", "")),
        published_at=published_at,
        published_zone=published.zone if published else "",
        # Not entry.get: feedparser would answer with the day of publication, and warn. And as it stands: another moment at
        # the next poll would look like a change.
        changed_at=_when(dict.get(entry, "updated_parsed"))
        or _when(entry.get("published_parsed"))
        or (said.at if said else None),
        raw=raw,
    )


def _when(parsed: Any) -> datetime | None:
    """feedparser gives UTC without saying so, and any numbers that a feed writes."""
    try:
        at = datetime(*parsed[:6], tzinfo=UTC) if parsed else None
    except ValueError:
        return None
    return at if at and is_believable(at) else None
