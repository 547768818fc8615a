"""How the queue is worked: its weights and generations, kept searches, skipped flags, deeds on many flags at once."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, words
from models.queue.priority import Weights


class QueueSettings(Base):
    """Bobot antrean: one version of the weights. The newest row holds; none is ever edited."""

    __tablename__ = "queue_settings"

    id: Mapped[Id]
    score: Mapped[float]
    severity: Mapped[float]
    time: Mapped[float]
    reach: Mapped[float]
    novelty: Mapped[float]
    oldest_share: Mapped[float]
    """The part of "take next" that takes the oldest waiting flag instead of the first one, so that nothing starves."""
    note: Mapped[str] = mapped_column(String(500), default="")
    set_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[CreatedAt]

    @property
    def weights(self) -> Weights:
        return Weights(self.score, self.severity, self.time, self.reach, self.novelty)


class RefreshCause(StrEnum):
    DAYS = "hari"
    """Days passed, clusters grew, readings came in."""
    WEIGHTS = "bobot"
    """Somebody set new weights: every flag has a new place."""


class QueueGeneration(Base):
    """Generasi: from here on, lists show the places that flags were given before it. Its id counts the generations."""

    __tablename__ = "queue_generations"

    id: Mapped[Id]
    cause: Mapped[RefreshCause] = mapped_column(words(RefreshCause))
    changed: Mapped[int] = mapped_column(BigId)
    """Flags that the refresh gave a new place."""
    created_at: Mapped[CreatedAt]


class SavedSearch(Base):
    """Pencarian tersimpan: a filter of the queue under a name, each person's own."""

    __tablename__ = "saved_searches"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(2000))
    """The filter as it stands in the address bar."""
    is_default: Mapped[bool] = mapped_column(default=False)
    """What this person sees when they open the queue."""
    created_at: Mapped[CreatedAt]


class FlagSkip(Base):
    """Lewati: a flag that this person is not given again by "take next"."""

    __tablename__ = "flag_skips"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    flag_id: Mapped[int] = mapped_column(BigId, ForeignKey("flags.id"), primary_key=True, autoincrement=False, index=True)
    reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[CreatedAt]


OF_ONE_DECISION = "klaster"
"""Key in `BulkAction.values` where one decision covered the confirmed copies of the text that was read."""


class BulkDeed(StrEnum):
    ASSESS = "nilai"
    HAND_OVER = "serahkan"
    RELEASE = "lepas"


class BulkAction(Base):
    """Tindakan massal: one deed on many flags, done in one transaction and undone as one event."""

    __tablename__ = "bulk_actions"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    deed: Mapped[BulkDeed] = mapped_column(words(BulkDeed))
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was done: outcome, receiver, and of each flag what undoing needs."""
    reason: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(String(2000), default="")
    """The filter that the flags were chosen by; empty where they were checked one by one."""
    done: Mapped[int]
    skipped: Mapped[int]
    created_at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]
