"""What a machine claims: artifacts, their predictions, and the flags that people work through."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, RegionCode, Sha256, Slug, words


class ArtifactState(StrEnum):
    CANDIDATE = "calon"
    SHADOW = "bayangan"
    """Tried out beside the live one: it scores, and raises no flag."""
    LIVE = "aktif"
    RETIRED = "pensiun"


class Artifact(Base):
    """A trained classifier on disk, under `NETRA_HOME/artifacts/<name>`."""

    __tablename__ = "artifacts"

    id: Mapped[Id]
    name: Mapped[Slug] = mapped_column(unique=True)
    sha256: Mapped[Sha256]
    state: Mapped[ArtifactState] = mapped_column(words(ArtifactState), default=ArtifactState.CANDIDATE)
    threshold: Mapped[float]
    """The line: a probability at or above it raises a flag."""
    read_line: Mapped[float] = mapped_column(default=0.0)
    """From here to the line a text is "perlu dibaca"."""
    metrics: Mapped[dict[str, Any]] = mapped_column(default=dict)
    trained_at: Mapped[CreatedAt]


class Prediction(Base):
    """Prakiraan: what one artifact says of one version of an item."""

    __tablename__ = "predictions"
    __table_args__ = (UniqueConstraint("item_version_id", "artifact_id"),)

    id: Mapped[Id]
    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_versions.id"))
    artifact_id: Mapped[int] = mapped_column(BigId, ForeignKey("artifacts.id"), index=True)
    probability: Mapped[float]
    label: Mapped[str] = mapped_column(String(40))
    """The most likely class: an act, or a look-alike such as ikrar."""
    act: Mapped[str | None] = mapped_column(String(40))
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Spans of the stored text: start, end (characters), weight, words, signs."""
    created_at: Mapped[CreatedAt]


class FlagReason(StrEnum):
    MODEL = "model"
    RULE = "aturan"
    TIP = "informasi_masyarakat"
    AUDIT = "sampel_audit"


class FlagState(StrEnum):
    OPEN = "terbuka"
    SECOND = "menunggu_penilai_kedua"
    """One person sees signs of a violation; a second one must read it (never the same)."""
    ASSESSED = "dinilai"


class Flag(Base):
    """Penanda: why an item is before people. An item has one unfinished flag at most."""

    __tablename__ = "flags"

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"))
    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_versions.id"))
    prediction_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("predictions.id"))
    reason: Mapped[FlagReason] = mapped_column(words(FlagReason))
    state: Mapped[FlagState] = mapped_column(words(FlagState), default=FlagState.OPEN)
    priority: Mapped[float] = mapped_column()
    """Larger comes first. Today the probability; the queue's order rests on this column alone."""
    region_code: Mapped[RegionCode | None]
    election_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("elections.id"))
    discovered_at: Mapped[datetime]
    """When the item was first seen: the legal clock starts here."""
    due_on: Mapped[date]
    """Last day of the legal clock, in the region's own zone."""
    created_at: Mapped[CreatedAt]

    holder_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    held_until: Mapped[datetime | None]
    first_assessor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    """Who saw signs of a violation first, while a second reader is awaited."""
    assessed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_flags_queue",
            priority.desc(),
            "id",
            sqlite_where=(state != FlagState.ASSESSED),
            postgresql_where=(state != FlagState.ASSESSED),
        ),
        Index(
            "uq_flags_unfinished_item",
            "item_id",
            unique=True,
            sqlite_where=(state != FlagState.ASSESSED),
            postgresql_where=(state != FlagState.ASSESSED),
        ),
        Index("ix_flags_item_id", "item_id"),
        Index("ix_flags_region_code", "region_code"),
    )


class LeaseEnd(StrEnum):
    RELEASED = "dilepas"
    ASSESSED = "dinilai"
    EXPIRED = "habis_waktu"


class Lease(Base):
    """Ambil: who held which flag, from when to when. The flag's `holder_id` decides; this is its history."""

    __tablename__ = "leases"

    id: Mapped[Id]
    flag_id: Mapped[int] = mapped_column(BigId, ForeignKey("flags.id"), index=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    taken_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None] = mapped_column()
    ended_by: Mapped[LeaseEnd | None] = mapped_column(words(LeaseEnd))

    __table_args__ = (
        Index("uq_leases_running", "flag_id", unique=True, sqlite_where=ended_at.is_(None), postgresql_where=ended_at.is_(None)),
    )
