"""Regions by Kemendagri code (`33` province, `33.24` regency or city). BPS codes differ in Papua: never mix them."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, RegionCode, words


class RegionLevel(StrEnum):
    PROVINCE = "provinsi"
    REGENCY = "kabupaten"
    CITY = "kota"


class Region(Base):
    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    level: Mapped[RegionLevel] = mapped_column(words(RegionLevel))
    parent_code: Mapped[str | None] = mapped_column(String(13), ForeignKey("regions.code"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    timezone: Mapped[str] = mapped_column(String(40))
    """IANA name: Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT)."""


class RegionAlias(Base):
    """Another way in which papers write a region: Sultra, Malut, Jogja."""

    __tablename__ = "region_aliases"

    id: Mapped[Id]
    alias: Mapped[str] = mapped_column(String(120), index=True)
    region_code: Mapped[RegionCode]
