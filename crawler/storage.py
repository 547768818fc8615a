"""The only place that makes items, versions and snapshots. It never commits: the page's transaction does."""

import hashlib
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.addresses import key_of
from crawler.clusters import assign_cluster
from crawler.conflicts import hold_store, insert_once
from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.regions import RegionGuess, guess_region
from models import Item, ItemVersion, Snapshot, Source, now
from models.evidence import EvidenceWriter, Fetched


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
    article = _clean(article)
    if not article.text:
        raise NotAnArticle("teks kosong")
    hold_store(session)
    item = _find_or_make(session, article, source)
    current = session.get(ItemVersion, item.current_version_id) if item.current_version_id else None
    item.last_seen_at = now()
    if current is not None and (current.text_sha256, current.title) == (hash_text(article.text), article.title):
        return StoreResult(StoreOutcome.UNCHANGED, item, current)
    version = _add_version(session, item, article, _keep(session, writer, fetched))
    region = RegionGuess(region_code, "impor") if region_code else _guess(article, source)
    item.region_code, item.region_evidence = region.code, region.evidence
    assign_cluster(session, item, article.text)
    session.flush()
    return StoreResult(StoreOutcome.STORED if current is None else StoreOutcome.CHANGED, item, version)


def item_key(article: FetchedArticle) -> str:
    """What makes an item one: its canonical address, or its words where it has none."""
    return key_of(article.url) if article.url else hash_text(normalise(article.text))


def hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def normalise(text: str) -> str:
    """The words alone: one form of each letter, one space, no case."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _clean(article: FetchedArticle) -> FetchedArticle:
    """PostgreSQL keeps no NUL and neither engine a lone surrogate: they go before anything is hashed."""
    fields = {name: _storable(value) for name, value in vars(article).items() if type(value) is str}
    return FetchedArticle(**{**vars(article), **fields, "text": fields["text"].strip()})


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _find_or_make(session: Session, article: FetchedArticle, source: Source) -> Item:
    key, moment = item_key(article), now()
    values = {
        "source_id": source.id,
        "kind": article.kind,
        "url": article.url,
        "item_key": key,
        "region_evidence": "",
        "first_seen_at": moment,
        "last_seen_at": moment,
    }
    insert_once(session, Item, values, key=["item_key"])
    return session.scalars(select(Item).where(Item.item_key == key).with_for_update()).one()


def _keep(session: Session, writer: EvidenceWriter, fetched: Fetched | Snapshot) -> Snapshot:
    """The bytes are on the disk before the row that names them is committed."""
    snapshot = fetched if isinstance(fetched, Snapshot) else writer.append(_with_storable_headers(fetched))
    session.add(snapshot)
    session.flush()
    return snapshot


def _with_storable_headers(fetched: Fetched) -> Fetched:
    headers = [(_storable(name), _storable(value)) for name, value in fetched.headers]
    return replace(fetched, content_type=_storable(fetched.content_type), headers=headers)


def _add_version(session: Session, item: Item, article: FetchedArticle, snapshot: Snapshot) -> ItemVersion:
    last = session.scalar(select(func.max(ItemVersion.number)).where(ItemVersion.item_id == item.id))
    version = ItemVersion(
        item_id=item.id,
        number=(last or 0) + 1,
        title=article.title,
        text=article.text,
        text_sha256=hash_text(article.text),
        author=article.author,
        author_name=article.author_name,
        author_bio=article.author_bio,
        published_at=article.published_at,
        published_zone=article.published_zone[:8],
        language=article.language[:8],
        method=article.method,
        snapshot_id=snapshot.id,
    )
    session.add(version)
    session.flush()
    item.current_version_id = version.id
    return version


def _guess(article: FetchedArticle, source: Source) -> RegionGuess:
    return guess_region(article.text, article.title, fallback=source.region_code)
