"""Jejak audit: every change leaves a row, and each row carries the hash of the one before it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, BigId, CanonicalJSON, Id, Sha256, canonical_json, now

GENESIS = "0" * 64
CHAIN_LOCK = 6387201  # Any constant that no other advisory lock of this database uses.


class AuditEvent(Base):
    """One change. The table refuses UPDATE and DELETE by trigger; undo is an event of its own."""

    __tablename__ = "audit_events"

    id: Mapped[Id]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    actor: Mapped[str] = mapped_column(String(80))
    """Username, or `sistem:` and the name of the program."""
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column(BigId)
    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("audit_events.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON, default=dict)
    previous_hash: Mapped[Sha256]
    hash: Mapped[Sha256] = mapped_column(unique=True)

    __table_args__ = (Index("ix_audit_events_subject", "subject_type", "subject_id"),)

    def compute_hash(self) -> str:
        """SHA-256 over every field but the id, and over the hash of the event before."""
        fields = [
            self.previous_hash,
            self.at.isoformat(timespec="microseconds"),
            self.actor_id,
            self.actor,
            self.action,
            self.subject_type,
            self.subject_id,
            self.parent_id,
            self.detail,
        ]
        return hashlib.sha256(canonical_json(fields).encode()).hexdigest()


def record_event(
    session: Session,
    action: str,
    *,
    actor: str,
    subject: tuple[str, int | None],
    actor_id: int | None = None,
    parent: AuditEvent | None = None,
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Add one event to the chain, in the caller's transaction.

    Call it last in a transaction: on PostgreSQL it holds the chain until the commit. On SQLite the writing
    session holds the only write lock already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    previous = session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1))
    event = AuditEvent(
        at=now(),
        actor=actor,
        actor_id=actor_id,
        action=action,
        subject_type=subject[0],
        subject_id=subject[1],
        parent_id=parent.id if parent else None,
        detail=detail or {},
        previous_hash=previous or GENESIS,
    )
    event.hash = event.compute_hash()
    session.add(event)
    session.flush()
    return event


@dataclass(frozen=True)
class ChainBreak:
    """Where the trail stops to be whole, and why."""

    event_id: int
    reason: str


@dataclass(frozen=True)
class ChainReport:
    events: int
    head: str
    """Hash of the newest event. Keep it elsewhere: a cut tail shows only against a copy of the head."""
    breaks: list[ChainBreak]
    holds_head: bool | None
    """Whether the expected head was met; None when none was asked for."""


def verify_chain(session: Session, *, expected_head: str | None = None) -> ChainReport:
    """Walk the whole trail and compare every hash."""
    previous, count, breaks, met = GENESIS, 0, list[ChainBreak](), expected_head == GENESIS
    for event in _walk(session):
        count += 1
        if event.previous_hash != previous:
            breaks.append(ChainBreak(event.id, "an event before it is missing or was replaced"))
        if event.compute_hash() != event.hash:
            breaks.append(ChainBreak(event.id, "its content does not match its hash"))
        previous = event.hash
        met = met or previous == expected_head
    return ChainReport(count, previous, breaks, met if expected_head else None)


def _walk(session: Session) -> Iterator[AuditEvent]:
    query = select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000)
    yield from session.scalars(query)
