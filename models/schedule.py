"""Who reads which source, and when again: what the plan knows beside the feeds' own `next_poll_at`."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, words
from models.crawl import RunState


class HostClaim(Base):
    """Klaim situs: the worker that reads a host now. One row a host, so two workers at one site cannot be written down."""

    __tablename__ = "host_claims"

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    worker: Mapped[str | None] = mapped_column(String(200))
    """Machine, process and a word of its own, as `wanasari-1:4711:9f3a`; None while nobody reads the host."""
    source_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sources.id"))
    """The source that is read; those of one host take turns."""
    taken_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """Moved on by a worker that lives; after this moment anybody gives the host back."""


class SourceSchedule(Base):
    """Jadwal: the turns of one source, as far as no other table knows them."""

    __tablename__ = "source_schedules"

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"), primary_key=True, autoincrement=False)
    host: Mapped[str] = mapped_column(String(253), ForeignKey("host_claims.host"), index=True)
    next_at: Mapped[datetime | None]
    """Of a source without feeds: when its platform is asked again. None until it was asked once."""
    not_before: Mapped[datetime | None]
    """However much waits: the pause after a failure, or a minute after a success."""
    failures: Mapped[int] = mapped_column(default=0)
    """Runs in a row that failed or died."""
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """Before `begun_at` while a run is under way, or when its worker died."""
    outcome: Mapped[RunState | None] = mapped_column(words(RunState))
    reason: Mapped[str] = mapped_column(Text, default="")
