"""Takes the words out of items, everywhere that they or parts of them are kept. Hashes, days, places and judgements stay."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, exists, func, or_, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import (
    CorrectionDeed,
    FetchEvent,
    Flag,
    FlagSkip,
    FrontierUrl,
    GoldenReading,
    Item,
    ItemSketch,
    ItemVersion,
    Overlap,
    PostRecord,
    Prediction,
    QuarantinedPage,
    SketchKey,
    Snapshot,
    Tip,
    VersionPart,
)
from models.queue.words import NAME as SEARCH_TABLE
from netra.retention.labelled import forget_labelled

NO_WORDS = {"title": "", "text": "", "author": "", "author_name": "", "author_bio": "", "fields": {}}
NO_TIP_WORDS = {"text": "", "link": "", "office": "", "agency": ""}


def erase_items(session: Session, ids: Sequence[int], rule: str, at: datetime) -> Counter[str]:
    """Empty the versions of items and what was made from them, and mark their copies; returns what was touched, by name."""
    versions = list(session.scalars(select(ItemVersion.id).where(ItemVersion.item_id.in_(ids))))
    own = select(ItemVersion.snapshot_id).where(ItemVersion.id.in_(versions), ItemVersion.snapshot_id.is_not(None))
    parts = select(VersionPart.snapshot_id).where(VersionPart.version_id.in_(versions))
    copies = sorted({*session.scalars(own), *session.scalars(parts)} - {None})
    done = Counter[str](konten=len(ids))
    if labelled := forget_labelled(session, versions):
        done["teks_latih"] = labelled
    stands = (ItemVersion.id.in_(versions), ItemVersion.erased_at.is_(None))
    done["versi"] = _count(session, update(ItemVersion).where(*stands).values(NO_WORDS | {"erased_at": at, "erased_rule": rule}))
    _erase_what_was_made(session, ids, versions)
    session.execute(update(Item).where(Item.id.in_(ids)).values(url=None))
    _stand_for_what_went(session, ids)
    done["salinan"] = mark_copies(session, copies, rule, at)
    return done


def _stand_for_what_went(session: Session, ids: Sequence[int]) -> None:
    """An item whose import was taken back has no newest version: with one that was erased, no import brings the words back."""
    newest = select(func.max(ItemVersion.id)).where(ItemVersion.item_id == Item.id).scalar_subquery()
    gone = update(Item).where(Item.id.in_(ids), Item.current_version_id.is_(None)).values(current_version_id=newest)
    session.execute(gone)


def mark_copies(session: Session, ids: Sequence[int], rule: str, at: datetime) -> int:
    """Say of copies that their bytes are to go, where nothing that stands rests on them; returns of how many."""
    free = select(Snapshot.id).where(Snapshot.id.in_(ids), Snapshot.erased_at.is_(None), nothing_rests_on(Snapshot.id))
    marked = list(session.scalars(free))
    gone = {"url": "", "http_headers": [], "erased_at": at, "erased_rule": rule}
    session.execute(update(Snapshot).where(Snapshot.id.in_(marked)).values(gone))
    return len(marked)


def nothing_rests_on(snapshot_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether no version with words, and no page in quarantine, has this copy: one file or list may hold many items."""
    version = exists().where(ItemVersion.snapshot_id == snapshot_id, ItemVersion.erased_at.is_(None))
    part = exists(
        select(VersionPart.number)
        .join(ItemVersion, ItemVersion.id == VersionPart.version_id)
        .where(VersionPart.snapshot_id == snapshot_id, ItemVersion.erased_at.is_(None))
    )
    quarantined = exists().where(QuarantinedPage.snapshot_id == snapshot_id)
    return ~version & ~part & ~quarantined


def _erase_what_was_made(session: Session, ids: Sequence[int], versions: Sequence[int]) -> None:
    keys = list(session.scalars(select(Item.item_key).where(Item.id.in_(ids))))
    flags = list(session.scalars(select(Flag.id).where(Flag.item_id.in_(ids))))
    _forget_searched(session, flags)
    _forget_said_of(session, flags)
    _forget_noted_of(session, ids, versions)
    session.execute(update(Prediction).where(Prediction.item_version_id.in_(versions)).values(evidence=[]))
    session.execute(update(Tip).where(Tip.item_id.in_(ids)).values(NO_TIP_WORDS))
    session.execute(delete(PostRecord).where(PostRecord.item_id.in_(ids)))
    session.execute(delete(FrontierUrl).where(FrontierUrl.url_key.in_(keys)))
    session.execute(delete(QuarantinedPage).where(or_(QuarantinedPage.item_id.in_(ids), QuarantinedPage.url_key.in_(keys))))
    session.execute(delete(Overlap).where(or_(Overlap.item_id.in_(ids), Overlap.other_id.in_(ids))))
    session.execute(delete(ItemSketch).where(ItemSketch.item_id.in_(ids)))


def erase_traces_of_reading(session: Session, item_id: int) -> int:
    """The addresses under which one item was read, and its keys among the near-duplicates: walks through both tables."""
    own = select(ItemVersion.snapshot_id).where(ItemVersion.item_id == item_id)
    session.execute(delete(SketchKey).where(SketchKey.item_id == item_id))
    return _count(session, delete(FetchEvent).where(FetchEvent.snapshot_id.in_(own)))


def _forget_searched(session: Session, flag_ids: Sequence[int]) -> None:
    key = "flag_id" if session.get_bind().dialect.name == "postgresql" else "rowid"
    if flag_ids:
        gone = text(f"DELETE FROM {SEARCH_TABLE} WHERE {key} = :id")  # noqa: S608 - our own names
        session.execute(gone, [{"id": flag_id} for flag_id in flag_ids])


def _forget_said_of(session: Session, flag_ids: Sequence[int]) -> None:
    """What people wrote to one another while they worked on flags."""
    noted = or_(Flag.hand_note.is_not(None), Flag.hold_reason.is_not(None))
    session.execute(update(Flag).where(Flag.id.in_(flag_ids), noted).values(hand_note=None, hold_reason=None))
    session.execute(update(FlagSkip).where(FlagSkip.flag_id.in_(flag_ids), FlagSkip.reason != "").values(reason=""))


def _forget_noted_of(session: Session, ids: Sequence[int], versions: Sequence[int]) -> None:
    """Notes that can change: what an office said beside items, and what readers said whom a golden item measured."""
    noted = (CorrectionDeed.item_id.in_(ids), CorrectionDeed.note != "")
    session.execute(update(CorrectionDeed).where(*noted).values(note=""))
    read = (GoldenReading.item_version_id.in_(versions), GoldenReading.note != "")
    session.execute(update(GoldenReading).where(*read).values(note=""))


def _count(session: Session, statement: Any) -> int:
    done = cast(CursorResult[Any], session.execute(statement.execution_options(synchronize_session=False)))
    return done.rowcount
