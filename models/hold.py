"""Penahanan hukum: an item that no timer may erase, whatever its age."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id


class LegalHold(Base):
    """Somebody said that an item must stay, and why. It holds until somebody says otherwise."""

    __tablename__ = "legal_holds"

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    held_by: Mapped[str] = mapped_column(String(80))
    held_at: Mapped[CreatedAt]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
