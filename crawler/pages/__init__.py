"""Reading pages: from the bytes of one page to its article, without network and without database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crawler.items import FetchedArticle
from crawler.pages.article import read_article
from crawler.pages.decoding import decode_page
from crawler.pages.layout import family_of
from crawler.pages.paging import join_pages, next_page
from crawler.pages.signature import host_of

__all__ = ["extract", "join_pages", "next_page", "read_page", "reader_of"]


def read_page(
    reader: str,
    body: bytes,
    url: str,
    content_type: str = "",
    *,
    place: str = "Asia/Jakarta",
    hosts: Sequence[str] = (),
    page: Mapping[str, Any] | None = None,
    seen_at: datetime | None = None,
) -> FetchedArticle:
    """Read a page as it came; raises NotAnArticle with a reason for people.

    `place` is the outlet's time zone, for dates that name none; `hosts` are those whose addresses count as its own;
    `page` is what the source file says of its own layout; `seen_at` lets `2 jam lalu` be read.
    """
    markup = decode_page(body, content_type)
    return read_article(markup, url, reader=reader, page=page, place=place, hosts=hosts, seen_at=seen_at)


def extract(
    page: str | bytes, url: str = "", *, place: str = "", hosts: Sequence[str] = (), seen_at: datetime | None = None
) -> FetchedArticle:
    """Read any page: by its host, or what it says of itself, where that is known, else the generic way. Raises NotAnArticle.

    `place` is the outlet's time zone, for dates that name none; without it the host is asked.
    """
    markup = decode_page(page) if isinstance(page, bytes) else page
    return read_article(markup, url, place=place, hosts=hosts, seen_at=seen_at)


def reader_of(url: str) -> str:
    """The name of the family that knows this address."""
    return family_of(host_of(url))
