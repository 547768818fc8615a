"""What happens with a tip of the public: it becomes an item with evidence and a flag in the common queue, and gets a code."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from models import Flag, FlagReason, FlagState, Item, ItemVersion, Outcome, Tip, now, record_event
from models.evidence.store import EvidenceWriter
from models.legal.deadline import local_day
from models.queue.raising import raise_flag
from models.tip_items import StoredTip, store_tip_item
from service.accounts.actor import Actor
from service.sealing import Keys
from service.tips import repository
from service.tips.codes import new_code, read_code
from service.tips.errors import FormUsed
from service.tips.joining import Joining
from service.tips.masking import marker_of, mask_private
from service.tips.spam import forget_senders
from service.tips.words import TipWords

PUBLIC, SYSTEM = "publik", "sistem:informasi"
CODE, CONTACT = "kode", "kontak"
"""Purposes of keys."""


class TipStatus(StrEnum):
    """What a sender may know. It tells how far the work is, never what was found of a person."""

    RECEIVED = "diterima"
    READ = "ditelaah"
    LEAD = "informasi_awal"
    UNFIT = "tidak_memenuhi"
    REPEAT = "duplikat"
    WITHDRAWN = "ditarik"


STATUS_OF = {
    Outcome.INDICATION: TipStatus.LEAD,
    Outcome.NEEDS_EVIDENCE: TipStatus.LEAD,
    Outcome.DUPLICATE: TipStatus.REPEAT,
    Outcome.NO_VIOLATION: TipStatus.UNFIT,
    Outcome.UNVERIFIABLE: TipStatus.UNFIT,
    Outcome.OUT_OF_AREA: TipStatus.UNFIT,
}


@dataclass(frozen=True)
class Received:
    """The code is in nobody's hands but the sender's from here on."""

    tip: Tip
    code: str


@dataclass(frozen=True)
class Desk:
    """Where tips are received: our keys, where evidence goes, how long a contact is kept, what finds copies."""

    keys: Keys
    evidence_dir: Path
    contact_days: int
    joining: Joining | None = None


def receive(session: Session, desk: Desk, words: TipWords, *, form: str | None, entered_by: Actor | None = None) -> Received:
    """Store a tip, and raise its flag or join the one that is there. Contacts whose time has passed go with it."""
    if form and repository.has_form(session, form):
        raise FormUsed
    stored = _store(session, desk, words)
    raised, flag_id = find_flag(session, stored.item, stored.version)
    code, today = new_code(), local_day(now(), words.region_code)
    tip = Tip(
        code_sha256=desk.keys.digest(CODE, code),
        form_sha256=form,
        item_id=stored.item.id,
        flag_id=flag_id,
        text=words.text,
        link=words.link,
        region_code=words.region_code,
        happened_on=words.happened_on,
        known_on=words.known_on,
        office=words.office,
        agency=words.agency,
        contact_sealed=desk.keys.seal(CONTACT, words.contact) if words.contact else None,
        contact_until=today + timedelta(days=desk.contact_days) if words.contact else None,
        is_repeat=not (stored.is_new or raised) and repository.has_open_of_item(session, stored.item.id),
        entered_by_id=entered_by.id if entered_by else None,
    )
    session.add(tip)
    session.flush()
    forget(session, now())
    _record(session, tip, entered_by)
    return Received(tip, code)


def find_flag(session: Session, item: Item, version: ItemVersion) -> tuple[bool, int | None]:
    """Whether it was raised for this tip, and its number: else it is the unfinished one of the item, which people will read."""
    repository.hold_item(session, item.id)
    raised = raise_flag(session, item, version, None, reason=FlagReason.TIP)
    return raised is not None, raised or repository.find_unfinished_flag(session, item.id)


def forget(session: Session, at: datetime) -> int:
    """Delete what is kept of senders past its time; returns how many contacts went."""
    forget_senders(session, at)
    count = repository.forget_contacts(session, local_day(at, None))
    if count:
        record_event(session, "informasi.lupa", actor=SYSTEM, subject=("tip", None), detail={"jumlah": count})
    return count


def withdraw(session: Session, keys: Keys, typed: str) -> TipStatus | None:
    """Take a tip back, by its code: the contact is deleted at once, its words are shown no more. None where no tip has it.

    What others read or decided since stays; a flag that rests on it alone is a coordinator's to put aside.
    """
    tip = _find(session, keys, typed)
    if tip is not None and tip.withdrawn_at is None:
        tip.withdrawn_at, tip.contact_sealed, tip.contact_until = now(), None, None
        session.flush()
        record_event(session, "informasi.tarik", actor=PUBLIC, subject=("tip", tip.id), detail={"penanda": tip.flag_id})
    return status_of(session, tip) if tip else None


def find_status(session: Session, keys: Keys, typed: str) -> TipStatus | None:
    """The status behind a code; None where no tip has it."""
    tip = _find(session, keys, typed)
    return status_of(session, tip) if tip else None


def status_of(session: Session, tip: Tip) -> TipStatus:
    if tip.withdrawn_at is not None:
        return TipStatus.WITHDRAWN
    if tip.closed_at is not None:
        return TipStatus.UNFIT
    flag = session.get(Flag, tip.flag_id) if tip.flag_id else None
    if tip.is_repeat:
        return TipStatus.REPEAT
    if flag is None:
        return TipStatus.RECEIVED
    if flag.state is FlagState.ASSESSED:
        outcome = repository.find_outcome(session, flag.id)
        return STATUS_OF.get(outcome, TipStatus.READ) if outcome else TipStatus.READ
    is_read = flag.state is not FlagState.OPEN or (flag.held_until is not None and flag.held_until > now())
    return TipStatus.READ if is_read else TipStatus.RECEIVED


def _find(session: Session, keys: Keys, typed: str) -> Tip | None:
    code = read_code(typed)
    return repository.get_by_code(session, keys.digest(CODE, code)) if code else None


def _store(session: Session, desk: Desk, words: TipWords) -> StoredTip:
    """The item, beside the copies of its story where it is new."""
    if desk.joining:
        desk.joining.hold(session)
    with EvidenceWriter(desk.evidence_dir) as writer:
        shown, place = mask_private(words.text or words.link, marker_of(desk.keys)), words.region_code
        stored = store_tip_item(session, writer, text=words.text, shown=shown, link=words.link, region_code=place)
    if desk.joining and stored.is_new:
        desk.joining.join(session, stored.item, stored.version.text)
    return stored


def _record(session: Session, tip: Tip, entered_by: Actor | None) -> None:
    detail = {
        "wilayah": tip.region_code,
        "penanda": tip.flag_id,
        "ulangan": tip.is_repeat,
        "kontak": tip.contact_sealed is not None,
    }
    name, actor_id = (entered_by.username, entered_by.id) if entered_by else (PUBLIC, None)
    record_event(session, "informasi.terima", actor=name, actor_id=actor_id, subject=("tip", tip.id), detail=detail)
