"""Jobs that come round by themselves: whose turn it is, who holds it, and what became of it."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Id, words
from models.crawl import RunState


class JobTurn(Base):
    """Giliran: one row a job that is never done twice at once, as `digest`, `crawl:antaranews` or `score:2`."""

    __tablename__ = "job_turns"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    holder: Mapped[str | None] = mapped_column(String(200))
    """Machine, process and a word of its own, as `wanasari-1:4711:9f3a`; None while nobody does it."""
    taken_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """Moved on by a holder that lives; after this moment anybody gives the turn back."""
    due_at: Mapped[CreatedAt]
    """When its time comes again: after the pause, where it failed."""
    failures: Mapped[int] = mapped_column(default=0)
    """Runs in a row that failed or died."""
    succeeded_at: Mapped[datetime | None]


class JobRun(Base):
    """One run of a job. Kept for some days; what a job did to the domain stands in the trail."""

    __tablename__ = "job_runs"
    __table_args__ = (Index("ix_job_runs_job_id", "job", "id"),)

    id: Mapped[Id]
    job: Mapped[str] = mapped_column(String(120))
    holder: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]
    state: Mapped[RunState] = mapped_column(words(RunState), default=RunState.RUNNING)
    said: Mapped[str] = mapped_column(Text, default="")
    """What it did, or why it did not."""
