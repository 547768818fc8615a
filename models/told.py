"""What other houses were told of our cases: without it nobody could tell them that a case is gone."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, Sha256


class InterchangeReader(Base):
    """A system of another house that pulls: the token of a partner, by its name, so that a new token of that name goes on."""

    __tablename__ = "interchange_readers"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(120))
    reach_sha256: Mapped[Sha256]
    """Of its area and of whether it gets names. Where that changes, all that it was told is told anew."""
    created_at: Mapped[CreatedAt]


class ToldCase(Base):
    """A case that a reader has, or once had."""

    __tablename__ = "told_cases"
    __table_args__ = (
        UniqueConstraint("reader_id", "case_id"),
        Index("ix_told_cases_version", "reader_id", "version", "case_id"),
    )

    id: Mapped[Id]
    reader_id: Mapped[int] = mapped_column(BigId, ForeignKey("interchange_readers.id"))
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"))
    version: Mapped[int] = mapped_column(BigId)
    """Of the newest that it was told, or of what it is to be told anew: a place in the trail, as every version is."""
    is_gone: Mapped[bool] = mapped_column(default=False)
    """The last was a tombstone."""
