"""What an office does about a request, and takes back. Each deed is a row, and an event at all that it touches."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Case,
    CaseLead,
    Correction,
    CorrectionDeed,
    CorrectionDeedKind,
    Flag,
    now,
    record_event,
)
from service.accounts.actor import Actor
from service.accounts.by import By
from service.corrections import obstacles, repository, rereading, restricting, targets
from service.corrections.erasing import Erasing
from service.corrections.errors import ErasesElsewhere
from service.corrections.targets import Target
from service.errors import Conflict, InvalidInput, NotFound
from service.tips.words import clean

LONGEST_NOTE = 1000
ENDED_BY_ANSWER = "dijawab"
"""Stands in `before` of a restriction that ended with an answer: it begins again where that is taken back."""


def note(session: Session, actor: Actor, correction: Correction, target: Target, text: str) -> CorrectionDeed:
    """Say beside an item or a case what the house says now."""
    text = clean(text)
    if not 0 < len(text) <= LONGEST_NOTE:
        raise InvalidInput("koreksi_catatan")
    return _keep(session, actor, correction, CorrectionDeedKind.NOTE, target, note=text)


def restrict(session: Session, actor: Actor, correction: Correction, target: Target) -> CorrectionDeed:
    """Let a flag or a case lie still."""
    _refuse(session, correction, CorrectionDeedKind.RESTRICT)
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
    _refuse(session, correction, CorrectionDeedKind.ERASE, target)
    if target.item is None:
        raise InvalidInput("koreksi_sasaran")
    if erasing is None:
        raise ErasesElsewhere(item=target.item.id)
    erasing.erase(session, target.item.id, f"permintaan koreksi {correction.id}", actor.username)
    return _keep(session, actor, correction, CorrectionDeedKind.ERASE, target)


def undo(session: Session, by: By, correction: Correction, deed_id: int) -> CorrectionDeed:
    """Take a deed back. Raises DeedStands for an erasure, and where people have gone on since."""
    deed = repository.get_deed(session, correction.id, deed_id)
    if deed is None:
        raise NotFound
    if obstacle := obstacles.of_undoing(session, deed):
        raise obstacle
    if deed.kind is CorrectionDeedKind.RESTRICT:
        restricting.end(session, deed)
    if deed.kind in {CorrectionDeedKind.REREAD, CorrectionDeedKind.VERSION}:
        rereading.end(session, deed)
    deed.undone_at, deed.undone_by_id = now(), by.id
    session.flush()
    _record(session, by, "koreksi.batal_tindak", deed)
    return deed


def lift_restrictions(session: Session, by: By, correction: Correction, *, by_answer: bool = False) -> list[int]:
    """End all that lies still for a request that was decided or taken back; returns the deeds.

    Every flag is changed before the first event: an event holds the chain, and whoever waits for that may hold a flag.
    """
    lifted = [deed for deed in _list_restrictions(session, correction) if deed.undone_at is None]
    for deed in lifted:
        restricting.end(session, deed)
    mark = {ENDED_BY_ANSWER: True} if by_answer else {}
    for deed in lifted:
        deed.undone_at, deed.undone_by_id, deed.before = now(), by.id, deed.before | mark
    session.flush()
    for deed in lifted:
        _record(session, by, "koreksi.batal_tindak", deed)
    return [deed.id for deed in lifted]


def begin_again(session: Session, actor: Actor, correction: Correction) -> tuple[list[int], list[int]]:
    """Restrict anew what went on with an answer that is taken back. Returns the new deeds, and those that none follows:
    what they concern was read, taken into another case or restricted for another request meanwhile."""
    begun, left = list[CorrectionDeed](), list[int]()
    for ended in [deed for deed in _list_restrictions(session, correction) if ENDED_BY_ANSWER in deed.before]:
        ended.before = {name: value for name, value in ended.before.items() if name != ENDED_BY_ANSWER}
        try:
            target = targets.get_target(session, actor, *_named(ended))
            before = restricting.begin(session, target)
        except (Conflict, NotFound):
            left.append(ended.id)
        else:
            begun.append(_add(session, actor, correction, CorrectionDeedKind.RESTRICT, target, before=before))
    session.flush()
    for deed in begun:
        _record(session, By.of(actor), "koreksi.tindak", deed)
    return [deed.id for deed in begun], left


def _refuse(session: Session, correction: Correction, kind: CorrectionDeedKind, target: Target | None = None) -> None:
    obstacle = obstacles.of_request(correction, kind)
    if obstacle := obstacle or (obstacles.of_target(session, kind, target) if target else None):
        raise obstacle


def _list_restrictions(session: Session, correction: Correction) -> list[CorrectionDeed]:
    query = select(CorrectionDeed).where(CorrectionDeed.correction_id == correction.id)
    query = query.where(CorrectionDeed.kind == CorrectionDeedKind.RESTRICT)
    return list(session.scalars(query.order_by(CorrectionDeed.flag_id, CorrectionDeed.case_id, CorrectionDeed.id)))


def _named(deed: CorrectionDeed) -> tuple[str, int]:
    return ("penanda", deed.flag_id) if deed.flag_id is not None else ("perkara", deed.case_id or 0)


def _keep(session: Session, actor: Actor, correction: Correction, *what: Any, **values: Any) -> CorrectionDeed:
    deed = _add(session, actor, correction, *what, **values)
    _record(session, By.of(actor), "koreksi.tindak", deed)
    return deed


def _add(
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
