"""The only place that makes items, versions and snapshots. It never commits: the page's transaction does."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from crawler.addresses import key_of
from crawler.duplicates.clusters import assign_cluster, assign_new
from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.regions import RegionGuess, guess_region
from crawler.storing.conflicts import hold_store, make_once
from crawler.storing.precedence import is_fuller, normalise
from crawler.storing.snapshots import keep_parts, keep_snapshot, storable
from models import FetchCause, Item, ItemVersion, Snapshot, Source, now
from models.database import table_of
from models.evidence.store import EvidenceWriter, Fetched

__all__ = ["StoreOutcome", "StoreResult", "add_reading", "keep_parts", "keep_snapshot", "store_article"]

STATED = "impor"
"""Evidence of a region that somebody stated."""

items = table_of(Item)
versions = table_of(ItemVersion)
ADD_VERSIONS = insert(versions).returning(versions.c.id, versions.c.item_id)
POINT = (
    update(items)
    .where(items.c.id == bindparam("id_"))
    .values(current_version_id=bindparam("version_id"), region_code=bindparam("code"), region_evidence=bindparam("evidence"))
)


class StoreOutcome(StrEnum):
    STORED = "disimpan"
    CHANGED = "berubah"
    UNCHANGED = "sama"


@dataclass(frozen=True)
class StoreResult:
    outcome: StoreOutcome
    item: Item
    version: ItemVersion
    """The newest; freshly made unless the outcome is UNCHANGED."""


def store_article(
    session: Session,
    writer: EvidenceWriter,
    article: FetchedArticle,
    source: Source,
    *,
    fetched: Fetched | Snapshot,
    region_code: str | None = None,
) -> StoreResult:
    """Store a text once: a new item, a new version of a known one, or nothing but the time at which it was seen.

    A summary, an imported snippet or a beginning never takes the place of a full text, whoever brought that, nor a guess
    that of a stated region.
    `fetched` are the bytes behind it, or the snapshot that already keeps them (one file of many rows).
    `region_code` is a region that an import states; otherwise the text is asked.
    Safe under two writers. Raises NotAnArticle for a text that is empty. What a crawl reads is stored by `batches`.
    """
    article = clean_article(article)
    if not article.text:
        raise NotAnArticle("teks kosong", FetchCause.EMPTY)
    hold_store(session)
    session.flush()  # What follows goes past the ORM: it costs a third, and this is done for every page.
    row = item_row(article, source)
    made_id = add_items(session, [row]).get(row["item_key"])
    if made_id is not None:
        item = Item(id=made_id, **row)  # It stands outside of the session.
        version = _add_version(session, item, 1, article, keep_snapshot(session, writer, fetched))
        outcome = StoreOutcome.STORED
    else:
        item = session.scalars(select(Item).where(Item.item_key == row["item_key"]).with_for_update()).one()
        item.last_seen_at = now()
        current = session.get(ItemVersion, item.current_version_id) if item.current_version_id else None
        if current is not None and (_is_same(current, article) or is_fuller(session, current, article)):
            return StoreResult(StoreOutcome.UNCHANGED, item, current)
        version = _add_version(session, item, _next_number(session, item), article, keep_snapshot(session, writer, fetched))
        outcome = StoreOutcome.CHANGED if current else StoreOutcome.STORED
    region = RegionGuess(region_code, STATED) if region_code else _find_region(item, article, source)
    _point(session, item, version, region)
    if made_id is not None:
        assign_new(session, {made_id: article.text})
    else:
        assign_cluster(session, item, article.text)
    return StoreResult(outcome, item, version)


def _is_same(current: ItemVersion, article: FetchedArticle) -> bool:
    """A text that was erased stays so, whatever its page says today."""
    said = (current.text_sha256, current.title)
    return current.erased_at is not None or said == (hash_text(article.text), article.title)


def add_reading(session: Session, item: Item, article: FetchedArticle, source: Source, snapshot_id: int) -> ItemVersion:
    """A new version of a known item, read again from bytes that are kept. The caller holds the store."""
    article = clean_article(article)
    if not article.text:
        raise NotAnArticle("teks kosong", FetchCause.EMPTY)
    version = _add_version(session, item, _next_number(session, item), article, snapshot_id)
    _point(session, item, version, _find_region(item, article, source))
    assign_cluster(session, item, article.text)
    return version


def item_key(article: FetchedArticle) -> str:
    """What makes an item one: its canonical address, or its words where it has none."""
    return key_of(article.url) if article.url else hash_text(normalise(article.text))


def hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def clean_article(article: FetchedArticle) -> FetchedArticle:
    """PostgreSQL keeps no NUL and neither engine a lone surrogate: they go before anything is hashed."""
    fields = {name: storable(value) for name, value in vars(article).items() if type(value) is str}
    return FetchedArticle(**{**vars(article), **fields, "text": fields["text"].strip()})


def item_row(article: FetchedArticle, source: Source) -> dict[str, Any]:
    moment = now()
    return {
        "source_id": source.id,
        "kind": article.kind,
        "url": article.url,
        "item_key": item_key(article),
        "region_evidence": "",
        "first_seen_at": moment,
        "last_seen_at": moment,
    }


def add_items(session: Session, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """The ids of those that are new, by `item_key`; what is missing was there before."""
    made = session.connection().execute(make_once(session, items, key="item_key"), list(rows))
    return {key: made_id for made_id, key in made}


def version_row(item_id: int, number: int, article: FetchedArticle, snapshot_id: int) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "number": number,
        "title": article.title,
        "text": article.text,
        "text_sha256": hash_text(article.text),
        "author": article.author,
        "author_name": article.author_name,
        "author_bio": article.author_bio,
        "published_at": article.published_at,
        "published_zone": article.published_zone[:8],
        "language": article.language[:8],
        "method": article.method,
        "fields": _fields_of(article),
        "snapshot_id": snapshot_id,
        "created_at": now(),
    }


def add_versions(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Their ids, in the order of the rows, which are of different items."""
    ids = {row.item_id: row.id for row in session.connection().execute(ADD_VERSIONS, list(rows))}
    return [ids[row["item_id"]] for row in rows]


