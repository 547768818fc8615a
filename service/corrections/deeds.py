"""What an office does about a request, and takes back. Each deed is a row, and an event at all that it touches."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, CaseLead, Correction, CorrectionDeed, CorrectionDeedKind, Flag, LegalHold, now, record_event
from service.accounts.actor import Actor
from service.accounts.by import By
from service.corrections import repository, rereading, restricting
from service.corrections.erasing import Erasing
from service.corrections.errors import DeedStands, ErasesElsewhere, HeldByLaw, IdentityUnchecked
from service.corrections.targets import Target
from service.errors import InvalidInput, NotFound
from service.tips.words import clean

LONGEST_NOTE = 1000


def note(session: Session, actor: Actor, correction: Correction, target: Target, text: str) -> CorrectionDeed:
    """Say beside an item or a case what the house says now."""
    text = clean(text)
    if not 0 < len(text) <= LONGEST_NOTE:
        raise InvalidInput("koreksi_catatan")
    return _keep(session, actor, correction, CorrectionDeedKind.NOTE, target, note=text)


def restrict(session: Session, actor: Actor, correction: Correction, target: Target) -> CorrectionDeed:
    """Let a flag or a case lie still. It needs nobody to be sure of who asks: it harms no one."""
    before = restricting.begin(session, target)
    return _keep(session, actor, correction, CorrectionDeedKind.RESTRICT, target, before=before)


def reread(session: Session, actor: Actor, correction: Correction, target: Target) -> CorrectionDeed:
    """Have a person read the text without the machine's score: a flag loses its own, a finished one is followed by a new one."""
    flag, before = rereading.begin(session, target)
    return _keep(session, actor, correction, CorrectionDeedKind.REREAD, target, flag=flag, before=before)


def show_newest(session: Session, actor: Actor, correction: Correction, target: Target) -> CorrectionDeed:
    """Show the text as its publisher has it by now, where a crawl has read it."""
    before = rereading.show_newest(session, target)
    return _keep(session, actor, correction, CorrectionDeedKind.VERSION, target, before=before)


def erase(session: Session, actor: Actor, correction: Correction, target: Target, erasing: Erasing | None) -> CorrectionDeed:
    """Take the words of an item away, for good. A legal hold wins, and so do open work and evidence of a case."""
    if target.item is None:
        raise InvalidInput("koreksi_sasaran")
    if correction.identity_at is None:
        raise IdentityUnchecked
    running = select(LegalHold.id).where(LegalHold.item_id == target.item.id, LegalHold.released_at.is_(None))
    if session.scalar(running.limit(1)) is not None:
        raise HeldByLaw(item=target.item.id)
    if erasing is None:
        raise ErasesElsewhere(item=target.item.id)
    erasing.erase(session, target.item.id, f"permintaan koreksi {correction.id}", actor.username)
    return _keep(session, actor, correction, CorrectionDeedKind.ERASE, target)


def undo(session: Session, by: By, correction: Correction, deed_id: int) -> CorrectionDeed:
    """Take a deed back. Raises DeedStands for an erasure, and where people have gone on since."""
    deed = repository.get_deed(session, correction.id, deed_id)
    if deed is None:
        raise NotFound
    if deed.undone_at is not None:
        raise DeedStands
    match deed.kind:
        case CorrectionDeedKind.ERASE:
            raise DeedStands
        case CorrectionDeedKind.RESTRICT:
            restricting.end(session, deed)
        case CorrectionDeedKind.REREAD | CorrectionDeedKind.VERSION:
            rereading.end(session, deed)
        case CorrectionDeedKind.NOTE:
            pass
    deed.undone_at, deed.undone_by_id = now(), by.id
    session.flush()
    _record(session, by, "koreksi.batal_tindak", deed)
    return deed


def lift_restrictions(session: Session, by: By, correction: Correction) -> None:
    """End all that lies still for a request that was decided or taken back."""
    for row in repository.list_deeds(session, correction.id):
        if row.deed.kind is CorrectionDeedKind.RESTRICT and row.deed.undone_at is None:
            undo(session, by, correction, row.deed.id)


def _keep(
    session: Session,
    actor: Actor,
    correction: Correction,
    kind: CorrectionDeedKind,
    target: Target,
    *,
    flag: Flag | None = None,
    **values: Any,
) -> CorrectionDeed:
    flag = flag or target.flag
    deed = CorrectionDeed(
        correction_id=correction.id,
        kind=kind,
        item_id=target.item.id if target.item else None,
        flag_id=flag.id if flag else None,
        case_id=target.case.id if target.case else None,
        done_by_id=actor.id,
        **values,
    )
    session.add(deed)
    session.flush()
    _record(session, By.of(actor), "koreksi.tindak", deed)
    return deed


def _record(session: Session, by: By, action: str, deed: CorrectionDeed) -> None:
    """At the request, at the flag, and at every case that it touches: what stands there goes to other houses anew."""
    who: dict[str, Any] = {"actor": by.name, "actor_id": by.id}
    detail = {"tindakan": deed.id, "jenis": deed.kind.value, "permintaan": deed.correction_id}
    places = {"konten": deed.item_id, "penanda": deed.flag_id, "perkara": deed.case_id}
    subject = ("correction", deed.correction_id)
    parent = record_event(session, action, subject=subject, detail=detail | places, **who)
    touched = [("flag", deed.flag_id)] if deed.flag_id else []
    for kind, number in [*touched, *(("case", case_id) for case_id in _cases_of(session, deed))]:
        record_event(session, action, subject=(kind, number), detail=detail, parent=parent, **who)


def _cases_of(session: Session, deed: CorrectionDeed) -> list[int]:
    if deed.case_id is not None:
        return [deed.case_id]
    leads = select(CaseLead.case_id).join(Flag, Flag.id == CaseLead.flag_id).join(Case, Case.id == CaseLead.case_id)
    running = leads.where(Flag.item_id == deed.item_id, CaseLead.removed_at.is_(None), Case.merged_into_id.is_(None))
    return sorted(set(session.scalars(running)))
