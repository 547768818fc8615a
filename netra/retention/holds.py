"""Legal holds, and the erasure of one item that its person asked for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Item, LegalHold, record_event
from netra.retention.errors import RetentionError
from netra.retention.items import erase_items, erase_traces_of_reading
from netra.retention.protected import bears_words, reasons_to_keep

ON_REQUEST = "permintaan"
LONGEST_REASON = 500


def hold(session: Session, item_id: int, reason: str, actor: str) -> LegalHold:
    """Keep an item from every timer until it is released. Raises RetentionError."""
    _check(session, item_id, reason)
    if _running(session, item_id):
        raise RetentionError(f"item {item_id} is held already. See why: netra retention holds")
    row = LegalHold(item_id=item_id, reason=reason, held_by=actor)
    session.add(row)
    session.flush()
    record_event(session, "retensi.tahan", actor=actor, subject=("item", item_id), detail={"penahanan": row.id})
    return row


def release(session: Session, item_id: int, at: datetime, actor: str) -> None:
    """End the hold of an item. Raises RetentionError where there is none."""
    running = _running(session, item_id)
    if not running:
        raise RetentionError(f"item {item_id} is not held. See what is: netra retention holds")
    ended = {"released_at": at, "released_by": actor}
    session.execute(update(LegalHold).where(LegalHold.id == running[0].id).values(ended))
    record_event(session, "retensi.lepas", actor=actor, subject=("item", item_id), detail={"penahanan": running[0].id})


def list_holds(session: Session) -> Sequence[LegalHold]:
    return session.scalars(select(LegalHold).where(LegalHold.released_at.is_(None)).order_by(LegalHold.id)).all()


def erase_on_request(session: Session, item_id: int, reason: str, at: datetime, actor: str) -> None:
    """Erase one item today, whatever its age. Raises RetentionError for what no timer may touch either."""
    _check(session, item_id, reason)
    session.execute(select(Item.id).where(Item.id == item_id).with_for_update())
    if session.scalar(select(Item.id).where(Item.id == item_id, bears_words())) is None:
        raise RetentionError(f"item {item_id} has no words any more.")
    reasons = reasons_to_keep()
    kept = session.execute(select(*reasons.values()).select_from(Item).where(Item.id == item_id)).one()
    if any(kept):
        why = "; ".join(words for words, holds in zip(reasons, kept, strict=True) if holds)
        raise RetentionError(f"item {item_id} cannot be erased: {why}.")
    done = erase_items(session, [item_id], ON_REQUEST, at)
    done["kejadian"] = erase_traces_of_reading(session, item_id)
    record_event(session, "retensi.permintaan", actor=actor, subject=("item", item_id), detail={"alasan": reason, **done})


def _check(session: Session, item_id: int, reason: str) -> None:
    if not 0 < len(reason) <= LONGEST_REASON:
        raise RetentionError(f"the reason has {len(reason)} characters. Say it in 1 to {LONGEST_REASON}, without a name.")
    if session.get(Item, item_id) is None:
        raise RetentionError(f"there is no item {item_id}. The review room shows the number of each.")


def _running(session: Session, item_id: int) -> Sequence[LegalHold]:
    return session.scalars(select(LegalHold).where(LegalHold.item_id == item_id, LegalHold.released_at.is_(None))).all()
