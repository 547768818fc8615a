"""Tindak lanjut: how far a case came, from the report to the sanction."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, words


class Stage(StrEnum):
    """In their order: who reached one has reached those before."""

    REPORTED = "dilaporkan"
    RECOMMENDED = "direkomendasikan"
    FOLLOWED_UP = "ditindaklanjuti"
    """The PPK (Pejabat Pembina Kepegawaian) answered the recommendation by a deed."""
    SANCTIONED = "sanksi"


class FollowUp(Base):
    """One dated step, entered by a person. A correction is a row of its own and stands for the row that it names."""

    __tablename__ = "follow_ups"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    stage: Mapped[Stage] = mapped_column(words(Stage))
    on_day: Mapped[date]
    document_number: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    corrects_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("follow_ups.id"), unique=True)
    is_withdrawal: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]


class CaseStage(Base):
    """The day on which a case reached a stage: derived from its mirror and its follow-ups."""

    __tablename__ = "case_stages"

    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    stage: Mapped[Stage] = mapped_column(words(Stage), primary_key=True)
    on_day: Mapped[date]

    __table_args__ = (Index("ix_case_stages_stage", "stage", "on_day"),)
