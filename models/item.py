"""One text as published: its identity, its versions, and the bytes behind each version."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, RegionCode, Sha256, words


class ItemKind(StrEnum):
    NEWS = "news"
    POST = "post"
    HEADLINE = "headline"


class Snapshot(Base):
    """Salinan: the bytes as received, and when. They live in a WARC file; this row says where, and their hash."""

    __tablename__ = "snapshots"

    id: Mapped[Id]
    url: Mapped[str] = mapped_column(Text)
    fetched_at: Mapped[CreatedAt]
    sha256: Mapped[Sha256] = mapped_column(index=True)
    byte_count: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(200), default="")
    http_status: Mapped[int | None]
    http_headers: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    warc_file: Mapped[str] = mapped_column(String(200))
    warc_offset: Mapped[int] = mapped_column(BigId)
    warc_length: Mapped[int] = mapped_column(default=0)
    """Bytes of its records in the file: the answer, the request, what we say of it. 0 in rows from before they were kept."""
    warc_sha256: Mapped[str] = mapped_column(String(64), default="")
    """Of those bytes, as they were written."""
    erased_at: Mapped[datetime | None] = mapped_column()
    """When its bytes had had their time. Row and hashes stay; address and headers are emptied."""
    erased_rule: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """Slug of models/data/retention.yml, or `permintaan`."""
    tombstone_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Of what stands in the file since; empty while the bytes are still there."""

    __table_args__ = (
        Index(
            "ix_snapshots_to_erase",
            "warc_file",
            "warc_offset",
            sqlite_where=and_(erased_at.is_not(None), tombstone_sha256 == ""),
            postgresql_where=and_(erased_at.is_not(None), tombstone_sha256 == ""),
        ),
    )


class Item(Base):
    """Konten: one article or post. Its words are in the versions; `current_version_id` names the newest."""

    __tablename__ = "items"

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"), index=True)
    kind: Mapped[ItemKind] = mapped_column(words(ItemKind), default=ItemKind.NEWS)
    url: Mapped[str | None] = mapped_column(Text)
    item_key: Mapped[Sha256] = mapped_column(unique=True)
    """SHA-256 of the canonical address, or of the text where an import has no address."""
    region_code: Mapped[RegionCode | None] = mapped_column(index=True)
    region_evidence: Mapped[str] = mapped_column(String(40), default="")
    """What the guess rests on: teks, dateline, sumber, impor."""
    first_seen_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    current_version_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("item_versions.id", use_alter=True, name="fk_items_current_version_id_item_versions")
    )


class ItemVersion(Base):
    """The words of an item as read on one day. A changed text adds a version; none is ever edited, but once erased as a whole."""

    __tablename__ = "item_versions"

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[Sha256]
    author: Mapped[str] = mapped_column(Text, default="")
    author_name: Mapped[str] = mapped_column(Text, default="")
    """Of a post: the name that the account shows."""
    author_bio: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None]
    published_zone: Mapped[str] = mapped_column(String(8), default="")
    """WIB, WITA, WIT or an offset, as the page gave it."""
    language: Mapped[str] = mapped_column(String(8), default="")
    method: Mapped[str] = mapped_column(String(80), default="")
    """What read the page: the name of the layout's family, netra (our own reader), trafilatura, json-ld, impor."""
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What else the page said, as far as it said it: editor, section, tags, captions, site; and of the reading itself
    `quality` (0 to 1) with `quality_reasons`."""
    snapshot_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("snapshots.id"), index=True)
    created_at: Mapped[CreatedAt]
    scored_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("artifacts.id"))
    """The artifact that scored it last; none means that it waits to be scored."""
    scoring_until: Mapped[datetime | None]
    """A scoring process holds it until then."""
    erased_at: Mapped[datetime | None] = mapped_column()
    """When its words had had their time: they and what the page said of their author are emptied, their hash stays."""
    erased_rule: Mapped[str] = mapped_column(String(60), default="", server_default="")

    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        Index(
            "ix_item_versions_to_score",
            "id",
            sqlite_where=and_(scored_by_id.is_(None), erased_at.is_(None)),
            postgresql_where=and_(scored_by_id.is_(None), erased_at.is_(None)),
        ),
    )


PICTURE = 0
"""Number of the part that is no page but shows one: what a browser drew."""


class VersionPart(Base):
    """A further page of the article that a version was read from, or its picture; the first page is its own snapshot."""

    __tablename__ = "version_parts"

    version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_versions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 2 on, in the order of reading; or PICTURE."""
    snapshot_id: Mapped[int] = mapped_column(BigId, ForeignKey("snapshots.id"), index=True)
