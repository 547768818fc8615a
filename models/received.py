"""What other houses told us of cases: kept beside our own rows, never over them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CanonicalJSON, CreatedAt, Id, Sha256, words


class Withdrawal(StrEnum):
    """Why a house says no more of a case."""

    MERGED = "digabung"
    """It was taken into another one, which is told of by itself."""
    TAKEN_BACK = "ditarik"
    """Nothing stands any more for which it was told: every referral was taken back."""
    OUT_OF_REACH = "di_luar_jangkauan"
    """It is no longer the reader's to know: the area of the reader or the agency of the case is another one."""


class Origin(Base):
    """Another house, known by its public key, and how far we have read it."""

    __tablename__ = "origins"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Its Ed25519 public key, base64url. Whoever signs with another key is somebody else."""
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(500))
    cursor: Mapped[str] = mapped_column(String(80), default="")
    pulled_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class ReceivedCase(Base):
    """The newest version of a case of another house, as it was signed there."""

    __tablename__ = "received_cases"
    __table_args__ = (UniqueConstraint("origin_id", "remote_id"),)

    id: Mapped[Id]
    origin_id: Mapped[int] = mapped_column(BigId, ForeignKey("origins.id"))
    remote_id: Mapped[int] = mapped_column(BigId)
    version: Mapped[int] = mapped_column(BigId)
    """Rises with every change there; an older one is not taken."""
    region_code: Mapped[str | None] = mapped_column(String(13), index=True)
    document: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJSON)
    """None once it was withdrawn there."""
    agency_key: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Of its subject, as our own cases keep theirs."""
    sha256: Mapped[Sha256]
    signature: Mapped[str] = mapped_column(String(128))
    envelope: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJSON)
    """What the signature is over: with it anybody can check at any time that nothing here was changed."""
    withdrawn_at: Mapped[datetime | None]
    withdrawal: Mapped[Withdrawal | None] = mapped_column(words(Withdrawal))
    merged_into_id: Mapped[int | None] = mapped_column(BigId)
    """The case of that house which took it in, by its number there."""
    case_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    """Our own case that it speaks of."""
    is_ours: Mapped[bool] = mapped_column(default=False)
    """It answers a case that began here; else a person here made our case from it."""
    received_at: Mapped[CreatedAt]
    changed_at: Mapped[CreatedAt]


class ReceivedKind(StrEnum):
    STATUS = "keadaan"
    FOLLOW_UP = "tindak_lanjut"
    REFERRAL = "penerusan"


class ReceivedEntry(Base):
    """One dated entry of another house on a case. What it says differently from us is named, and a person decides."""

    __tablename__ = "received_entries"

    id: Mapped[Id]
    received_case_id: Mapped[int] = mapped_column(BigId, ForeignKey("received_cases.id"))
    kind: Mapped[ReceivedKind] = mapped_column(words(ReceivedKind))
    remote_id: Mapped[int] = mapped_column(BigId)
    value: Mapped[str] = mapped_column(String(40))
    on_day: Mapped[date]
    document_number: Mapped[str] = mapped_column(String(120), default="")
    withdrawn_at: Mapped[datetime | None]
    """It no longer holds there."""
    received_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("received_case_id", "kind", "remote_id"),
        Index("ix_received_entries_case", "received_case_id", "on_day"),
    )
