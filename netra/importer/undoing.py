"""An import taken back as far as nothing rests on it.

Nothing is removed: versions and evidence are kept until their time is over. An item that is taken back has no current version
any more, so that nobody scores, draws, compares or lists it; imported anew, it is there again. A text that an import had put in
place of another gives way to the last one before it that was neither taken back nor erased.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from crawler.duplicates.clusters import assign_cluster, take_out
from crawler.storing.conflicts import hold_store
from models import (
    Assessment,
    AuditEvent,
    AuditSample,
    Cluster,
    ClusterMember,
    Flag,
    GoldenItem,
    Item,
    ItemVersion,
    MembershipBasis,
    record_event,
)
from netra.importer.batches import ImportedBatch

BATCH = 100
"""Versions of one transaction."""


@dataclass(frozen=True)
class Kept:
    """An item that stays, and what rests on it."""

    item_id: int
    reason: str


@dataclass
class UndoReport:
    """What became of the versions of an import."""

    taken_back: int = 0
    gone_before: int = 0
    """Taken back already."""
    kept: list[Kept] = field(default_factory=list[Kept])


def undo_import(
    sessions: sessionmaker[Session],
    batch: ImportedBatch,
    *,
    actor: str,
    is_dry: bool = False,
    on_version: Callable[[], None] = lambda: None,
) -> UndoReport:
    """Take back what can be; safe to stop and to run again. A dry run only says what would happen."""
    report, new = UndoReport(), set(batch.new)
    versions = [*batch.new, *batch.changed]
    for start in range(0, len(versions), BATCH):
        part = versions[start : start + BATCH]
        with sessions() as session:
            hold_store(session)
            withdrawn = _list_withdrawn(session)
            taken = [one for one in part if _undo(session, batch, one, report, withdrawn, is_new=one in new)]
            if is_dry:
                session.rollback()
            elif taken:
                _record(session, batch, taken, actor)
                session.commit()
        report.taken_back += len(taken)
        for _ in part:
            on_version()
    return report


def _list_withdrawn(session: Session) -> set[int]:
    """The versions of every import that were taken back so far."""
    details = select(AuditEvent.detail).where(AuditEvent.subject_type == "source", AuditEvent.action == "impor.batal")
    return {version_id for detail in session.scalars(details) for version_id in detail["versi"]}


def _undo(
    session: Session, batch: ImportedBatch, version_id: int, report: UndoReport, withdrawn: Collection[int], *, is_new: bool
) -> bool:
    version = session.get_one(ItemVersion, version_id)
    item = session.scalars(select(Item).where(Item.id == version.item_id).with_for_update()).one()
    before = None if is_new else _find_before(session, version, withdrawn)
    if item.current_version_id is None or (before is not None and item.current_version_id == before.id):
        report.gone_before += 1
        return False
    if reason := _find_reason(session, batch, item, version):
        report.kept.append(Kept(item.id, reason))
        return False
    item.current_version_id = before.id if before else None
    session.flush()
    if before is None:
        take_out(session, item.id)
    else:
        assign_cluster(session, item, before.text)
    return True


def _find_before(session: Session, version: ItemVersion, withdrawn: Collection[int]) -> ItemVersion | None:
    """The last text that may stand again; None where nothing of the item is left."""
    earlier = select(ItemVersion).where(ItemVersion.item_id == version.item_id, ItemVersion.number < version.number)
    sound = earlier.where(ItemVersion.erased_at.is_(None)).order_by(ItemVersion.number.desc())
    return next((before for before in session.scalars(sound) if before.id not in withdrawn), None)


def _find_reason(session: Session, batch: ImportedBatch, item: Item, version: ItemVersion) -> str:
    """What rests on this version, in words; empty where nothing does."""
    if item.current_version_id != version.id:
        return "its text has changed since"
    if version.erased_at is not None:  # It stands for the words that must not come back.
        return "its words were erased"
    if item.last_seen_at > batch.until:
        return "it was imported or crawled again since"
    if session.scalar(select(Assessment.id).where(Assessment.item_version_id == version.id).limit(1)):
        return "a person assessed it"
    if session.scalar(select(Flag.id).where(Flag.item_version_id == version.id).limit(1)):
        return "it was flagged"
    if session.scalar(select(GoldenItem.id).where(GoldenItem.item_version_id == version.id).limit(1)):
        return "it is a golden item"
    if session.scalar(select(AuditSample.flag_id).where(AuditSample.item_version_id == version.id).limit(1)):
        return "it was drawn as a sample"
    exported = select(AuditEvent.id).where(AuditEvent.subject_type == "item", AuditEvent.subject_id == item.id)
    if session.scalar(exported.where(AuditEvent.action == "bukti.ekspor").limit(1)):
        return "its evidence was handed on"
    decided = select(Cluster.id).join(ClusterMember).where(ClusterMember.item_id == item.id)
    by_person = Cluster.decided_by.is_not(None) | (ClusterMember.basis == MembershipBasis.PERSON)
    return "a person decided on its cluster" if session.scalar(decided.where(by_person).limit(1)) else ""


def _record(session: Session, batch: ImportedBatch, taken: list[int], actor: str) -> None:
    first = session.get_one(AuditEvent, batch.id)
    subject, detail = ("source", first.subject_id), {"impor": batch.id, "versi": taken}
    record_event(session, "impor.batal", actor=actor, subject=subject, parent=first, detail=detail)
