"""The only place that makes items, versions and snapshots. It never commits: the page's transaction does."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from crawler.addresses import key_of
from crawler.conflicts import hold_store, make_once
from crawler.duplicates.clusters import assign_cluster
from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.regions import RegionGuess, guess_region
from models import Item, ItemVersion, Snapshot, Source, VersionPart, now
from models.database import table_of
from models.evidence import EvidenceWriter, Fetched

items = table_of(Item)
SNAPSHOT_FIELDS = [column.name for column in table_of(Snapshot).columns if column.name != "id"]
KEEP = insert(table_of(Snapshot)).returning(table_of(Snapshot).c.id)
snapshots = table_of(Snapshot)
SAME = (
    select(*(snapshots.c[name] for name in ("url", "fetched_at", "sha256", "byte_count", "warc_file", "warc_offset")))
    .where(snapshots.c.sha256 == bindparam("sha256_"), snapshots.c.byte_count == bindparam("length"))
    .order_by(snapshots.c.id)
    .limit(1)
)
ADD_VERSION = insert(table_of(ItemVersion)).returning(table_of(ItemVersion).c.id)
ADD_PART = insert(table_of(VersionPart))
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

    `fetched` are the bytes behind it, or the snapshot that already keeps them (one file of many rows).
    `region_code` is a region that an import states; otherwise the text is asked.
    Safe under two writers. Raises NotAnArticle for a text that is empty.
    """
    article = clean_article(article)
    if not article.text:
        raise NotAnArticle("teks kosong")
    hold_store(session)
    session.flush()  # What follows goes past the ORM: it costs a third, and this is done for every page.
    item = _make(session, article, source)
    if item is not None:
        version = _add_version(session, item, 1, article, keep_snapshot(session, writer, fetched))
        outcome = StoreOutcome.STORED
    else:
        item = session.scalars(select(Item).where(Item.item_key == item_key(article)).with_for_update()).one()
        item.last_seen_at = now()
        current = session.get(ItemVersion, item.current_version_id) if item.current_version_id else None
        if current is not None and (current.text_sha256, current.title) == (hash_text(article.text), article.title):
            return StoreResult(StoreOutcome.UNCHANGED, item, current)
        version = _add_version(session, item, _next_number(session, item), article, keep_snapshot(session, writer, fetched))
        outcome = StoreOutcome.CHANGED if current else StoreOutcome.STORED
    region = RegionGuess(region_code, "impor") if region_code else _guess(article, source)
    _point(session, item, version, region)
    assign_cluster(session, item, article.text)
    return StoreResult(outcome, item, version)


def add_reading(session: Session, item: Item, article: FetchedArticle, source: Source, snapshot_id: int) -> ItemVersion:
    """A new version of a known item, read again from bytes that are kept. The caller holds the store."""
    article = clean_article(article)
    if not article.text:
        raise NotAnArticle("teks kosong")
    version = _add_version(session, item, _next_number(session, item), article, snapshot_id)
    is_stated = item.region_evidence == "impor"
    region = RegionGuess(item.region_code, item.region_evidence) if is_stated else _guess(article, source)
    _point(session, item, version, region)
    assign_cluster(session, item, article.text)
    return version


def keep_parts(session: Session, writer: EvidenceWriter, version: ItemVersion, parts: Sequence[Fetched | Snapshot]) -> None:
    """Further pages of the article that a version was read from."""
    for number, part in enumerate(parts, start=2):
        row = {"version_id": version.id, "number": number, "snapshot_id": keep_snapshot(session, writer, part)}
        session.connection().execute(ADD_PART, row)


def item_key(article: FetchedArticle) -> str:
    """What makes an item one: its canonical address, or its words where it has none."""
    return key_of(article.url) if article.url else hash_text(normalise(article.text))


def hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def normalise(text: str) -> str:
    """The words alone: one form of each letter, one space, no case."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def clean_article(article: FetchedArticle) -> FetchedArticle:
    """PostgreSQL keeps no NUL and neither engine a lone surrogate: they go before anything is hashed."""
    fields = {name: _storable(value) for name, value in vars(article).items() if type(value) is str}
    return FetchedArticle(**{**vars(article), **fields, "text": fields["text"].strip()})


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _make(session: Session, article: FetchedArticle, source: Source) -> Item | None:
    """The row of a new item; None where it is known. The object stands outside of the session."""
    moment = now()
    values = {
        "source_id": source.id,
        "kind": article.kind,
        "url": article.url,
        "item_key": item_key(article),
        "region_evidence": "",
        "first_seen_at": moment,
        "last_seen_at": moment,
    }
    made_id = session.connection().execute(make_once(session, items, key="item_key"), values).scalar()
    return None if made_id is None else Item(id=made_id, **values)


def keep_snapshot(session: Session, writer: EvidenceWriter, fetched: Fetched | Snapshot) -> int:
    """The bytes are on the disk before the row that names them is committed; those that are there already come not twice."""
    if isinstance(fetched, Snapshot):
        snapshot = fetched
    else:
        fetched = _with_storable_headers(fetched)
        snapshot = writer.append(fetched, same_as=_find_same(session, fetched))
    if snapshot.id is None:  # One snapshot may be behind many items: a list, or a file that was imported.
        values = {name: getattr(snapshot, name) for name in SNAPSHOT_FIELDS}
        snapshot.id = session.connection().execute(KEEP, values).scalar_one()
    return snapshot.id


def _find_same(session: Session, fetched: Fetched) -> Snapshot | None:
    """The first snapshot of the very same bytes."""
    row = session.connection().execute(SAME, {"sha256_": fetched.sha256, "length": len(fetched.body)}).first()
    return None if row is None else Snapshot(**row._mapping)


def _with_storable_headers(fetched: Fetched) -> Fetched:
    headers = [(_storable(name), _storable(value)) for name, value in fetched.headers]
    return replace(fetched, content_type=_storable(fetched.content_type), headers=headers)


def _next_number(session: Session, item: Item) -> int:
    return (session.scalar(select(func.max(ItemVersion.number)).where(ItemVersion.item_id == item.id)) or 0) + 1


def _add_version(session: Session, item: Item, number: int, article: FetchedArticle, snapshot_id: int) -> ItemVersion:
    values = {
        "item_id": item.id,
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
    return ItemVersion(id=session.connection().execute(ADD_VERSION, values).scalar_one(), **values)


def _fields_of(article: FetchedArticle) -> dict[str, Any]:
    """What only some pages say; an empty field is left out."""
    lists = {name: [_storable(word) for word in getattr(article, name)] for name in ("tags", "captions", "quality_reasons")}
    said = {name: getattr(article, name) for name in ("editor", "section", "site")} | lists
    fields: dict[str, Any] = {name: value for name, value in said.items() if value}
    return fields if article.quality is None else fields | {"quality": article.quality}


def _point(session: Session, item: Item, version: ItemVersion, region: RegionGuess) -> None:
    """Make this version the item's newest."""
    item.current_version_id, item.region_code, item.region_evidence = version.id, region.code, region.evidence
    if item in session:
        session.flush()
    else:
        values = {"id_": item.id, "version_id": version.id, "code": region.code, "evidence": region.evidence}
        session.connection().execute(POINT, values)


def _guess(article: FetchedArticle, source: Source) -> RegionGuess:
    return guess_region(article.text, article.title, fallback=source.region_code)
