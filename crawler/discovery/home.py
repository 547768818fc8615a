"""Reading an outlet's home page: what it calls itself, the lists that it names, the family it belongs to. Pure functions."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.addresses import is_on_hosts, is_web_url
from crawler.catalogue import load_families
from crawler.discovery.visiting import Answer
from crawler.pages.decoding import decode_page
from crawler.pages.markup import is_tangled, plain_title

FEED_TYPE = re.compile(r"application/(?:rss|atom)\+xml", re.I)
COMMENTS = re.compile(r"/comments?/|komentar", re.I)
INDEX_TEXT = re.compile(r"^(?:indeks?|index|berita terkini|terkini|berita|semua berita|arsip)$", re.I)
TITLE_PARTS = re.compile(r"\s+[-|–—»:]+\s+")
COMMON_TITLE = re.compile(r"^(?:berita|beranda|home|kabar terkini|portal|situs|terkini|website)\b", re.I)
"""Parts of a title that any outlet may carry beside its name."""
HEADLINE_WORDS = 5
MIN_HEADLINES = 5
LADDER = 4
"""Steps up from a link on which a class may tell headlines from the rest."""
CSS_NAME = re.compile(r"^[A-Za-z][\w-]*$")
MANY_LINKS = 3_000
STATE_DOMAIN = ".go.id"
STATE_FAMILY, PRESS_FAMILY = "pemerintah", "mandiri"


@dataclass(frozen=True)
class Home:
    """A home page, as far as it matters for finding lists."""

    url: str
    name: str
    language: str
    feeds: tuple[str, ...]
    """Named by the page itself, comments left out."""
    index_urls: tuple[str, ...]
    has_wordpress_rest: bool
    markup: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


def read_home(answer: Answer) -> Home:
    """What the page says; a page that no parser should be given says nothing."""
    markup = decode_page(answer.body, answer.content_type)
    tree = LexborHTMLParser("" if is_tangled(markup) else markup)
    feeds = [_href(node, answer.url) for node in tree.css("link[rel~=alternate]") if FEED_TYPE.search(_attribute(node, "type"))]
    root = tree.css_first("html")
    return Home(
        url=answer.url,
        name=_name(tree) or (urlsplit(answer.url).hostname or ""),
        language=_attribute(root, "lang")[:2].lower() if root else "",
        feeds=tuple(dict.fromkeys(url for url in feeds if url and not COMMENTS.search(url))),
        index_urls=tuple(dict.fromkeys(_index_urls(tree, answer.url))),
        has_wordpress_rest=tree.css_first('link[rel="https://api.w.org/"]') is not None,
        markup=markup,
    )


def recognise(home: Home) -> tuple[str, str]:
    """The family, and the member's own part of its addresses: by the host, then by what stands in the markup."""
    for name, family in load_families().items():
        if at := family.place_of(home.host):
            return name, at
    if home.host.endswith(STATE_DOMAIN):
        return STATE_FAMILY, home.host
    for name, family in load_families().items():
        if not family.host and any(marker in home.markup for marker in family.markers):
            return name, home.host
    return PRESS_FAMILY, ""


def guess_link_selector(answer: Answer) -> str:
    """CSS of the headlines of an index page: the class around most links of many words. Empty where none stands out."""
    markup = decode_page(answer.body, answer.content_type)
    if is_tangled(markup):
        return ""
    host = urlsplit(answer.url).hostname or ""
    counts: Counter[str] = Counter()
    pages = defaultdict[str, set[str]](set)
    for link in LexborHTMLParser(markup).css("a[href]")[:MANY_LINKS]:
        url = _href(link, answer.url)
        if len(plain_title(link.html or "").split()) < HEADLINE_WORDS or not is_on_hosts(url, (host,)):
            continue
        for selector in _selectors(link):
            counts[selector] += 1
            pages[selector].add(url)
    best = max(counts, key=lambda selector: (len(pages[selector]), -counts[selector], -len(selector)), default="")
    return best if best and len(pages[best]) >= MIN_HEADLINES else ""


def _selectors(link: LexborNode) -> Iterator[str]:
    node: LexborNode | None = link
    for step in range(LADDER):
        if node is None or node.tag in ("body", "html"):
            return
        for name in _attribute(node, "class").split():
            if CSS_NAME.match(name):
                yield f"{node.tag}.{name}" if step == 0 else f"{node.tag}.{name} a"
        node = node.parent


def _name(tree: LexborHTMLParser) -> str:
    site = tree.css_first('meta[property="og:site_name"]')
    if site and (name := plain_title(_attribute(site, "content"))):
        return name[:200]
    title = tree.css_first("title")
    parts = TITLE_PARTS.split(plain_title(title.html or "")) if title else []
    own = [part for part in parts if not COMMON_TITLE.match(part)]
    return min(own or parts, key=len, default="")[:200]


def _index_urls(tree: LexborHTMLParser, url: str) -> Iterator[str]:
    host = urlsplit(url).hostname or ""
    for node in tree.css("a[href]")[:MANY_LINKS]:
        target = _href(node, url)
        if INDEX_TEXT.match(plain_title(node.html or "")) and is_on_hosts(target, (host,)):
            yield target


def _href(node: LexborNode, base: str) -> str:
    try:
        url = urljoin(base, _attribute(node, "href").strip())
    except ValueError:
        return ""
    return url if is_web_url(url) else ""


def _attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""
