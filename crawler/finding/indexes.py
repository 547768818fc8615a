"""Pages of links: sections, tags, searches, and archives that have a page a day."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from selectolax.lexbor import LexborHTMLParser

from crawler.errors import FeedUnreadable
from crawler.finding.listing import MAX_PAGES, Listing, ListLink, join_url, named
from crawler.items import ListedPage
from crawler.pages.decoding import decode_page
from crawler.pages.markup import is_tangled, plain_title
from models import FetchCause

DAY_PARTS = re.compile(r"\{(yyyy|yy|mm|m|dd|d)\}")
PAGE_PART = "{page}"


def read_index(
    body: bytes, url: str, content_type: str, *, link: str, next_page: str = "", may_be_empty: bool = False
) -> Listing:
    """A page of links, by the selectors of its source file.

    Without a link it is unreadable, because a changed layout looks just so; a day of an archive may be empty.
    """
    markup = decode_page(body, content_type)
    if is_tangled(markup):
        raise FeedUnreadable("halaman terlalu rumit untuk dibaca", FetchCause.TANGLED)
    tree = LexborHTMLParser(markup)
    links = tree.css(link)[:MAX_PAGES]
    pages = named(ListedPage(join_url(url, node.attributes.get("href")), plain_title(node.html or "")) for node in links)
    if not pages and not may_be_empty:
        raise FeedUnreadable(f"tidak ada tautan yang cocok dengan {link!r}")
    following = tree.css_first(next_page) if next_page else None
    href = join_url(url, following.attributes.get("href")) if following else ""
    return Listing(pages, (ListLink(href),) if href else ())


def fill_pattern(pattern: str, day: date | None = None, page: int = 1) -> str:
    """The address of one day and one page.

    >>> fill_pattern("https://contoh.test/indeks/{yyyy}/{mm}/{dd}?page={page}", date(2024, 8, 1), 2)
    'https://contoh.test/indeks/2024/08/01?page=2'
    """
    url = pattern.replace(PAGE_PART, str(page))
    if day is None:
        return url
    parts = {"yyyy": f"{day:%Y}", "yy": f"{day:%y}", "mm": f"{day:%m}", "m": str(day.month), "dd": f"{day:%d}", "d": str(day.day)}
    return DAY_PARTS.sub(lambda found: parts[found[1]], url)


def next_of_pattern(pattern: str, day: date | None, url: str, *, max_pages: int) -> str | None:
    """The page after this one, where the pattern counts pages; None after the last that we read."""
    if PAGE_PART not in pattern:
        return None
    for page in range(1, max_pages):
        if fill_pattern(pattern, day, page) == url:
            return fill_pattern(pattern, day, page + 1)
    return None


def has_day(pattern: str) -> bool:
    """Whether a pattern says year, month and day, as the address of an archive must."""
    return {"y", "m", "d"} <= {part[0] for part in DAY_PARTS.findall(pattern)}


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day, the newest first: what is read first is what monitors wait for."""
    for number in range((last - first).days, -1, -1):
        yield first + timedelta(number)
