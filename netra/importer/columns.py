"""From the columns of a .csv or the keys of a .jsonl to an article."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.dates import parse_date
from crawler.items import FetchedArticle
from models import ItemKind
from models.evidence import Fetched

COLUMNS = ("text", "title", "url", "published_at", "kind", "region", "author", "author_name", "author_bio")


class Refused(Exception):
    """This row cannot be stored; the message says why, for people."""


@dataclass(frozen=True)
class ImportRow:
    """One text of a file: its place for messages, and what to store or why not."""

    place: str
    """`file.csv:12`: the line on which the row begins."""
    article: FetchedArticle | None = None
    fetched: Fetched | None = None
    region: str | None = None
    refusal: str = ""


@dataclass(frozen=True)
class ImportOptions:
    """How to read the columns of .csv and .jsonl: ours → the file's, and what holds for every row."""

    mapping: Mapping[str, str]
    kind: ItemKind = ItemKind.NEWS
    region: str | None = None


def read_object(place: str, found: Mapping[str, object], options: ImportOptions) -> ImportRow:
    values = {column: found.get(options.mapping.get(column, column)) for column in COLUMNS}
    try:
        article = _make_article(values, options)
    except Refused as refusal:
        return ImportRow(place, refusal=str(refusal))
    body = json.dumps(found, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
    fetched = Fetched(article.url or f"urn:netra:import:{Path(place).name}", body, "application/json")
    return ImportRow(place, article, fetched, clean_text(values["region"]) or options.region)


def _make_article(values: Mapping[str, object], options: ImportOptions) -> FetchedArticle:
    text = clean_text(values["text"])
    if not text:
        raise Refused("no text (name the column: --map text=NAME)")
    url = clean_text(values["url"]) or None
    if url and not url.startswith(("http://", "https://")):
        raise Refused(f"url {url[:60]!r} is no web address")
    published_at, zone = _read_published(clean_text(values["published_at"]))
    return FetchedArticle(
        url=url,
        title=clean_text(values["title"]),
        text=text,
        author=clean_text(values["author"]),
        author_name=clean_text(values["author_name"]),
        author_bio=clean_text(values["author_bio"]),
        published_at=published_at,
        published_zone=zone,
        method="impor",
        kind=_read_kind(clean_text(values["kind"]), options.kind),
    )


def _read_kind(text: str, default: ItemKind) -> ItemKind:
    if not text:
        return default
    try:
        return ItemKind(text)
    except ValueError:
        raise Refused(f"kind {text[:30]!r} is none of {', '.join(ItemKind)}") from None


def _read_published(text: str) -> tuple[datetime | None, str]:
    if not text:
        return None, ""
    found = parse_date(text)
    if found is None:
        raise Refused(f"published_at {text[:40]!r} is no date that we can read")
    return found.at, found.zone


def read_time(text: str | None) -> datetime | None:
    found = parse_date(text) if text else None
    return found.at if found else None


def clean_text(value: object) -> str:
    """A column as clean text: no NUL (PostgreSQL refuses it), no half of a surrogate pair."""
    if value is None:
        return ""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()
