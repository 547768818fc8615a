"""Institutions as data: who receives a referral depends on the date (KASN to 2024, BKN since)."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, RegionCode, Slug, words


class AgencyTask(StrEnum):
    SUPERVISES_ELECTION = "pengawas_pemilu"
    OVERSEES_NEUTRALITY = "pengawas_netralitas"
    SETS_POLICY = "pembuat_kebijakan"
    EMPLOYS = "instansi_pegawai"


class Agency(Base):
    __tablename__ = "agencies"

    id: Mapped[Id]
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(200))
    """Today's; what it was called before stands in `agency_names`."""
    task: Mapped[AgencyTask] = mapped_column(words(AgencyTask))
    region_code: Mapped[RegionCode | None]
    valid_from_on: Mapped[date | None]
    valid_to_on: Mapped[date | None]
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
    is_edited: Mapped[bool] = mapped_column(default=False, server_default=false())
    """An admin of this house added or changed it: what an upgrade brings in models/data says no more of it."""

    def has_ended(self, day: date) -> bool:
        return self.valid_to_on is not None and self.valid_to_on < day


class AgencyName(Base):
    """What an agency was called until a day, and by which law. Rows are added, never edited."""

    __tablename__ = "agency_names"
    __table_args__ = (UniqueConstraint("agency_id", "valid_to_on"),)

    id: Mapped[Id]
    agency_id: Mapped[int] = mapped_column(BigId, ForeignKey("agencies.id"))
    name: Mapped[str] = mapped_column(String(200))
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
    valid_to_on: Mapped[date]
    """Its last day."""
    created_at: Mapped[CreatedAt]
