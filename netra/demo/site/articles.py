"""The articles of the demo: Markdown files with a head of YAML, invented from the first to the last word."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

DEMO = Path(__file__).parent.parent
PAGES = DEMO / "pages"
SPECIALS = Path(__file__).parent / "specials"
KEYS = {"title", "published_at", "author", "editor", "section", "tags", "dateline", "region", "truth", "special"}


class DemoPageError(Exception):
    """A page of the demo does not say what it must."""


@dataclass(frozen=True)
class DemoArticle:
    outlet: str
    slug: str
    title: str
    paragraphs: tuple[str, ...]
    truth: str
    """The right answer, for tests: an act, or the kind of look-alike. The site never shows it."""
    published_at: datetime | None = None
    author: str = ""
    editor: str = ""
    section: str = "Berita"
    tags: tuple[str, ...] = ()
    region: str = ""
    special: str = ""
    """How this page misbehaves, see misbehaviour.py; empty for a good one."""

    @property
    def number(self) -> int:
        """What outlets put into addresses; the same in every run."""
        return crc32(f"{self.outlet}/{self.slug}".encode()) % 900_000 + 100_000

    @property
    def summary(self) -> str:
        first = self.paragraphs[0]
        return first if len(first) <= 200 else first[:200].rsplit(" ", 1)[0] + " ..."

    def with_text(self, text: str) -> "DemoArticle":
        return replace(self, paragraphs=tuple(_paragraphs(text)))


@cache
def load_articles() -> tuple[DemoArticle, ...]:
    """Every article, newest first; those without a date come last."""
    found = [_read(path) for folder in (PAGES, SPECIALS) for path in sorted(folder.glob("*/*.md"))]
    return tuple(sorted(found, key=lambda article: -article.published_at.timestamp() if article.published_at else 0))


def articles_of(outlet: str) -> Iterator[DemoArticle]:
    return (article for article in load_articles() if article.outlet == outlet)


def _read(path: Path) -> DemoArticle:
    _, head, body = path.read_text(encoding="utf-8").split("---", 2)
    fields: dict[str, Any] = yaml.safe_load(head)
    if unknown := fields.keys() - KEYS:
        raise DemoPageError(f"{path}: unknown keys {', '.join(sorted(unknown))}")
    return DemoArticle(
        outlet=path.parent.name,
        slug=path.stem,
        title=fields["title"],
        paragraphs=tuple(_paragraphs(body)),
        truth=fields["truth"],
        published_at=_moment(fields.get("published_at"), path),
        author=fields.get("author", ""),
        editor=fields.get("editor", ""),
        section=fields.get("section", "Berita"),
        tags=tuple(fields.get("tags", ())),
        region=str(fields.get("region", "")),
        special=fields.get("special", ""),
    )


def _moment(value: Any, path: Path) -> datetime | None:
    if value is None or (isinstance(value, datetime) and value.tzinfo):
        return value
    raise DemoPageError(f"{path}: published_at needs a time with its zone, not {value!r}")


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.strip().split("\n\n") if part.strip()]
