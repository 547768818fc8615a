"""The date decides the law: violation = act × election phase, from dated rule sets and calendars."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Id, Slug, words


class Clock(StrEnum):
    """How days are counted until a sign is stale (daluwarsa)."""

    PEMILU = "pemilu"
    """Working days (UU 7/2017 Ps 454)."""
    PILKADA = "pilkada"
    """Calendar days (UU 10/2016 Ps 134)."""


class When(StrEnum):
    """The part of an election in which a violation type holds."""

    BEFORE_CANDIDATES = "sebelum_penetapan"
    AFTER_CANDIDATES = "setelah_penetapan"
    ANY = "semua"


class RuleSet(Base):
    """A dated body of rules, for instance the joint decree (SKB) of 22 September 2022."""

    __tablename__ = "rule_sets"

    id: Mapped[Id]
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(300))
    valid_from_on: Mapped[date]
    valid_to_on: Mapped[date | None]
    source_url: Mapped[str] = mapped_column(String(500), default="")


class ViolationType(Base):
    """Bentuk pelanggaran: one act in one part of an election, with its class and its heaviest sanction."""

    __tablename__ = "violation_types"
    __table_args__ = (UniqueConstraint("rule_set_id", "code"),)

    id: Mapped[Id]
    rule_set_id: Mapped[int] = mapped_column(BigId, ForeignKey("rule_sets.id"))
    code: Mapped[str] = mapped_column(String(20))
    act: Mapped[str] = mapped_column(String(40))
    when: Mapped[When] = mapped_column("holds_when", words(When))
    label: Mapped[str] = mapped_column(String(400))
    level: Mapped[str] = mapped_column(String(40))
    """kode_etik or disiplin."""
    sanction: Mapped[str] = mapped_column(String(40))
    """moral, sedang, berat, ptdh, tergantung."""
    legal_basis: Mapped[str] = mapped_column(String(400), default="")


class Election(Base):
    __tablename__ = "elections"

    id: Mapped[Id]
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(200))
    clock: Mapped[Clock] = mapped_column(words(Clock))
    starts_on: Mapped[date | None]
    candidates_fixed_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    is_planned: Mapped[bool] = mapped_column(default=False)
    """True while the dates are not fixed by law."""


class ElectionPhase(Base):
    """Tahapan: one dated stage of an election."""

    __tablename__ = "election_phases"
    __table_args__ = (UniqueConstraint("election_id", "name"),)

    id: Mapped[Id]
    election_id: Mapped[int] = mapped_column(BigId, ForeignKey("elections.id"))
    name: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
