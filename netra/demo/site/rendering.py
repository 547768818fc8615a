"""From an article to the page, the feed or the sitemap in which its outlet shows it."""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from netra.demo.site.articles import DemoArticle
from netra.demo.site.misbehaviour import Answer
from netra.demo.site.outlets import HIDDEN_FOLDER, OUTLETS, Outlet, long_date

PAGE_SIZE = 6
CHILD_SITEMAP = "/sitemap-publikasi-{}.xml.gz"
RSS_TYPE = "application/rss+xml; charset=utf-8"

environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
environment.filters["long_date"] = long_date
environment.filters["rfc_2822"] = format_datetime
environment.filters["local"] = lambda moment, outlet: outlet.local(moment)


@dataclass(frozen=True)
class Shelf:
    """What an outlet shows now: its articles, newest first, and when each was changed last."""

    outlet: Outlet
    articles: Sequence[DemoArticle]
    changed_at: Callable[[DemoArticle], datetime | None]

    def beside(self, article: DemoArticle) -> list[DemoArticle]:
        """Four others, for the lists around an article."""
        return [other for other in self.articles if other.slug != article.slug and not other.special][:4]


def render_article(shelf: Shelf, article: DemoArticle, base: str) -> Answer:
    return _html(
        f"{shelf.outlet.slug}.html",
        outlet=shelf.outlet,
        article=article,
        title=headline(article),
        related=shelf.beside(article),
        json_ld=_json_ld(shelf, article),
        base=base,
    )


def headline(article: DemoArticle) -> str | Markup:
    """The injected headline is escaped by nobody: such outlets exist."""
    return Markup(article.title) if article.special == "injected" else article.title  # noqa: S704


def render_list(shelf: Shelf, path: str, base: str) -> Answer | None:
    """The feed, sitemap or index page at this path; None where there is none."""
    slug = shelf.outlet.slug
    if slug == "kasn":
        return _sitemap(shelf, path)
    if slug == "wapresri":
        return _index(shelf, path, base)
    if path != shelf.outlet.list_path:
        return None
    rss = environment.get_template("rss.xml").render(shelf=shelf, outlet=shelf.outlet, headline=headline)
    return Answer(rss.encode(), RSS_TYPE)


def render_robots(outlet: Outlet) -> Answer:
    lines = ["User-agent: *", f"Disallow: {HIDDEN_FOLDER}", "Crawl-delay: 0.02"]
    if outlet.slug == "kasn":
        lines.append(f"Sitemap: {outlet.root}{outlet.list_path}")
    return Answer("\n".join([*lines, ""]).encode(), "text/plain; charset=utf-8")


def render_directory() -> Answer:
    """The first page, for people: which outlets there are."""
    return _html("directory.html", outlets=OUTLETS.values())


def _html(template: str, **values: Any) -> Answer:
    return Answer(environment.get_template(template).render(values).encode())


def _json_ld(shelf: Shelf, article: DemoArticle) -> Markup:
    """JSON-LD as iNews writes it; `<` is escaped, so that nothing in it can close the script."""
    published = {"datePublished": shelf.outlet.local(article.published_at).isoformat()} if article.published_at else {}
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "mainEntityOfPage": shelf.outlet.url_of(article),
        "author": {"@type": "Person", "name": article.author},
        "editor": {"@type": "Person", "name": article.editor},
        "publisher": {"@type": "Organization", "name": shelf.outlet.name},
        **published,
    }
    return Markup(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704


def _index(shelf: Shelf, path: str, base: str) -> Answer | None:
    """`/berita/`, `/berita/page/2/`, … as WordPress pages its archive."""
    prefix = shelf.outlet.list_path
    number = "1" if path == prefix else path.removeprefix(f"{prefix}page/").removesuffix("/")
    start = (int(number) - 1) * PAGE_SIZE if number.isdigit() else -1
    shown = shelf.articles[start : start + PAGE_SIZE] if start >= 0 and path.startswith(prefix) else []
    if not shown:
        return None
    following = f"{prefix}page/{int(number) + 1}/" if start + PAGE_SIZE < len(shelf.articles) else ""
    return _html("wapresri_index.html", outlet=shelf.outlet, articles=shown, following=following, base=base)


def _sitemap(shelf: Shelf, path: str) -> Answer | None:
    half = (len(shelf.articles) + 1) // 2
    halves = {CHILD_SITEMAP.format(1): shelf.articles[:half], CHILD_SITEMAP.format(2): shelf.articles[half:]}
    if path == shelf.outlet.list_path:
        xml = environment.get_template("sitemap_index.xml").render(outlet=shelf.outlet, paths=list(halves))
        return Answer(xml.encode(), "application/xml; charset=utf-8")
    if path not in halves:
        return None
    xml = environment.get_template("sitemap.xml").render(shelf=shelf, outlet=shelf.outlet, articles=halves[path])
    return Answer(gzip.compress(xml.encode(), mtime=0), "application/x-gzip")


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
