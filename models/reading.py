"""Readings that measure readers: texts whose label is agreed, put before a person as if they were any other."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.assessment import Answer, NoViolationReason, Outcome
from models.base import Base, BigId, CreatedAt, Id, words


class GoldenReading(Base):
    """Bacaan butir emas: what one person said of a golden item. It is no assessment, and changes no flag and no case.

    Label and text are kept here, for a golden item may be taken off the list while what was read of it still counts.
    """

    __tablename__ = "golden_readings"
    __table_args__ = (
        UniqueConstraint("user_id", "item_version_id"),
        Index("ix_golden_readings_answered_at", "answered_at"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_versions.id"))
    flag_id: Mapped[int] = mapped_column(BigId, ForeignKey("flags.id"))
    """The finished flag under whose number it was shown."""
    label: Mapped[str] = mapped_column(String(40))
    """What experienced people agreed on when it was shown."""
    taken_at: Mapped[CreatedAt]
    held_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    """None while it waits, and for good where it was given back."""
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome))
    content_partisan: Mapped[Answer | None] = mapped_column(words(Answer))
    person_asn: Mapped[Answer | None] = mapped_column(words(Answer))
    attribution_verified: Mapped[Answer | None] = mapped_column(words(Answer))
    act: Mapped[str | None] = mapped_column(String(40))
    no_violation_reason: Mapped[NoViolationReason | None] = mapped_column(words(NoViolationReason))
    note: Mapped[str] = mapped_column(Text, default="")
    is_right: Mapped[bool | None]
    """Whether it was told apart as the label does, act or look-alike; None where the answer says neither."""
