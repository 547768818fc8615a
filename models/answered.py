"""What was answered to a machine's request, so that a repeat gets the same answer and does nothing twice."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, BigId, CreatedAt, Id, Sha256

KEPT_FOR = timedelta(hours=24)


class AnsweredRequest(Base):
    """One write under an Idempotency-Key. It commits with the deed itself, or not at all; gone after 24 hours."""

    __tablename__ = "answered_requests"
    __table_args__ = (UniqueConstraint("user_id", "key"), Index("ix_answered_requests_created_at", "created_at"))

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(String(200))
    request_sha256: Mapped[Sha256]
    """Of method, path, query and body."""
    status: Mapped[int]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[CreatedAt]


def forget_answers(session: Session, at: datetime) -> None:
    session.execute(delete(AnsweredRequest).where(AnsweredRequest.created_at <= at - KEPT_FOR))
