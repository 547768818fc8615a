"""Institutions as data: who receives a referral depends on the date (KASN to 2024, BKN since)."""

from datetime import date
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, RegionCode, Slug, words


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
    task: Mapped[AgencyTask] = mapped_column(words(AgencyTask))
    region_code: Mapped[RegionCode | None]
    valid_from_on: Mapped[date | None]
    valid_to_on: Mapped[date | None]
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
