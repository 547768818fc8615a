"""Posts as WordPress gives them for machines: one object of /wp-json/wp/v2/posts, with or without `_embed`."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.addresses import canonical_url, is_web_url
from crawler.dates.moments import Moment, parse_date
from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.pages.boilerplate import clean_lines
from crawler.pages.credits import Credits, find_credits, plain_name
from crawler.pages.language import language_of
from crawler.pages.layout import load_families
from crawler.pages.lines import read_lines
from crawler.pages.markup import is_tangled, plain_title
from crawler.pages.metadata import HeadData
from crawler.pages.quality import Reading, judge
from crawler.pages.reader import mark_junk
from crawler.pages.refusals import Refusal

METHOD = "wordpress-json"
MIN_WORDS = 10
LARGEST = 8 * 1024 * 1024


def read_post(post: bytes | str | Mapping[str, Any], *, place: str = "Asia/Jakarta") -> FetchedArticle:
    """The article of one post; raises NotAnArticle with a reason for people."""
    data = post if isinstance(post, Mapping) else _parse(post)
    content = _rendered(data, "content")
    if is_tangled(content):
        raise Refusal.TANGLED.error()
    title, url = plain_title(_rendered(data, "title")), data.get("link")
    reading, printed = _read_content(content, title)
    moment = _moment_of(data, place)
    author = plain_name(plain_title(_author_of(data))) or printed.author
    quality = judge(reading, HeadData(), title=title, author=author, published_at=moment.at if moment else None)
    terms = _terms_of(data)
    return FetchedArticle(
        url=canonical_url(url) if isinstance(url, str) and is_web_url(url) else None,
        title=title,
        text=reading.text,
        author=author,
        editor=printed.editor,
        published_at=moment.at if moment else None,
        published_zone=moment.zone if moment else "",
        language=language_of(reading.text),
        method=METHOD,
        section=next(iter(terms.get("category", ())), ""),
        tags=terms.get("post_tag", ()),
        site=urlsplit(url).hostname or "" if isinstance(url, str) and is_web_url(url) else "",
        quality=quality.score,
        quality_reasons=quality.reasons,
    )


def _parse(body: bytes | str) -> Mapping[str, Any]:
    try:
        data = json.loads(body) if len(body) <= LARGEST else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or "content" not in data:
        raise NotAnArticle("bukan tulisan WordPress (JSON)")
    return data


def _read_content(content: str, title: str) -> tuple[Reading, Credits]:
    fragment = LexborHTMLParser(f"<body>{content}</body>".encode("utf-8", "replace").decode())
    body = fragment.body
    if body is None:
        raise Refusal.EMPTY.error()
    printed = find_credits(line for line in body.text(separator="\n").splitlines()[-8:])
    for layout in load_families()["wordpress"].layouts:
        for selector in layout.drop:
            for unwanted in body.css(selector):
                unwanted.decompose()
    outline = read_lines(body)
    mark_junk(outline)
    reading = Reading(clean_lines(outline.lines, title), METHOD, is_by_layout=True)
    if reading.words < MIN_WORDS:
        raise Refusal.NO_TEXT.error(f"kurang dari {MIN_WORDS} kata")
    return reading, printed


def _moment_of(data: Mapping[str, Any], place: str) -> Moment | None:
    """`date` is local and `date_gmt` is not: together they give clock and zone."""
    local, world = (data.get(name) if isinstance(data.get(name), str) else "" for name in ("date", "date_gmt"))
    here = parse_date(str(local), place) if local else None
    there = parse_date(f"{world}Z", place) if world else None
    if here is None or there is None:
        return here or there
    offset = here.at.replace(tzinfo=None) - there.at.replace(tzinfo=None)
    sign = "-" if offset.days < 0 else "+"
    minutes = int(abs(offset.total_seconds()) // 60)
    return parse_date(f"{local}{sign}{minutes // 60:02d}:{minutes % 60:02d}", place) if minutes <= 14 * 60 else there


def _rendered(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    text = value.get("rendered") if isinstance(value, dict) else value
    return text if isinstance(text, str) else ""


def _author_of(data: Mapping[str, Any]) -> str:
    head, embedded = data.get("yoast_head_json"), data.get("_embedded")
    if isinstance(head, dict) and isinstance(head.get("author"), str):
        return head["author"]
    authors = embedded.get("author") if isinstance(embedded, dict) else None
    first = authors[0] if isinstance(authors, list) and authors else None
    return first["name"] if isinstance(first, dict) and isinstance(first.get("name"), str) else ""


def _terms_of(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Names of categories and tags by taxonomy, where `_embed` asked for them."""
    embedded = data.get("_embedded")
    groups = embedded.get("wp:term") if isinstance(embedded, dict) else None
    found: dict[str, list[str]] = {}
    for group in groups if isinstance(groups, list) else []:
        for term in group if isinstance(group, list) else []:
            if isinstance(term, dict) and isinstance(term.get("name"), str):
                found.setdefault(str(term.get("taxonomy")), []).append(plain_title(term["name"], longest=80))
    return {taxonomy: tuple(names[:30]) for taxonomy, names in found.items()}
