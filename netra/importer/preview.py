"""A dry run: what an import would do, without a byte written to the database or the evidence."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from crawler.items import FetchedArticle
from crawler.storing.precedence import is_snippet
from crawler.storing.storage import hash_text, item_key
from models import Item, ItemVersion, Region
from netra.importer.options import ImportRow
from netra.importer.report import ImportReport
from netra.importer.spellings import spell_as_known
from netra.importer.store import batches, say_no_region

BATCH = 500
SHOWN_ROWS = 5
SHOWN_TEXT = 200


@dataclass
class Preview:
    report: ImportReport
    first: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """The first rows as they would be stored."""


def preview_rows(
    rows: Iterable[ImportRow],
    sessions: sessionmaker[Session],
    *,
    on_row: Callable[[], None],
    on_refusal: Callable[[ImportRow], None] = lambda row: None,
) -> Preview:
    """Judge every row as storing it would, copies within the same files included.

    Of a snippet whose full text comes in the same files it says that the text would change.
    """
    preview = Preview(ImportReport(on_refusal=on_refusal))
    seen = dict[bytes, bytes]()
    with sessions() as session:
        regions = set(session.scalars(select(Region.code)))
        for read in batches(rows, BATCH):
            batch = spell_as_known(session, read, seen)
            known = _known(session, batch)
            for row in batch:
                _judge(row, preview, regions, seen, known)
                on_row()
    return preview


@dataclass(frozen=True)
class Known:
    """The text that is stored of an item."""

    content: bytes
    title: str
    text: str

    def is_fuller(self, article: FetchedArticle) -> bool:
        return is_snippet(article, self.title, self.text)


def _judge(row: ImportRow, preview: Preview, regions: set[str], seen: dict[bytes, bytes], known: Mapping[bytes, Known]) -> None:
    report, article = preview.report, row.article
    if article is None:
        report.count_unstored(row)
        return
    if row.region and row.region not in regions:
        report.refuse(row, say_no_region(row.region))
        return
    key, content = bytes.fromhex(item_key(article)), _content(hash_text(article.text.strip()), article.title)
    stored = known.get(key)
    before = seen.get(key) or (stored and stored.content)
    if before is not None and stored and before == stored.content and stored.is_fuller(article):
        content = before
    report.count(row, "disimpan" if before is None else "sudah ada" if before == content else "berubah")
    seen[key] = content
    if len(preview.first) < SHOWN_ROWS:
        preview.first.append(_show(row, article))


def _known(session: Session, batch: list[ImportRow]) -> dict[bytes, Known]:
    keys = [item_key(row.article) for row in batch if row.article is not None]
    query = (
        select(Item.item_key, ItemVersion.text_sha256, ItemVersion.title, ItemVersion.text)
        .join(ItemVersion, Item.current_version_id == ItemVersion.id)
        .where(Item.item_key.in_(keys))
    )
    rows = session.execute(query)
    return {bytes.fromhex(key): Known(_content(sha256, title), title, text) for key, sha256, title, text in rows}


def _content(text_sha256: str, title: str) -> bytes:
    """What makes a new version; short, because one is held for every row of a file."""
    return bytes.fromhex(hash_text(f"{text_sha256}\0{title}"))[:8]


def _show(row: ImportRow, article: FetchedArticle) -> dict[str, Any]:
    text = article.text if len(article.text) <= SHOWN_TEXT else f"{article.text[:SHOWN_TEXT]}…"
    names = ("kind", "title", "url", "author", "author_name", "published_at", "published_zone", "site")
    said = {name: value for name in names if (value := getattr(article, name))}
    return {"place": row.place, **said, "text": text, **({"region": row.region} if row.region else {})}
