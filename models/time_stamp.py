"""What an authority outside of this house says of a snapshot: it was there at that moment."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id


class TimeStamp(Base):
    """Stempel waktu (RFC 3161) over the records of a snapshot, as they stand in the WARC file."""

    __tablename__ = "time_stamps"

    id: Mapped[Id]
    snapshot_id: Mapped[int] = mapped_column(BigId, ForeignKey("snapshots.id"), index=True)
    authority: Mapped[str] = mapped_column(String(500))
    """The address that was asked."""
    stamped_at: Mapped[datetime]
    """As the authority says."""
    token: Mapped[bytes] = mapped_column(LargeBinary)
    """Its whole answer (TimeStampResp, DER), which `openssl ts -verify` reads."""
    created_at: Mapped[CreatedAt]
