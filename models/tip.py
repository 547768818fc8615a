"""Informasi masyarakat: what the public sends without an account. In law it is no *laporan*, and nobody here calls it one."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, RegionCode, Sha256, words


class TipClosure(StrEnum):
    """Why a coordinator put a tip aside without a reading."""

    SPAM = "spam"
    OFF_TOPIC = "bukan_netralitas"
    ABUSE = "serangan_pribadi"
    WITHDRAWN = "ditarik"
    """Its sender took it back."""


class Tip(Base):
    """Informasi: a link or a text with place and date, and the item and the flag that it became."""

    __tablename__ = "tips"

    id: Mapped[Id]
    code_sha256: Mapped[Sha256] = mapped_column(unique=True)
    """Keyed hash of the tracking code. The code itself is shown once and kept nowhere."""
    form_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the form that it was written in: sent twice, it comes in once. None where a colleague typed it in."""
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), index=True)
    flag_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("flags.id"), index=True)
    text: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    """Never fetched by the service."""
    region_code: Mapped[RegionCode]
    happened_on: Mapped[date]
    known_on: Mapped[date]
    office: Mapped[str] = mapped_column(String(200), default="")
    agency: Mapped[str] = mapped_column(String(200), default="")
    contact_sealed: Mapped[str | None] = mapped_column(Text)
    """Encrypted; None where none was given, or once `contact_until` has passed."""
    contact_until: Mapped[date | None] = mapped_column(index=True)
    is_repeat: Mapped[bool] = mapped_column(default=False)
    """Somebody had sent the same link or the same words before."""
    entered_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    """The colleague who typed it in, of what came by telephone or over the counter."""
    created_at: Mapped[CreatedAt]
    withdrawn_at: Mapped[datetime | None]
    """When its sender took it back, by the code. From then on its words are shown no more."""
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    closure: Mapped[TipClosure | None] = mapped_column(words(TipClosure))
    bulk_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("bulk_actions.id"))
    """The deed that closed its flag with it, by which both come back."""

    __table_args__ = (Index("ix_tips_region_code_id", "region_code", "id"),)


class TipHour(Base):
    """How often one sender sent in one hour. The sender is a hash under a key of the day; the row is gone after two days."""

    __tablename__ = "tip_hours"

    hour: Mapped[datetime] = mapped_column(primary_key=True)
    sender: Mapped[Sha256] = mapped_column(primary_key=True)
    count: Mapped[int]
