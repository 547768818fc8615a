"""Reading one page, without network: the outlet's selectors first, trafilatura where they find nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import trafilatura
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.addresses import canonical_url, is_on_hosts, is_web_url
from crawler.dates import Moment, parse_date
from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.pages.language import language_of
from crawler.pages.markup import clean_paragraphs, is_tangled, paragraphs_of, plain_title
from crawler.pages.metadata import HeadData, read_head

MIN_WORDS = 20
MAX_TREE = 100_000
"""Elements of a page that trafilatura may still be given; more of them cost minutes."""
BYLINE = re.compile(r"^(?:oleh|pewarta|penulis|reporter|kontributor|by)\s*:?\s+", re.I)
STAMP = re.compile(
    r"((?:\d{1,2}[ /.-]+(?:[A-Za-z]{3,9}|\d{1,2})[ /.-]+\d{4}).{0,12}?\d{1,2}[:.]\d{2}(?:\s*WI(?:B|TA|T)\b)?)", re.S
)
SITE_SUFFIX = re.compile(r"\s+(?:[-|–—»:]|::)\s+[^-|–—»:]{2,40}$")


@dataclass(frozen=True)
class Layout:
    """Where an outlet keeps the parts of its article, by CSS; an empty part is found the generic way."""

    name: str
    body: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    """Inside the body, but not of the article."""
    author_pattern: str = ""
    """Names the author in the text of `author`, as its first group."""


GENERIC = Layout("generic")


def read_article(
    layout: Layout, markup: str, url: str, *, place: str = "Asia/Jakarta", hosts: Sequence[str] = ()
) -> FetchedArticle:
    """The article of a page; raises NotAnArticle where there is none to keep."""
    markup = markup.encode("utf-8", "replace").decode()  # JSON may hold halves of surrogate pairs, which no parser takes.
    if not markup.strip():
        raise NotAnArticle("halaman kosong")
    if is_tangled(markup):
        raise NotAnArticle("halaman terlalu rumit untuk dibaca")
    tree = LexborHTMLParser(markup)
    head = read_head(tree)
    tree.strip_tags(["script", "style", "noscript", "template"], recursive=True)
    title, author = _read_title(tree, head, layout), _read_author(tree, head, layout)
    moment = _read_date(tree, head, layout, title, place)
    paragraphs, method = _read_body(tree, markup, layout)
    text = "\n\n".join(line for line in paragraphs if line != title)
    if len(text.split()) < MIN_WORDS:
        raise NotAnArticle("tidak ada teks artikel (kurang dari 20 kata)")
    return FetchedArticle(
        url=_own_address(head, url, hosts),
        title=title,
        text=text,
        author=author,
        published_at=moment.at if moment else None,
        published_zone=moment.zone if moment else "",
        language=language_of(text, head.language),
        method=method,
    )


def _read_body(tree: LexborHTMLParser, markup: str, layout: Layout) -> tuple[list[str], str]:
    for selector in layout.body:
        for node in tree.css(selector):
            paragraphs = paragraphs_of(node, layout.drop)
            if sum(len(line.split()) for line in paragraphs) >= MIN_WORDS:
                return paragraphs, layout.name
    if markup.count("<") > 2 * MAX_TREE:
        raise NotAnArticle("halaman terlalu rumit untuk dibaca")
    found = trafilatura.bare_extraction(markup, favor_precision=True, include_comments=False, include_tables=False)
    text = getattr(found, "text", None) or ""
    return clean_paragraphs(text), "trafilatura"


def _read_title(tree: LexborHTMLParser, head: HeadData, layout: Layout) -> str:
    for selector in layout.title:
        node = tree.css_first(selector)
        if node is not None and (title := plain_title(node.html or "")):
            return title
    if title := plain_title(head.headline):
        return SITE_SUFFIX.sub("", title) if " | " in title or _has_shorter_heading(tree, title) else title
    heading = tree.css_first("h1")
    if heading is not None and (title := plain_title(heading.html or "")):
        return title
    return SITE_SUFFIX.sub("", plain_title(head.title))


def _has_shorter_heading(tree: LexborHTMLParser, title: str) -> bool:
    """Whether the page's own heading is this title without the name of the site behind it."""
    short = SITE_SUFFIX.sub("", title)
    return short != title and any(plain_title(node.html or "") == short for node in tree.css("h1, h2"))


def _read_author(tree: LexborHTMLParser, head: HeadData, layout: Layout) -> str:
    for selector in layout.author:
        node = tree.css_first(selector)
        if node is None:
            continue
        text = node.text(separator="\n").strip()
        found = re.search(layout.author_pattern, text) if layout.author_pattern else None
        name = found[1] if found else ("" if layout.author_pattern else text)
        if name := BYLINE.sub("", plain_title(name)):
            return name[:200]
    return BYLINE.sub("", plain_title(head.author))[:200]


def _read_date(tree: LexborHTMLParser, head: HeadData, layout: Layout, title: str, place: str) -> Moment | None:
    """The most exact of what the outlet's own place, the head and the lines around the headline say."""
    texts = [_date_text(tree.css_first(selector)) for selector in layout.date]
    texts += [head.published, _date_text(tree.css_first("time[datetime]")), *_around_title(tree, title)]
    seen = [moment for moment in (parse_date(text, place) for text in texts) if moment]
    return next((moment for moment in seen if moment.precision != "day"), seen[0] if seen else None)


def _date_text(node: LexborNode | None) -> str:
    return "" if node is None else node.attributes.get("datetime") or node.text(separator=" ")


def _around_title(tree: LexborHTMLParser, title: str) -> list[str]:
    """What stands below and above the headline, where papers print date and time. Only with a time beside it:
    a bare day there may as well be another article's, or today's."""
    anchor = SITE_SUFFIX.sub("", title)
    if not anchor or tree.body is None:
        return []
    before, found, after = " ".join(tree.body.text(separator=" ").split()).partition(anchor)
    return [line[1] for text in (after[:500], before[-300:]) if found and (line := STAMP.search(text))]


def _own_address(head: HeadData, url: str, hosts: Sequence[str]) -> str | None:
    """The page's canonical link where it stays on the outlet's hosts, else the address that was fetched.

    A link to the front page is a mistake of the outlet's template, and would make all its articles one.
    """
    if head.canonical and is_on_hosts(head.canonical, hosts or _host_of(url)):
        address = canonical_url(head.canonical, hosts)
        if urlsplit(address).path != "/" or urlsplit(address).query:
            return address
    return canonical_url(url, hosts) if is_web_url(url) else None


def _host_of(url: str) -> tuple[str, ...]:
    return (urlsplit(canonical_url(url)).hostname or "",) if is_web_url(url) else ()
