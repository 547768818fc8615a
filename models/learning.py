"""What the classifier learns from besides the corpus, and what it is held against."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, Sha256, words
from models.item import ItemKind


class TrainingText(Base):
    """Teks latih: a text that somebody labelled elsewhere and that came in by `netra labels import`."""

    __tablename__ = "training_texts"
    __table_args__ = (UniqueConstraint("text_sha256", "kind"),)

    id: Mapped[Id]
    origin: Mapped[str] = mapped_column(String(200))
    """Name of the file that it came in with."""
    text_sha256: Mapped[Sha256]
    """Of title, author and text: the same words come in once."""
    kind: Mapped[ItemKind] = mapped_column(words(ItemKind))
    title: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    author_name: Mapped[str] = mapped_column(Text, default="")
    author_bio: Mapped[str] = mapped_column(Text, default="")
    label: Mapped[str] = mapped_column(String(40))
    """An act or a look-alike, as in `classifier/classes.py`."""
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Spans of `text` that show the act: start and end in characters."""
    event: Mapped[str] = mapped_column(String(200), default="")
    """Texts of one event share it; empty means an event of its own."""
    imported_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[CreatedAt]


class GoldenItem(Base):
    """Butir emas: a text whose label experienced people agree on. Never trained on; an artifact that gets it worse is refused."""

    __tablename__ = "golden_items"

    id: Mapped[Id]
    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_versions.id"), unique=True)
    label: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    added_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[CreatedAt]


class DrawPurpose(StrEnum):
    AUDIT = "audit"
    """A plain random draw from what was not flagged: recall is estimated from it."""
    LEARNING = "belajar"
    """Texts near the line, spread over clusters: they teach most, and estimate nothing."""


class AuditDraw(Base):
    """Undian: one draw of texts to read, and from how many it was taken."""

    __tablename__ = "audit_draws"

    id: Mapped[Id]
    purpose: Mapped[DrawPurpose] = mapped_column(words(DrawPurpose))
    artifact_id: Mapped[int] = mapped_column(BigId, ForeignKey("artifacts.id"), index=True)
    population: Mapped[int] = mapped_column(BigId)
    """Current texts without a flag, scored by the artifact, at that moment."""
    seed: Mapped[int] = mapped_column(BigId)
    drawn_at: Mapped[CreatedAt]


class AuditSample(Base):
    """Sampel audit: one text of a draw, and the flag by which people read it."""

    __tablename__ = "audit_samples"
    __table_args__ = (Index("ix_audit_samples_item_version_id", "item_version_id"),)

    draw_id: Mapped[int] = mapped_column(BigId, ForeignKey("audit_draws.id"), primary_key=True, autoincrement=False)
    flag_id: Mapped[int] = mapped_column(BigId, ForeignKey("flags.id"), primary_key=True, autoincrement=False)
    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_versions.id"))
    probability: Mapped[float]
    created_at: Mapped[CreatedAt]


class RecallMethod(StrEnum):
    POOLED_DRAWS = "undian_gabungan"
    """All random draws of an artifact together, with the exact binomial interval (Clopper and Pearson)."""


class RecallEstimate(Base):
    """Taksiran: how much an artifact misses, as far as people's readings of random draws told on one day. Never edited.

    It is about all texts of the house: draws do not tell regions apart.
    """

    __tablename__ = "recall_estimates"
    __table_args__ = (Index("ix_recall_estimates_artifact_id_on_day", "artifact_id", "on_day"),)

    id: Mapped[Id]
    artifact_id: Mapped[int] = mapped_column(BigId, ForeignKey("artifacts.id"))
    on_day: Mapped[date]
    """In Jakarta."""
    method: Mapped[RecallMethod] = mapped_column(words(RecallMethod))
    confidence: Mapped[float]
    """Of both intervals."""
    population: Mapped[int] = mapped_column(BigId)
    """Texts without a flag, when the newest draw was made."""
    drawn: Mapped[int] = mapped_column(BigId)
    read: Mapped[int] = mapped_column(BigId)
    """With an answer: an act, or none."""
    undecided: Mapped[int] = mapped_column(BigId)
    missed: Mapped[int] = mapped_column(BigId)
    """Of those that were read."""
    found: Mapped[int] = mapped_column(BigId)
    known_missed: Mapped[int] = mapped_column(BigId)
    """Brought up by a tip, a rule or an earlier draw."""
    waiting: Mapped[int] = mapped_column(BigId)
    share: Mapped[float]
    """Of the population that shows an act."""
    share_low: Mapped[float]
    share_high: Mapped[float]
    recall: Mapped[float | None]
    """None while people have confirmed no flag of the artifact."""
    recall_low: Mapped[float | None]
    recall_high: Mapped[float | None]
    created_at: Mapped[CreatedAt]


class ShadowScore(Base):
    """Skor bayangan: what an artifact that is tried out would have said beside the live one. It raises no flag."""

    __tablename__ = "shadow_scores"
    __table_args__ = (UniqueConstraint("artifact_id", "item_version_id"),)

    id: Mapped[Id]
    artifact_id: Mapped[int] = mapped_column(BigId, ForeignKey("artifacts.id"))
    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_versions.id"), index=True)
    probability: Mapped[float]
    label: Mapped[str] = mapped_column(String(40))
    scored_at: Mapped[datetime]
