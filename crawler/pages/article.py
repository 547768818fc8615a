"""From one page to its article, without network and without database: layout first, own reader second, trafilatura third."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.addresses import ARTICLE_END, PAGE_PARAMETER, canonical_url, is_on_hosts, is_web_url
from crawler.dates.moments import parse_date
from crawler.items import FetchedArticle
from crawler.pages.body import read_body
from crawler.pages.credits import Credits, find_credits, plain_name
from crawler.pages.dating import find_moment
from crawler.pages.language import language_of
from crawler.pages.layout import Family, Layout, load_families
from crawler.pages.markup import plain_title, untangle
from crawler.pages.metadata import HeadData, read_head
from crawler.pages.places import place_of
from crawler.pages.quality import judge
from crawler.pages.refusals import MOST_NULS, Refusal
from crawler.pages.selectors import find_all
from crawler.pages.signature import host_of, recognise

LARGEST_PAGE = 16 * 1024 * 1024
"""Characters of markup that are read at all."""
SITE_SUFFIX = re.compile(r"\s+(?:[-|–—»:]|::)\s+[^-|–—»:]{2,40}$")
SITE_PREFIX = re.compile(r"^[\w. ]{2,30}:\s+")
ARTICLE_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
MOST_TAGS, MOST_CAPTIONS = 30, 20
LONGEST_TAG, LONGEST_CAPTION = 80, 500


def read_article(
    markup: str,
    url: str,
    *,
    reader: str = "generic",
    page: Mapping[str, Any] | None = None,
    place: str = "",
    hosts: Sequence[str] = (),
    seen_at: datetime | None = None,
) -> FetchedArticle:
    """The article of a page; raises NotAnArticle, with a reason for people, where there is none to keep.

    The reader `generic` asks the address and the page itself which family they are of; without a `place` the host is asked.
    """
    url = url if is_web_url(url) else ""
    markup = _check(markup)
    tree = _parse(markup)
    head = read_head(tree)
    host = host_of(url)
    family = load_families()[recognise(head, host) if reader == "generic" else reader].with_page(page)
    place = place or place_of(host or host_of(head.canonical))
    tree.strip_tags(["script", "style", "noscript", "template"], recursive=True)
    layout, bodies = _match(tree, family, head, place)
    title = _read_title(tree, head, layout)
    moment = find_moment(tree, head, layout, title, url or head.canonical, place, seen_at)
    captions = _read_captions(bodies, layout)
    credits = _read_credits(tree, head, layout, bodies)
    reading = read_body(tree, markup, head, layout, bodies, title=title, url=url, method=family.name)
    published_at = moment.at if moment else None
    quality = judge(reading, head, title=title, author=credits.author, published_at=published_at)
    return FetchedArticle(
        url=_own_address(head, url, hosts),
        title=title,
        text=reading.text,
        author=credits.author,
        published_at=published_at,
        published_zone=moment.zone if moment else "",
        language=language_of(reading.text, head.language),
        method=reading.method,
        editor=credits.editor,
        section=_read_section(tree, head, layout),
        tags=_read_tags(tree, head, layout),
        captions=captions,
        site=plain_title(head.site, longest=LONGEST_TAG) or host_of(url or head.canonical),
        quality=quality.score,
        quality_reasons=quality.reasons,
    )


def _check(markup: str) -> str:
    """What of the markup a parser can be given."""
    if not markup.strip():
        raise Refusal.EMPTY.error()
    if markup.count("\0", 0, 4096) > MOST_NULS:
        raise Refusal.BINARY.error()
    plain = untangle(markup) if len(markup) <= LARGEST_PAGE else None
    if plain is None:
        raise Refusal.TANGLED.error()
    return plain


def _parse(markup: str) -> LexborHTMLParser:
    try:
        return LexborHTMLParser(markup)
    except UnicodeEncodeError:  # JSON may hold halves of surrogate pairs, which no parser takes.
        return LexborHTMLParser(markup.encode("utf-8", "replace").decode())


def _match(tree: LexborHTMLParser, family: Family, head: HeadData, place: str) -> tuple[Layout, list[LexborNode]]:
    """The layout that this page has, and the elements that hold its text; the newest where none fits."""
    moment = parse_date(head.published, place) if len(family.layouts) > 1 else None
    layouts = family.layouts_on(moment.at.date() if moment else None)
    for layout in layouts:
        for selector in layout.body:
            if bodies := [node for node in tree.css(selector) if _has_words(node)]:
                return layout, _outermost(bodies)
    return layouts[0], []


def _has_words(node: LexborNode) -> bool:
    return len(node.text(separator=" ").split(None, 8)) > 8


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """Elements that stand in none of the others; a text of several elements is rare, and of many never an article."""
    if len(nodes) == 1:
        return nodes
    known = {node.mem_id for node in nodes}
    return [node for node in nodes[:MOST_CAPTIONS] if not any(parent.mem_id in known for parent in _parents(node))]


def _parents(node: LexborNode) -> Iterable[LexborNode]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _read_title(tree: LexborHTMLParser, head: HeadData, layout: Layout) -> str:
    for node in find_all(tree, layout.title):
        if title := plain_title(node.html or ""):
            return title
    named = plain_title(head.headline) or plain_title(head.title)
    headings = [plain_title(node.html or "") for node in tree.css("h1, h2")[:MOST_CAPTIONS]]
    shorter = (SITE_SUFFIX.sub("", named), SITE_PREFIX.sub("", named), named)
    said = next((title for title in shorter if title and title in headings), "")
    if said or not named:
        return said or next((title for title in headings if title), "")
    return SITE_SUFFIX.sub("", named) if " | " in named or not plain_title(head.headline) else named


def _read_credits(tree: LexborHTMLParser, head: HeadData, layout: Layout, bodies: Sequence[LexborNode]) -> Credits:
    author, editor = _name_by(tree, layout.author, layout.author_pattern), _name_by(tree, layout.editor)
    if not (author and editor):
        printed = find_credits(line for node in bodies for line in _edge_lines(node))
        author = author or plain_name(plain_title(head.author)) or printed.author
        editor = editor or plain_name(plain_title(head.editor)) or printed.editor
    return Credits(author, editor)


def _name_by(tree: LexborHTMLParser, selectors: Sequence[str], pattern: str = "") -> str:
    for node in find_all(tree, selectors):
        text = node.attributes.get("content") or node.text(separator="\n").strip()
        found = re.search(pattern, text) if pattern else None
        if name := plain_name(plain_title(found[1] if found else "" if pattern else text)):
            return name
    return ""


def _edge_lines(node: LexborNode) -> list[str]:
    """Where bylines stand: the first and the last lines of a body."""
    lines = [line.strip() for line in node.text(separator="\n").splitlines() if line.strip()]
    joined = " ".join(lines[-8:])  # `Editor` and the name behind it are often two elements.
    return [*lines[:3], *lines[-8:], joined[-200:]]


def _read_section(tree: LexborHTMLParser, head: HeadData, layout: Layout) -> str:
    named = [plain_title(node.text(), longest=LONGEST_TAG) for node in find_all(tree, layout.section)]
    return next(filter(None, reversed(named)), "") or plain_title(head.section, longest=LONGEST_TAG)


def _read_tags(tree: LexborHTMLParser, head: HeadData, layout: Layout) -> tuple[str, ...]:
    words = [node.text() for node in find_all(tree, layout.tags)] or head.tags
    plain = (plain_title(word, longest=LONGEST_TAG).lstrip("# ").rstrip(" ,") for word in words)
    return tuple(dict.fromkeys(filter(None, plain)))[:MOST_TAGS]


def _read_captions(bodies: Sequence[LexborNode], layout: Layout) -> tuple[str, ...]:
    selectors = (*layout.captions, "figcaption", ".wp-caption-text")
    found = (
        plain_title(node.text(separator=" "), longest=LONGEST_CAPTION) for body in bodies for node in find_all(body, selectors)
    )
    return tuple(dict.fromkeys(filter(None, found)))[:MOST_CAPTIONS]


def _own_address(head: HeadData, url: str, hosts: Sequence[str]) -> str | None:
    """The page's canonical link where it stays on the outlet's hosts, else the address that was fetched.

    A link to the front page or to a section is a mistake of the outlet's template, and would make all its articles one.
    """
    own = canonical_url(url, hosts) if url else None
    if head.canonical and is_on_hosts(head.canonical, hosts or (host_of(url),)):
        address = canonical_url(head.canonical, hosts)
        if _names_an_article(address) or (not (own and _names_an_article(own)) and not _is_front_page(address)):
            return address
    return own


def _is_front_page(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path == "/" and not parts.query


def _names_an_article(address: str) -> bool:
    """By its headline, by a number too long for a year, or by a query that is no number of a page."""
    parts = urlsplit(address)
    asked = [pair for pair in parts.query.split("&") if pair and not PAGE_PARAMETER.fullmatch(pair)]
    return bool(asked) or ARTICLE_END.search(parts.path.rstrip("/")) is not None or ARTICLE_NUMBER.search(parts.path) is not None
