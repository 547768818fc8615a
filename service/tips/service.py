"""The desk of tips: put spam aside with its flag, take it back, read a contact. Every deed ends with its event."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import (
    BulkDeed,
    Flag,
    FlagReason,
    FlagState,
    NoViolationReason,
    Outcome,
    Tip,
    TipClosure,
    now,
    record_event,
)
from service.accounts.actor import Actor
from service.errors import CannotUndo, Conflict, InvalidInput, NotFound
from service.items.opening import reason_to_open
from service.review import bulk, undoing
from service.review.bulk import BulkRequest
from service.sealing import Keys
from service.tips import repository
from service.tips.errors import TipIsRead
from service.tips.repository import PAGE_SIZE, TipRow, TipShelf
from service.tips.sending import CONTACT, find_flag

REASON = "Informasi masyarakat disisihkan: {closure}"


@dataclass(frozen=True)
class TipPage:
    rows: list[TipRow]
    next_before: int | None


def read_page(session: Session, actor: Actor, shelf: TipShelf, before: int | None) -> TipPage:
    rows = repository.list_tips(session, actor, shelf, before)
    page = rows[:PAGE_SIZE]
    return TipPage(page, page[-1].tip.id if len(rows) > len(page) else None)


def close(session: Session, actor: Actor, tip_id: int, closure: TipClosure) -> Tip:
    """Put a tip aside. Its flag goes with it where it lies in the person's area and rests on nothing else.

    Raises TipIsRead where somebody reads that flag.
    """
    repository.hold_item_of(session, tip_id)
    tip = _get(session, actor, tip_id)
    if (closure is TipClosure.WITHDRAWN) and tip.withdrawn_at is None:
        raise InvalidInput("informasi_ditarik")
    if not repository.close(session, actor, tip_id, closure, now()):
        raise Conflict
    tip.bulk_id = _close_flag(session, actor, tip, closure)
    session.flush()
    detail = {"alasan": closure.value, "penanda": tip.flag_id if tip.bulk_id else None}
    record_event(session, "informasi.tutup", actor=actor.username, actor_id=actor.id, subject=("tip", tip.id), detail=detail)
    return tip


def reopen(session: Session, actor: Actor, tip_id: int) -> Tip:
    """Take it back, and put it before people again: its words may not have been there when its flag was closed."""
    repository.hold_item_of(session, tip_id)
    tip = _get(session, actor, tip_id)
    if tip.closed_at is None:
        raise Conflict
    _open_flag(session, actor, tip)
    tip.closed_at, tip.closed_by_id, tip.closure, tip.bulk_id = None, None, None, None
    session.flush()
    who = {"actor": actor.username, "actor_id": actor.id}
    record_event(session, "informasi.buka", subject=("tip", tip.id), detail={"penanda": tip.flag_id}, **who)
    return tip


def read_contact(session: Session, actor: Actor, keys: Keys, tip_id: int, reason: str) -> tuple[Tip, str | None]:
    """The contact in clear, and who read it and why in the trail. None where it was deleted, or sealed with another key."""
    tip = _get(session, actor, tip_id)
    if tip.contact_sealed is None:
        raise NotFound
    detail = {"alasan": reason_to_open(reason)}
    contact = keys.unseal(CONTACT, tip.contact_sealed)
    record_event(session, "informasi.kontak", actor=actor.username, actor_id=actor.id, subject=("tip", tip.id), detail=detail)
    return tip, contact


def _close_flag(session: Session, actor: Actor, tip: Tip, closure: TipClosure) -> int | None:
    flag = repository.get_flag(session, actor, tip.flag_id) if tip.flag_id else None
    if flag is None or flag.reason is not FlagReason.TIP or flag.state is FlagState.ASSESSED:
        return None
    if repository.has_other_open(session, tip) or repository.is_found_on_page(session, flag):
        return None
    request = BulkRequest(
        BulkDeed.ASSESS,
        (flag.id,),
        outcome=Outcome.NO_VIOLATION,
        no_violation_reason=NoViolationReason.IRRELEVANT,
        reason=REASON.format(closure=closure.value),
    )
    done = bulk.carry_out(session, actor, request)
    if not done.done:
        raise TipIsRead
    return done.id


def _open_flag(session: Session, actor: Actor, tip: Tip) -> None:
    """By undoing what this desk did to its flag, for this tip or another one on it; else by a flag on which it is read."""
    if tip.flag_id is None:
        return
    for bulk_id in repository.list_running_deeds(session, tip.flag_id):
        with suppress(NotFound, CannotUndo):  # Somebody else's deed, or undone a moment ago.
            undoing.undo(session, actor, bulk_id)
    flag = session.get_one(Flag, tip.flag_id, populate_existing=True)
    is_unread = flag.assessed_at is not None and tip.closed_at is not None and flag.assessed_at >= tip.closed_at
    words = repository.get_words(session, tip.item_id)
    if is_unread and words is not None and tip.withdrawn_at is None:
        tip.flag_id = find_flag(session, *words)[1] or tip.flag_id


def _get(session: Session, actor: Actor, tip_id: int) -> Tip:
    tip = repository.get_tip(session, actor, tip_id)
    if tip is None:
        raise NotFound
    return tip
