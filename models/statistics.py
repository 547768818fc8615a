"""What dashboards read: counts of flags that are kept, so that no page counts a million rows.

Triggers on `flags` write what changed into `flag_changes`, in the transaction of the change;
`models.figures.tallying` adds it up.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, words
from models.flag import FlagReason

NATION = ""
"""In place of a region's code: all regions together, the unknown one among them."""
ALL_ACTS = ""
AGENCIES = "@"


def agencies_in(region_code: str) -> str:
    """In place of a region's code: the agencies there, which are told by an office that the text names."""
    return f"{region_code}{AGENCIES}"


class Measure(StrEnum):
    """What is counted, and what `value` and `on_day` mean there."""

    RAISED = "penanda"
    """Flags by the day on which they were raised; `value` is the reason."""
    DECIDED = "penilaian"
    """Finished flags by the day of the assessment; `value` is the reason."""
    DUE = "tenggat"
    """Flags by the last day of their clock; `value` says whether they were finished in time."""
    SOURCE = "sumber"
    """Raised, by month; `value` is the source's id."""
    PHASE = "tahapan"
    """Raised, by month; `value` is the stage of the election, empty outside of any."""
    SIDE = "pihak"
    """Raised, by month; `value` is a side that the text names. A flag counts once for each."""
    ARTIFACT = "artefak"
    """Finished flags that a model raised, by the month of the assessment; `value` is the artifact's name."""
    WAITED = "lama"
    """Finished flags by the month of the assessment; `value` says how long they had waited."""


class FlagChange(Base):
    """Perubahan penanda: what a flag was (-1) and what it became (+1), until it is added up. Written by triggers only."""

    __tablename__ = "flag_changes"

    id: Mapped[Id]
    at: Mapped[CreatedAt]
    sign: Mapped[int]
    created_at: Mapped[datetime]
    assessed_at: Mapped[datetime | None]
    due_on: Mapped[date]
    region_code: Mapped[str | None] = mapped_column(String(13))
    act: Mapped[str | None] = mapped_column(String(40))
    office: Mapped[str | None] = mapped_column(String(40))
    source_id: Mapped[int | None] = mapped_column(BigId)
    phase: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[FlagReason] = mapped_column(words(FlagReason))
    outcome: Mapped[str] = mapped_column(String(40))
    """The outcome of a finished flag, the state of any other."""
    sides: Mapped[list[str] | None]
    prediction_id: Mapped[int | None] = mapped_column(BigId)


class FlagTally(Base):
    """Hitungan: how many flags there are of one kind, on one day (or in one month, then its first day)."""

    __tablename__ = "flag_tallies"

    measure: Mapped[Measure] = mapped_column(words(Measure), primary_key=True)
    region_code: Mapped[str] = mapped_column(String(13), primary_key=True)
    """NATION, a province or a regency: each flag counts in all three. One that names an office counts for the agencies of
    exactly its region too (`agencies_in`)."""
    act: Mapped[str] = mapped_column(String(40), primary_key=True)
    """ALL_ACTS, or one act: each flag counts in both."""
    outcome: Mapped[str] = mapped_column(String(40), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int] = mapped_column(BigId)

    __table_args__ = (
        Index("ix_flag_tallies_empty", "measure", sqlite_where=count == 0, postgresql_where=count == 0),
        {"sqlite_with_rowid": False},
    )


class PublicFigure(Base):
    """Angka publik: one count of a period that is over, as everybody may read it. Never edited, never counted anew.

    Periods of one figure do not overlap, and no exact number is stored: docs/dashboard.md says why.
    """

    __tablename__ = "public_figures"

    figure: Mapped[str] = mapped_column(String(40), primary_key=True)
    first_on: Mapped[date] = mapped_column(primary_key=True)
    """First day of the month or half-year."""
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    """What is counted: a province, an act, or one of the words in `service.dashboard.publishing`."""
    at_least: Mapped[int] = mapped_column(BigId)
    """A multiple of 5; the true count lies there or up to 4 above."""
    published_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("at_least >= 0 AND at_least % 5 = 0", name="fives"),
        {"sqlite_with_rowid": False},
    )
