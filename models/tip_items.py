"""A tip as an item: the same rows that an import makes, for a service that must not know the crawler.

A link is kept and never fetched; however its host is spelled, its page is one. Where an outlet's own text is there already,
the tip changes nothing about it; where the crawler reads the link later, that text becomes a newer version of the same item.
What was erased of an item stays so, and the tip is its next version, with bytes of its own.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.addresses import KnownHosts, key_of, twins_of
from models.base import now
from models.crawl import FrontierUrl
from models.evidence.store import EvidenceWriter, Fetched
from models.item import Item, ItemKind, ItemVersion, Snapshot
from models.source import Rights, Source, SourceKind

SOURCE_SLUG = "informasi-masyarakat"
SOURCE_NAME = "Informasi masyarakat"
METHOD = "informasi"
ADDRESS = "urn:netra:informasi"
"""Of the stored bytes: they are what somebody wrote here, and no copy of the page that a link names."""


@dataclass(frozen=True)
class StoredTip:
    item: Item
    version: ItemVersion
    is_new: bool
    """False where the same link or the same words were there already, and had not been erased."""


def store_tip_item(session: Session, writer: EvidenceWriter, *, text: str, shown: str, link: str, region_code: str) -> StoredTip:
    """The item of a tip: found by its link or by its words, or made with its bytes as evidence. Safe under two writers.

    `shown` is the text as people and machines read it; the evidence keeps `text`.
    """
    url = _address_of(session, link) if link else None
    key = key_of(url) if url else key_of_words(text)
    if found := _find(session, key):
        return StoredTip(*found, is_new=False)
    _make(session, key, url, region_code)
    item = session.scalars(select(Item).where(Item.item_key == key).with_for_update()).one()
    if found := _find(session, key):  # Somebody else was faster by a moment.
        return StoredTip(*found, is_new=False)
    item.url = url
    version = _add_version(session, item, shown or link, _keep(session, writer, text, link))
    return StoredTip(item, version, is_new=True)


def _address_of(session: Session, link: str) -> str:
    """The address under which the page of a link is known, or would be: people copy the spelling of their telephones."""
    homes = session.scalars(select(Source.home_url).where(Source.home_url != ""))
    url = KnownHosts([urlsplit(home).hostname or ""] for home in homes).canonical_url(link)
    twins = {key_of(twin): twin for twin in twins_of(url)}
    for key in (Item.item_key, FrontierUrl.url_key):
        known = set(session.scalars(select(key).where(key.in_(twins))))
        if found := next((twin for each, twin in twins.items() if each in known), None):
            return found
    return url


def key_of_words(text: str) -> str:
    """What an import without an address is known by: one form of each letter, one space, no case."""
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(words.encode()).hexdigest()


def _find(session: Session, key: str) -> tuple[Item, ItemVersion] | None:
    """The item with its newest version, where that still has its words."""
    query = select(Item, ItemVersion).join(ItemVersion, ItemVersion.id == Item.current_version_id)
    row = session.execute(query.where(Item.item_key == key, ItemVersion.erased_at.is_(None))).one_or_none()
    return (row[0], row[1]) if row else None


def _make(session: Session, key: str, url: str | None, region_code: str) -> None:
    moment, insert = now(), _insert_of(session)
    values = {
        "source_id": _source_id(session),
        "kind": ItemKind.POST,
        "url": url,
        "item_key": key,
        "region_code": region_code,
        "region_evidence": "impor",
        "first_seen_at": moment,
        "last_seen_at": moment,
    }
    session.execute(insert(Item).values(values).on_conflict_do_nothing(index_elements=["item_key"]))


def _keep(session: Session, writer: EvidenceWriter, text: str, link: str) -> Snapshot:
    body = "\n\n".join(part for part in (text, link) if part)
    snapshot = writer.append(Fetched(ADDRESS, body.encode(), "text/plain; charset=utf-8"))
    session.add(snapshot)
    session.flush()
    return snapshot


def _add_version(session: Session, item: Item, words: str, snapshot: Snapshot) -> ItemVersion:
    before = session.scalar(select(func.max(ItemVersion.number)).where(ItemVersion.item_id == item.id)) or 0
    version = ItemVersion(
        item_id=item.id,
        number=before + 1,
        title="",
        text=words,
        text_sha256=hashlib.sha256(words.encode()).hexdigest(),
        language="id",
        method=METHOD,
        snapshot_id=snapshot.id,
    )
    session.add(version)
    session.flush()
    item.current_version_id = version.id
    session.flush()
    return version


def _source_id(session: Session) -> int:
    insert = _insert_of(session)
    values = {"slug": SOURCE_SLUG, "name": SOURCE_NAME, "kind": SourceKind.IMPORT, "rights": Rights.EXCERPT}
    session.execute(insert(Source).values(values).on_conflict_do_nothing(index_elements=["slug"]))
    return session.scalars(select(Source.id).where(Source.slug == SOURCE_SLUG)).one()


def _insert_of(session: Session) -> Any:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
