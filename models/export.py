"""Ekspor: what left the house as a file, for which purpose, and the hash of exactly that."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, Sha256, words


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


class ExportPurpose(StrEnum):
    """What somebody needs it for (UU 27/2022: data are processed for a stated purpose)."""

    SUPERVISION = "pengawasan"
    REFERRAL = "penerusan"
    REPORTING = "pelaporan"
    RESEARCH = "penelitian"
    AUDIT = "audit"
    OTHER = "lainnya"


class Export(Base):
    """One file. The row is there before the first byte leaves, and is never edited."""

    __tablename__ = "exports"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    what: Mapped[str] = mapped_column(String(40))
    """Slug of a table of service/exports."""
    format: Mapped[ExportFormat] = mapped_column(words(ExportFormat))
    query: Mapped[str] = mapped_column(String(2000), default="")
    """The filter as it stood in the address bar."""
    purpose: Mapped[ExportPurpose] = mapped_column(words(ExportPurpose))
    note: Mapped[str] = mapped_column(Text)
    opens_names: Mapped[bool] = mapped_column(default=False)
    """Handles and names went out unmasked."""
    row_count: Mapped[int]
    byte_count: Mapped[int] = mapped_column(BigId)
    sha256: Mapped[Sha256]
    created_at: Mapped[CreatedAt]
