"""Jejak audit: every change leaves a row, and each row carries the hash of the one before it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from models import prepared
from models.base import Base, BigId, CanonicalJSON, Id, Sha256, canonical_json, now

GENESIS = "0" * 64
_MOMENT_IN_SQLITE = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
NUMBERING = "jejak.penomoran"
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

    __table_args__ = (
        Index("ix_audit_events_subject", "subject_type", "subject_id"),
        Index("ix_audit_events_type", "subject_type", "id"),
    )

    def compute_hash(self) -> str:
        """SHA-256 over every field but the id, and over the hash of the event before. Ids follow one another without a gap."""
        subject = (self.subject_type, self.subject_id, self.parent_id)
        at = self.at.isoformat(timespec="microseconds")
        return _hash([self.previous_hash, at, self.actor_id, self.actor, self.action, *subject], canonical_json(self.detail))


GAPS = {column.key: f"event_{column.key}" for column in AuditEvent.__table__.columns}
"""What stands for each column in the statement that writes an event; SQLAlchemy keeps names of columns for itself."""


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
    session holds the only write lock already. The event that comes back is a copy, apart from the session.
    """
    if session.get_bind().dialect.name == "postgresql":
        prepared.run(session, _lock)  # A statement of its own: the next one must see what the holder before wrote.
    newest = prepared.run(session, _newest)
    last_id, last_hash = newest[0] if newest else (0, GENESIS)
    event = AuditEvent(
        id=last_id + 1,  # Sequences leave gaps, in which a missing event would not show.
        at=now(),
        actor=actor,
        actor_id=actor_id,
        action=action,
        subject_type=subject[0],
        subject_id=subject[1],
        parent_id=parent.id if parent else None,
        detail=detail or {},
        previous_hash=last_hash,
    )
    event.hash = event.compute_hash()
    prepared.run(session, _new, **{gap: getattr(event, name) for name, gap in GAPS.items()})
    return event


def _lock() -> Select[Any]:
    return select(func.pg_advisory_xact_lock(CHAIN_LOCK))


def _newest() -> Select[int, str]:
    return select(AuditEvent.id, AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(literal_column("1", Integer))


def _new() -> ReturningInsert[int]:
    columns = AuditEvent.__table__.columns
    gaps = {name: bindparam(gap, None, columns[name].type) for name, gap in GAPS.items()}
    return insert(AuditEvent).values(gaps).returning(AuditEvent.id)


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


def begin_numbering(session: Session) -> None:
    """Say in the trail that numbers follow one another from here on, where they did not: PostgreSQL's sequences left gaps."""
    newest, count = session.execute(select(func.max(AuditEvent.id), func.count())).one()
    if newest not in (None, count) and _numbered_from(session) is None:
        record_event(session, NUMBERING, actor="sistem:netra", subject=("audit", None), detail={"sebelumnya": count})


def _numbered_from(session: Session) -> int | None:
    return session.scalar(select(func.max(AuditEvent.id)).where(AuditEvent.action == NUMBERING))


def verify_chain(session: Session, *, expected_head: str | None = None) -> ChainReport:
    """Walk the whole trail and compare every hash with what is stored, byte by byte."""
    previous, count, last_id, breaks, met = GENESIS, 0, 0, list[ChainBreak](), expected_head == GENESIS
    numbered_from = _numbered_from(session) or 0
    for event in _walk(session):
        count += 1
        if event.previous_hash != previous:
            breaks.append(ChainBreak(event.id, "an event before it is missing or was replaced"))
        elif event.id != last_id + 1 and event.id > numbered_from:
            breaks.append(ChainBreak(event.id, "its number does not follow the one before"))
        if event.computed != event.hash:
            breaks.append(ChainBreak(event.id, "its content does not match its hash"))
        previous, last_id = event.hash, event.id
        met = met or previous == expected_head
    return ChainReport(count, previous, breaks, met if expected_head else None)


@dataclass(frozen=True)
class _Stored:
    """An event as it lies in the database: nothing is parsed, so nothing is forgiven, and nothing can fail to be read."""

    id: int
    previous_hash: str
    hash: str
    computed: str


def _walk(session: Session) -> Iterator[_Stored]:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    texts = (AuditEvent.at, AuditEvent.previous_hash, AuditEvent.hash, AuditEvent.actor, AuditEvent.action)
    stored = [_stored(column, is_sqlite=is_sqlite) for column in (*texts, AuditEvent.subject_type, AuditEvent.detail)]
    numbers = (AuditEvent.id, AuditEvent.actor_id, AuditEvent.subject_id, AuditEvent.parent_id)
    query: Select[Any] = select(*numbers, *stored).order_by(AuditEvent.id).execution_options(yield_per=1000)
    for row in session.execute(query):
        values: tuple[Any, ...] = tuple(row)
        number, actor_id, subject_id, parent_id, at, *texts_of_row = values
        before, own, actor, action, subject, detail = (_read(text) for text in texts_of_row)
        fields = [before, _read_moment(at), actor_id, actor, action, subject, subject_id, parent_id]
        yield _Stored(number, before, own, _hash(fields, detail))


def _stored(column: Any, *, is_sqlite: bool) -> ColumnElement[Any]:
    """SQLite keeps any bytes as a text; PostgreSQL refuses those that are none."""
    return cast(column, LargeBinary) if is_sqlite else type_coerce(column, Text)


def _read(raw: bytes | str) -> str:
    return raw.decode(errors="surrogateescape") if isinstance(raw, bytes) else raw


def _read_moment(raw: bytes | datetime) -> str:
    if isinstance(raw, datetime):
        return raw.astimezone(UTC).isoformat(timespec="microseconds")
    stored = _read(raw)
    return f"{stored.replace(' ', 'T')}+00:00" if _MOMENT_IN_SQLITE.fullmatch(raw) else stored


def _hash(fields: list[str | int | None], detail: str) -> str:
    """Of the canonical JSON of all fields, the last of which is canonical JSON already."""
    body = f"{canonical_json(fields)[:-1]},{detail}]"
    return hashlib.sha256(body.encode(errors="surrogateescape")).hexdigest()
