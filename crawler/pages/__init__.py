"""Page objects: from the bytes of one page to its article, without network and without database."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.addresses import is_web_url
from crawler.items import FetchedArticle
from crawler.pages import antaranews, bawaslu, inews, kasn, wapresri
from crawler.pages.base import GENERIC, Layout, read_article
from crawler.pages.decoding import decode_page

READERS: dict[str, Layout] = {
    layout.name: layout for layout in (GENERIC, antaranews.LAYOUT, bawaslu.LAYOUT, inews.LAYOUT, kasn.LAYOUT, wapresri.LAYOUT)
}

READER_OF_DOMAIN = {
    "antaranews.com": "antaranews",
    "bawaslu.go.id": "bawaslu",
    "inews.id": "inews",
    "kasn.go.id": "kasn",
    "wapresri.go.id": "wapresri",
}


def read_page(
    reader: str, body: bytes, url: str, content_type: str = "", *, place: str = "Asia/Jakarta", hosts: Sequence[str] = ()
) -> FetchedArticle:
    """Read a page as it came; raises NotAnArticle with a reason for people.

    `place` is the outlet's time zone, for dates that name none; `hosts` are those whose addresses count as its own.
    """
    return read_article(READERS[reader], decode_page(body, content_type), url, place=place, hosts=hosts)


def extract(page: str | bytes, url: str = "") -> FetchedArticle:
    """Read any page: by its host where the outlet is known, else the generic way. Raises NotAnArticle."""
    markup = decode_page(page) if isinstance(page, bytes) else page
    return read_article(READERS[reader_of(url)], markup, url)


def reader_of(url: str) -> str:
    """The name of the page object that knows this address."""
    host = (urlsplit(url).hostname or "").lower() if is_web_url(url) else ""
    return next((name for domain, name in READER_OF_DOMAIN.items() if host == domain or host.endswith(f".{domain}")), "generic")
