"""Permintaan koreksi: what somebody asks of what is held about them, the answer, and what was done (UU 27/2022 Ps 5 to 13)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, RegionCode, Sha256, words

ANSWER_WITHIN = timedelta(hours=72)
"""3 x 24 hours from receipt: Ps 30 for corrections, Ps 41 for restrictions. The house keeps it for every request."""


class CorrectionAsk(StrEnum):
    """What is asked, and the article that gives the right."""

    FIX = "perbaiki"
    """Ps 6."""
    COMPLETE = "lengkapi"
    """Ps 6."""
    ERASE = "hapus"
    """Ps 8."""
    RESTRICT = "batasi"
    """Ps 11."""
    OBJECT = "keberatan"
    """Ps 10: to what a machine estimated."""


class CorrectionSender(StrEnum):
    SELF = "diri_sendiri"
    FOR_SOMEBODY = "mewakili"
    PUBLISHER = "penerbit"


class IdentityCheck(StrEnum):
    """How an office made sure of who asks. What was shown is looked at and given back: no copy is kept."""

    IN_PERSON = "bertemu_langsung"
    LETTER = "surat_resmi"
    CALL_BACK = "hubungi_balik"
    AGENCY = "melalui_instansi"
    NEWSROOM = "redaksi"
    NOT_NEEDED = "tidak_perlu"
    """Who asks changes nothing: the error is plain to see."""


class CorrectionAnswer(StrEnum):
    GRANTED = "dikabulkan"
    PARTLY = "sebagian"
    REFUSED = "ditolak"


class Correction(Base):
    """Permintaan koreksi, from receipt to answer. Who asked is known by the contact alone, which is sealed."""

    __tablename__ = "corrections"

    id: Mapped[Id]
    code_sha256: Mapped[Sha256] = mapped_column(unique=True)
    """Keyed hash of the tracking code, which is shown once and kept nowhere."""
    form_sha256: Mapped[Sha256] = mapped_column(unique=True)
    """Of the form that it was written in: sent twice, it comes in once."""
    asked: Mapped[CorrectionAsk] = mapped_column(words(CorrectionAsk))
    sender: Mapped[CorrectionSender] = mapped_column(words(CorrectionSender))
    region_code: Mapped[RegionCode | None]
    """None where the sender did not know: it lies with those who work for the nation."""
    address: Mapped[str] = mapped_column(Text, default="")
    """Of the published page, as sent. Never fetched."""
    description: Mapped[str] = mapped_column(Text, default="")
    """What it concerns, in words."""
    wrong: Mapped[str] = mapped_column(Text, default="")
    contact_sealed: Mapped[str | None] = mapped_column(Text)
    """Encrypted; None where none was given, or once its time is over."""
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
    due_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """When its sender took it back, by the code."""
    identity: Mapped[IdentityCheck | None] = mapped_column(words(IdentityCheck))
    identity_at: Mapped[datetime | None]
    identity_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    answer: Mapped[CorrectionAnswer | None] = mapped_column(words(CorrectionAnswer))
    ground: Mapped[str] = mapped_column(String(40), default="")
    """Why it was not or only partly granted: a slug of models/data/correction_grounds.yml."""
    reply: Mapped[str] = mapped_column(Text, default="")
    """What the sender reads, by the code."""
    answered_at: Mapped[datetime | None] = mapped_column()
    answered_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))

    __table_args__ = (
        Index("ix_corrections_region_code_id", "region_code", "id"),
        Index(
            "ix_corrections_due_at",
            "due_at",
            sqlite_where=answered_at.is_(None),
            postgresql_where=answered_at.is_(None),
        ),
    )


class CorrectionDeedKind(StrEnum):
    """What an office did about a request."""

    NOTE = "catatan"
    """A note of correction beside an item or a case; it goes wherever they go."""
    VERSION = "versi_baru"
    """The flag shows the newer version of the text, as its publisher corrected it."""
    ERASE = "penghapusan"
    RESTRICT = "pembatasan"
    """A flag lies outside of the queue, or a case is not referred, until this is taken back."""
    REREAD = "baca_ulang"
    """A person reads the text without the machine's score."""


class CorrectionDeed(Base):
    """One deed on one item or case. All but an erasure can be taken back, which leaves the row."""

    __tablename__ = "correction_deeds"

    id: Mapped[Id]
    correction_id: Mapped[int] = mapped_column(BigId, ForeignKey("corrections.id"), index=True)
    kind: Mapped[CorrectionDeedKind] = mapped_column(words(CorrectionDeedKind))
    item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("items.id"), index=True)
    flag_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("flags.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    note: Mapped[str] = mapped_column(String(1000), default="")
    """Of a note: what the house says now. No name stands in it."""
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What taking it back needs."""
    done_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    done_at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
