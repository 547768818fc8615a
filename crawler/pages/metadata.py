"""What a page says of itself in its head: JSON-LD, Open Graph, meta tags."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser

ARTICLE_TYPES = {
    *("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "AnalysisNewsArticle", "OpinionNewsArticle"),
    *("LiveBlogPosting", "BackgroundNewsArticle", "Report"),
}
MAX_JSON_LD = 400_000
MAX_DEPTH = 6
BROKEN_FIELD = re.compile(r'"(headline|datePublished)"\s*:\s*"([^"\\]{1,300})"')
"""What is still plain in JSON-LD that no parser takes: a comma too many, a quotation mark in a headline."""

DATE_NAMES = (
    "article:published_time",
    "datepublished",
    "publishdate",
    "content_publisheddate",
    "content_published_date",
    "pubdate",
    "og:published_time",
    "dc.date",
    "dc.date.issued",
    "date",
    "originalpublicationdate",
    "parsely-pub-date",
    "sailthru.date",
)
AUTHOR_NAMES = ("author", "article:author", "content_author", "dable:author", "dc.creator", "parsely-author")
EDITOR_NAMES = ("content_editor", "editor", "article:editor")
SECTION_NAMES = ("article:section", "content_category", "category", "parsely-section", "dable:category")
TAG_NAMES = ("news_keywords", "content_tag", "content_tags", "keywords", "parsely-tags")
MOST_TAGS = 30


@dataclass(frozen=True)
class HeadData:
    """The head of a page, as it stands there; nothing in it is trusted or cleaned yet."""

    article: dict[str, Any] = field(default_factory=dict)
    """The first JSON-LD object that is an article."""
    meta: dict[str, str] = field(default_factory=dict)
    article_tags: tuple[str, ...] = ()
    canonical: str = ""
    title: str = ""
    language: str = ""

    def first_meta(self, *names: str) -> str:
        return next((self.meta[name] for name in names if self.meta.get(name)), "")

    @property
    def headline(self) -> str:
        return _text(self.article.get("headline")) or self.first_meta("og:title", "twitter:title")

    @property
    def published(self) -> str:
        return _text(self.article.get("datePublished")) or self.first_meta(*DATE_NAMES)

    @property
    def author(self) -> str:
        named = _author(self.article.get("author")) or self.first_meta(*AUTHOR_NAMES)
        return "" if named.startswith(("http:", "https:")) else named

    @property
    def editor(self) -> str:
        return _author(self.article.get("editor")) or self.first_meta(*EDITOR_NAMES)

    @property
    def section(self) -> str:
        named = self.article.get("articleSection")
        return _text(named[0] if isinstance(named, list) and named else named) or self.first_meta(*SECTION_NAMES)

    @property
    def tags(self) -> list[str]:
        named = self.article.get("keywords")
        words = [_text(word) for word in named] if isinstance(named, list) else _text(named).split(",")
        return [*self.article_tags] or [word for word in words if word] or self.first_meta(*TAG_NAMES).split(",")

    @property
    def description(self) -> str:
        return self.first_meta("og:description", "description", "twitter:description") or _text(self.article.get("description"))

    @property
    def body(self) -> str:
        """The article as JSON-LD repeats it, which may be cut, or hold markup."""
        return _text(self.article.get("articleBody"))

    @property
    def site(self) -> str:
        return self.first_meta("og:site_name", "application-name")

    @property
    def generator(self) -> str:
        return self.meta.get("generator", "")


def read_head(tree: LexborHTMLParser) -> HeadData:
    """Collect what the head says; a part that cannot be read is left out."""
    meta: dict[str, str] = {}
    tags: list[str] = []
    for tag in tree.css("meta"):
        attributes = tag.attributes
        name = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
        content = (attributes.get("content") or "").strip()
        if name == "article:tag" and len(tags) < MOST_TAGS:
            tags.append(content)
        if name and not meta.get(name):
            meta[name] = content
    link = tree.css_first('link[rel="canonical"]')
    title, root = tree.css_first("title"), tree.css_first("html")
    return HeadData(
        article=next(_articles(tree), {}),
        meta=meta,
        article_tags=tuple(tags),
        canonical=(link.attributes.get("href") or "").strip() if link else meta.get("og:url", ""),
        title=title.text() if title else "",
        language=((root.attributes.get("lang") if root else "") or meta.get("og:locale", "") or "")[:2].lower(),
    )


def _articles(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    for script in tree.css('script[type="application/ld+json"]'):
        source = script.text().strip()
        if len(source) > MAX_JSON_LD:
            continue
        try:
            data = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            if "Article" in source and (plain := dict(BROKEN_FIELD.findall(source))):
                yield plain
            continue
        yield from _find_articles(data, MAX_DEPTH)


def _find_articles(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth == 0:
        return
    if isinstance(data, list):
        for part in data:
            yield from _find_articles(part, depth - 1)
    elif isinstance(data, dict):
        kinds = data.get("@type")
        if any(isinstance(kind, str) and kind in ARTICLE_TYPES for kind in (kinds if isinstance(kinds, list) else [kinds])):
            yield data
        yield from _find_articles(data.get("@graph", []), depth - 1)


def _author(value: Any) -> str:
    """A name: JSON-LD gives text, an object, or a list of either."""
    return ", ".join(filter(None, map(_author_name, value if isinstance(value, list) else [value])))


def _author_name(value: Any) -> str:
    return _text(value.get("name") if isinstance(value, dict) else value)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