def point_row(item_id: int, version_id: int, region: RegionGuess) -> dict[str, Any]:
    return {"id_": item_id, "version_id": version_id, "code": region.code, "evidence": region.evidence}


def point(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Make versions the newest of their items."""
    session.connection().execute(POINT, list(rows))


def guess(article: FetchedArticle, source: Source) -> RegionGuess:
    return guess_region(article.text, article.title, fallback=source.region_code)


def _find_region(item: Item, article: FetchedArticle, source: Source) -> RegionGuess:
    """The one that an import or a tip stated, else what the text says."""
    is_stated = item.region_evidence == STATED and item.region_code
    return RegionGuess(item.region_code, STATED) if is_stated else guess(article, source)


def _next_number(session: Session, item: Item) -> int:
    return (session.scalar(select(func.max(ItemVersion.number)).where(ItemVersion.item_id == item.id)) or 0) + 1


def _add_version(session: Session, item: Item, number: int, article: FetchedArticle, snapshot_id: int) -> ItemVersion:
    row = version_row(item.id, number, article, snapshot_id)
    return ItemVersion(id=add_versions(session, [row])[0], **row)


def _fields_of(article: FetchedArticle) -> dict[str, Any]:
    """What only some pages say; an empty field is left out."""
    lists = {name: [storable(word) for word in getattr(article, name)] for name in ("tags", "captions", "quality_reasons")}
    said = {name: getattr(article, name) for name in ("editor", "section", "site")} | lists
    fields: dict[str, Any] = {name: value for name, value in said.items() if value}
    return fields if article.quality is None else fields | {"quality": article.quality}


def _point(session: Session, item: Item, version: ItemVersion, region: RegionGuess) -> None:
    item.current_version_id, item.region_code, item.region_evidence = version.id, region.code, region.evidence
    if item in session:
        session.flush()
    else:
        point(session, [point_row(item.id, version.id, region)])
