"""What is kept of a source's health: counts by day, alarms, robots.txt, and pages that we could not read."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, Sha256, words
from models.crawl import FetchCause
from models.health.states import HealthState


class SourceDay(Base):
    """What came of one source on one day of Jakarta's calendar. Kept in the transaction of the fetch events it counts."""

    __tablename__ = "source_days"

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    stored: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    lists: Mapped[int] = mapped_column(default=0)
    """Lists that were read anew."""
    lists_unchanged: Mapped[int] = mapped_column(default=0)
    """Lists that answered 304."""
    refused: Mapped[int] = mapped_column(default=0)
    blocked: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    articles: Mapped[int] = mapped_column(default=0)
    """Pages that were read and stored, new or changed; the three that follow are of these."""
    undated: Mapped[int] = mapped_column(default=0)
    unsigned: Mapped[int] = mapped_column(default=0)
    untitled: Mapped[int] = mapped_column(default=0)
    rated: Mapped[int] = mapped_column(default=0)
    """Articles with a quality."""
    quality: Mapped[float] = mapped_column(default=0.0)
    """Sum of theirs."""
    last_stored_at: Mapped[datetime | None]
    """When the last text of the day was stored."""


class SourceDayCause(Base):
    """Why addresses gave nothing on one day, in classes."""

    __tablename__ = "source_day_causes"

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    cause: Mapped[FetchCause] = mapped_column(words(FetchCause), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class SourceAlarm(Base):
    """Alarm: what is wrong with a source, from when to when, and who has seen it."""

    __tablename__ = "source_alarms"

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"), index=True)
    kind: Mapped[HealthState] = mapped_column(words(HealthState))
    message: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[CreatedAt]
    good_since: Mapped[datetime | None]
    """Since when it would be closed, if that lasted."""
    closed_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))

    __table_args__ = (
        Index(
            "uq_source_alarms_open",
            "source_id",
            "kind",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class RobotsFile(Base):
    """What the robots.txt of one host of a source says for us."""

    __tablename__ = "robots_files"

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"), primary_key=True)
    host: Mapped[str] = mapped_column(String(260), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    """Empty where no answer came."""
    status: Mapped[int | None]
    is_readable: Mapped[bool] = mapped_column(default=True)
    """False forbids everything for now (RFC 9309)."""
    forbidden: Mapped[list[str]] = mapped_column(default=list)
    """Which of the source's own addresses we may not ask: its home page and its feeds."""
    crawl_delay: Mapped[float | None]
    checked_at: Mapped[CreatedAt]
    changed_at: Mapped[CreatedAt]
    """When it last said something else for us."""


class QuarantineState(StrEnum):
    WAITING = "menunggu"
    READ = "terbaca"
    """A later reader, or a later answer, gave an article."""
    DROPPED = "dibuang"
    """By a person, or because newer ones came."""


class QuarantinedPage(Base):
    """Karantina: a page that we should have been able to read. Its bytes are kept as evidence, to be read again."""

    __tablename__ = "quarantined_pages"
    __table_args__ = (
        UniqueConstraint("source_id", "url_key"),
        Index("ix_quarantined_pages_waiting", "source_id", "state", "cause"),
    )

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"))
    url: Mapped[str] = mapped_column(Text)
    url_key: Mapped[Sha256]
    """SHA-256 of the canonical address, as in the frontier."""
    snapshot_id: Mapped[int] = mapped_column(BigId, ForeignKey("snapshots.id"))
    reason: Mapped[str] = mapped_column(Text)
    cause: Mapped[FetchCause] = mapped_column(words(FetchCause))
    attempts: Mapped[int] = mapped_column(default=1)
    """How often it was tried to be read; counted before each try."""
    state: Mapped[QuarantineState] = mapped_column(words(QuarantineState), default=QuarantineState.WAITING)
    at: Mapped[CreatedAt]
    """When it came here last."""
    closed_at: Mapped[datetime | None]
    item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("items.id"))
    """What it became."""
