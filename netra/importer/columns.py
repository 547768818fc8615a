"""From the columns of a .csv or the keys of a .jsonl to an article."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from crawler.addresses import canonical_url, is_web_url
from crawler.dates import parse_date
from crawler.items import FetchedArticle
from models import ItemKind
from models.evidence import Fetched
from models.reference import timezone_of

LONGEST_FIELD = 4 * 1024 * 1024
"""Characters. A longer one is no article, and Python's csv stops at 128 KiB without this."""
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


def read_object(place: str, found: Mapping[str, object], options: ImportOptions, *, body: bytes | None = None) -> ImportRow:
    """A row out of named values; `body` are its own bytes, where the file has any that are the row's alone."""
    try:
        values = {column: _read_field(column, found.get(options.mapping.get(column, column))) for column in COLUMNS}
        article = _make_article(values, options)
    except Refused as refusal:
        return ImportRow(place, refusal=str(refusal))
    if body is None:
        body = json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass")
    fetched = Fetched(article.url or urn_of(Path(place)), body, "application/json")
    return ImportRow(place, article, fetched, values["region"] or options.region)


def _read_field(column: str, value: object) -> str:
    """A number may stand for its digits; a list, an object or NaN stands for nothing that a person wrote."""
    if isinstance(value, list | dict | bool) or value != value:
        raise Refused(f"{column} is no text")
    text = clean_text(value)
    if len(text) > LONGEST_FIELD:
        raise Refused(f"{column} is longer than {LONGEST_FIELD} characters")
    return text


def _make_article(values: Mapping[str, str], options: ImportOptions) -> FetchedArticle:
    text, url = values["text"], values["url"]
    if not text:
        raise Refused("no text (name the column: --map text=NAME)")
    if url and not is_web_url(url):
        raise Refused(f"url {url[:60]!r} is no web address")
    published_at, zone = _read_published(values["published_at"], timezone_of(values["region"] or options.region))
    return FetchedArticle(
        url=canonical_url(url) if url else None,
        title=values["title"],
        text=text,
        author=values["author"],
        author_name=values["author_name"],
        author_bio=values["author_bio"],
        published_at=published_at,
        published_zone=zone,
        method="impor",
        kind=_read_kind(values["kind"], options.kind),
    )


def _read_kind(text: str, default: ItemKind) -> ItemKind:
    if not text:
        return default
    try:
        return ItemKind(text)
    except ValueError:
        raise Refused(f"kind {text[:30]!r} is none of {', '.join(ItemKind)}") from None


def _read_published(text: str, place: str) -> tuple[datetime | None, str]:
    if not text:
        return None, ""
    found = parse_date(text, place)
    if found is None:
        raise Refused(f"published_at {text[:40]!r} is no date that we can read")
    return found.at, found.zone


def read_time(text: str | None) -> datetime | None:
    found = parse_date(text) if text else None
    return found.at if found else None


def urn_of(path: Path) -> str:
    """An address for what came from a file; quoted, because a file may be named with line breaks and broken letters."""
    return f"urn:netra:import:{quote(os.fsencode(path.name), safe=':')}"


def clean_text(value: object) -> str:
    """A column as clean text: no NUL (PostgreSQL refuses it), no half of a surrogate pair."""
    if value is None:
        return ""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()
