"""How far we read the platforms' APIs: one cursor a query, the quota of each day, and what belongs to a stored post."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, Sha256


class ConnectorCursor(Base):
    """Penanda baca: how far one query of a source was read. It moves in the transaction that stores the posts.

    A query is read in walks, from the newest post back to `mark`. A walk that a kill or a rate limit cut goes on at
    `next_page`; only when it has come to its end does `pending_mark` become the mark.
    """

    __tablename__ = "connector_cursors"
    __table_args__ = (UniqueConstraint("source_id", "query"),)

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"))
    query: Mapped[str] = mapped_column(String(300))
    """As `hashtag:netralitasasn`; what the source file asks, or a video whose comments we follow."""
    mark: Mapped[str] = mapped_column(Text, default="")
    """An id or a moment of the platform: everything up to it was read."""
    pending_mark: Mapped[str] = mapped_column(Text, default="")
    next_page: Mapped[str] = mapped_column(Text, default="")
    """The platform's token for the rest of the walk under way; empty when none is."""
    found_until: Mapped[datetime | None]
    """Of a query that a search found: after this moment it is no longer followed."""
    polled_at: Mapped[datetime | None]
    new_at: Mapped[datetime | None]
    """When it last gave a post that we did not know."""
    wait_until: Mapped[datetime | None]
    """The platform asks not to be asked before."""
    failures: Mapped[int] = mapped_column(default=0)
    """Failed readings in a row."""
    created_at: Mapped[CreatedAt]


class QuotaSpent(Base):
    """Kuota terpakai: units that a platform counted on one of its own days."""

    __tablename__ = "quotas_spent"

    platform: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    units: Mapped[int] = mapped_column(default=0)


class PostRecord(Base):
    """Kiriman: what the platform says of a stored post beside its words."""

    __tablename__ = "post_records"
    __table_args__ = (Index("ix_post_records_source_id_checked_at", "source_id", "checked_at"),)

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), primary_key=True, autoincrement=False)
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"))
    remote_id: Mapped[str] = mapped_column(String(300))
    """The platform's id of the post, to ask for it again."""
    author_hash: Mapped[Sha256] = mapped_column(index=True)
    """Keyed hash of the platform's id of the author: one author can be counted, none can be looked up."""
    reposts: Mapped[int] = mapped_column(BigId, default=0)
    """Boosts as the platform counted them; they are never posts of their own."""
    refers_to: Mapped[str] = mapped_column(String(500), default="")
    """The platform's id of the post that it answers or quotes."""
    checked_at: Mapped[CreatedAt]
    gone_at: Mapped[datetime | None]
    """When it was found deleted or hidden on the platform; its stored copy stays."""
