"""Imports as the trail knows them. The number of an import is that of its first event; the others have it as parent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import AuditEvent

COUNTED = ("disimpan", "berubah", "sudah ada", "ditolak", "dilewati")
SHOWN_FILES = 5


@dataclass
class ImportedBatch:
    """One run of `netra import`."""

    id: int
    at: datetime
    actor: str
    until: datetime
    """When its last rows were stored."""
    counts: Counter[str] = field(default_factory=Counter[str])
    files: list[str] = field(default_factory=list[str])
    """Names of the first ones."""
    new: list[int] = field(default_factory=list[int])
    """Versions of items that it brought."""
    changed: list[int] = field(default_factory=list[int])
    """Versions that it put in place of others."""
    is_listed: bool = False
    """False for imports from before versions were written down: they cannot be taken back."""
    taken_back: int = 0
    """Versions that were taken back so far."""


def list_batches(session: Session, limit: int) -> list[ImportedBatch]:
    """The newest first."""
    firsts = select(AuditEvent.id).where(AuditEvent.action == "impor", AuditEvent.parent_id.is_(None))
    return _load(session, session.scalars(firsts.order_by(AuditEvent.id.desc()).limit(limit)).all())


def find_batch(session: Session, number: int) -> ImportedBatch | None:
    """The import of this number, whichever of its events is named."""
    named = select(func.coalesce(AuditEvent.parent_id, AuditEvent.id))
    first = session.scalar(named.where(AuditEvent.id == number, AuditEvent.action.in_(("impor", "impor.selesai"))))
    return next(iter(_load(session, [first])), None) if first else None


def _load(session: Session, firsts: Sequence[int]) -> list[ImportedBatch]:
    found = dict[int, ImportedBatch]()
    own = or_(AuditEvent.id.in_(firsts), AuditEvent.parent_id.in_(firsts))
    query = select(AuditEvent).where(own, AuditEvent.action.in_(("impor", "impor.batal"))).order_by(AuditEvent.id)
    for event in session.scalars(query.execution_options(yield_per=100)):
        if event.id in firsts:
            found[event.id] = ImportedBatch(event.id, event.at, event.actor, event.at)
        batch = found[event.parent_id or event.id]
        if event.action == "impor.batal":
            batch.taken_back += len(event.detail["versi"])
        else:
            _add(batch, event)
    return sorted(found.values(), key=lambda batch: -batch.id)


def _add(batch: ImportedBatch, event: AuditEvent) -> None:
    detail = event.detail
    batch.until = event.at
    batch.counts.update({name: detail.get(name, 0) for name in COUNTED if detail.get(name)})
    batch.files += [name for name in detail.get("berkas", {}).values() if name not in batch.files][
        : SHOWN_FILES - len(batch.files)
    ]
    batch.is_listed = batch.is_listed or "versi_baru" in detail
    batch.new += detail.get("versi_baru", [])
    batch.changed += detail.get("versi_ganti", [])
