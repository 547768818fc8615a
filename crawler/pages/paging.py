"""Articles cut into pages: where the rest is, and how the parts become one text again."""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.addresses import canonical_url, is_web_url
from crawler.items import FetchedArticle
from crawler.pages.decoding import decode_page
from crawler.pages.layout import Layout, family_of, load_families
from crawler.pages.markup import untangle

PAGE_NAMES = ("page", "hal", "halaman", "p", "pg", "paged")
WHOLE_NAMES = {"page": "all", "show": "all", "single": "1", "halaman": "semua", "view": "all"}
WHOLE_WORDS = re.compile(
    r"^\W*(?:show all|tampilkan semua|lihat semua(?: halaman)?|semua(?: halaman)?|baca semua|all|halaman penuh)\W*$", re.I
)
NEXT_WORDS = re.compile(
    r"^\W*(?:selanjutnya|berikutnya|halaman (?:selanjutnya|berikutnya)|next(?: page)?|lanjut(?:kan)?(?: membaca)?|"
    r"baca selanjutnya)\W*$",
    re.I,
)
PATH_PAGE = re.compile(r"(?:/page)?/(\d{1,2})/?$")
MOST_PAGES = 20
MOST_LINKS = 2_000
SAME_LINE = 8
"""Words of a line that is dropped when an earlier page of the same article had it already."""


def next_page(body: bytes | str, url: str, content_type: str = "", *, reader: str = "") -> str | None:
    """The address of the rest of an article: the whole of it where the outlet offers that, else its next page.

    Only an address that differs from `url` by nothing but a page's number counts, so that a link to the next article
    is never taken. None where the article is whole.
    """
    markup = untangle(decode_page(body, content_type) if isinstance(body, bytes) else body)
    if not is_web_url(url) or markup is None or not markup.strip():
        return None
    tree = LexborHTMLParser(markup.encode("utf-8", "replace").decode())
    own, current = _split(url)
    if current == "all":
        return None
    found = [
        (number, address)
        for address, label in _links(tree, url, reader)
        if (number := _number_of(address, label, own)) is not None
    ]
    whole = next((address for number, address in found if number == "all"), None)
    following = str(int(current) + 1)
    if whole or int(current) >= MOST_PAGES:
        return whole
    return next((address for number, address in found if number == following), None)


def join_pages(parts: Sequence[FetchedArticle]) -> FetchedArticle:
    """One article of its pages in their order; what every page repeats is kept once. The first page says who and when."""
    first = parts[0]
    seen: set[str] = set()
    paragraphs: list[str] = []
    for part in parts:
        for paragraph in part.text.split("\n\n"):
            is_repeated = paragraph in seen and part is not first and len(paragraph.split()) >= SAME_LINE
            if paragraph and not is_repeated:
                paragraphs.append(paragraph)
        seen.update(part.text.split("\n\n"))
    rated = [part.quality for part in parts if part.quality is not None]
    return replace(
        first,
        url=_without_page(first.url) if first.url else None,
        text="\n\n".join(paragraphs),
        editor=first.editor or next((part.editor for part in parts if part.editor), ""),
        captions=tuple(dict.fromkeys(caption for part in parts for caption in part.captions)),
        quality=min(rated) if rated else None,
        quality_reasons=tuple(dict.fromkeys(reason for part in parts for reason in part.quality_reasons)),
    )


def _links(tree: LexborHTMLParser, url: str, reader: str) -> list[tuple[str, str]]:
    """Addresses with their words: those that the layout names first, then the head's, then all others."""
    family = load_families().get(reader) or load_families()[family_of(urlsplit(url).hostname or "")]
    layouts: tuple[Layout, ...] = family.layouts
    selectors = [selector for layout in layouts for selector in layout.next]
    nodes = [node for selector in [*selectors, "link[rel=next]", "a[rel=next]", "a[href]"] for node in tree.css(selector)]
    links: dict[str, str] = {}
    for node in nodes[:MOST_LINKS]:
        address = node.attributes.get("href") or ""
        try:
            address = urljoin(url, address.strip())
        except ValueError:
            continue
        if is_web_url(address):
            links.setdefault(address, node.text(strip=True)[:60])
    return list(links.items())


def _number_of(address: str, label: str, own: str) -> str | None:
    """`2` or `all` where the address is a page of the article `own`."""
    base, number = _split(address)
    if base != own:
        return None
    if number == "all" or (number == "1" and WHOLE_WORDS.match(label) and urlsplit(address).query):
        return "all"
    return number


def _split(url: str) -> tuple[str, str]:
    """The address of an article without its page's number, and the number."""
    parts = urlsplit(canonical_url(url, keeps_page=True))
    query = dict(parse_qsl(parts.query))
    number = "1"
    for name, value in list(query.items()):
        if WHOLE_NAMES.get(name.lower()) == value.lower():
            del query[name]
            number = "all"
        elif name.lower() in PAGE_NAMES and value.isdigit() and len(value) <= 2:
            number = str(max(1, int(value)))
            del query[name]
    path = parts.path
    if number == "1" and (found := PATH_PAGE.search(path)) and path.count("/") > 1 and int(found[1]) > 0:
        number, path = str(int(found[1])), path[: found.start()]
    base = urlunsplit(
        (parts.scheme.replace("https", "http"), parts.netloc, path.rstrip("/"), urlencode(sorted(query.items())), "")
    )
    return base, number


def _without_page(url: str) -> str:
    """The address of the whole article: without `?page=2` or `?page=all`."""
    parts = urlsplit(url)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query)
        if WHOLE_NAMES.get(name.lower()) != value.lower() and not (name.lower() in PAGE_NAMES and value.isdigit())
    ]
    return urlunsplit((*parts[:3], urlencode(query), ""))
