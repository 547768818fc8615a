"""What each rule works on: which rows have had their time, and what happens to them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from models import (
    AnsweredRequest,
    Base,
    Case,
    CaseLead,
    CaseReferral,
    CaseStage,
    CaseStatus,
    Correction,
    ExternalStatus,
    FetchEvent,
    Flag,
    FrontierState,
    FrontierUrl,
    Item,
    LegalHold,
    QuarantinedPage,
    ReceivedCase,
    ReceivedEntry,
    SignInFailure,
    Snapshot,
    Stage,
    Tip,
    TrainingText,
    UserSession,
    record_event,
)
from models.legal.deadline import local_day
from netra.retention.items import erase_items, mark_copies, nothing_rests_on
from netra.retention.judged import is_flagged, is_harmless
from netra.retention.protected import bears_words, is_free
from netra.retention.rules import Rule
from netra.retention.tips import closed_tips, erase_tips
from service.cases.forgetting import CLOSED
from service.cases.forgetting import forget as forget_name
from service.corrections.forgetting import forget_contacts, is_contact_over
from service.tips.sending import forget

NO_CORRECTION_WORDS = {"address": "", "description": "", "wrong": "", "reply": ""}
Ids = Sequence[int]


@dataclass(frozen=True)
class Step:
    """Rows of one table, by their id, and the deed on some of them; the deed returns what it touched, by name."""

    table: type[Base]
    due: Callable[[Rule, datetime], Select[Any]]
    erase: Callable[[Session, Ids, Rule, datetime], Counter[str]]

    @property
    def id(self) -> Any:
        return self.table.__table__.c.id


def _items_without_flag(rule: Rule, at: datetime) -> Select[Any]:
    return select(Item.id).where(Item.last_seen_at < rule.before(at), ~is_flagged(), bears_words(), is_free())


def _items_without_violation(rule: Rule, at: datetime) -> Select[Any]:
    return select(Item.id).where(is_flagged(), is_harmless(rule.before(at)), bears_words(), is_free())


def _loose_snapshots(rule: Rule, at: datetime) -> Select[Any]:
    old = (Snapshot.fetched_at < rule.before(at), Snapshot.erased_at.is_(None))
    return select(Snapshot.id).where(*old, nothing_rests_on(Snapshot.id))


def _fetch_events(rule: Rule, at: datetime) -> Select[Any]:
    kept = exists().where(Snapshot.id == FetchEvent.snapshot_id, Snapshot.erased_at.is_(None))
    return select(FetchEvent.id).where(FetchEvent.at < rule.before(at), ~kept)


def _frontier(rule: Rule, at: datetime) -> Select[Any]:
    waiting = FrontierUrl.state == FrontierState.WAITING
    return select(FrontierUrl.id).where(FrontierUrl.discovered_at < rule.before(at), ~waiting)


def _correction_contacts(rule: Rule, at: datetime) -> Select[Any]:
    return select(Correction.id).where(is_contact_over(rule.before(at)))


def _ended_corrections(rule: Rule, at: datetime) -> Select[Any]:
    over = or_(Correction.answered_at < rule.before(at), Correction.withdrawn_at < rule.before(at))
    written = [getattr(Correction, name) != "" for name in NO_CORRECTION_WORDS]
    return select(Correction.id).where(over, or_(*written))


def _case_names(rule: Rule, at: datetime) -> Select[Any]:
    """A case that was merged into another ends with that one, and is referred, sanctioned or held with it."""
    kept = _kept_cases()
    named = or_(Case.subject_name != "", Case.subject_number != "", Case.witnesses != "")
    both = (Case.id, kept.c.kept_id)
    referred = or_(exists().where(CaseReferral.case_id.in_(both)), _is_mirrored_as_referred(both))
    sanctioned = exists().where(CaseStage.case_id.in_(both), CaseStage.stage == Stage.SANCTIONED)
    is_left = kept.c.status == ExternalStatus.LEFT_SERVICE  # With every other end the sanction did not stand.
    leads = select(CaseLead.id).join(Flag, Flag.id == CaseLead.flag_id).join(LegalHold, LegalHold.item_id == Flag.item_id)
    held = exists(leads.where(CaseLead.case_id.in_(both), LegalHold.released_at.is_(None)).correlate(Case, kept))
    query = select(Case.id).join(kept, kept.c.id == Case.id)
    return query.where(kept.c.ended_on < rule.before(at).date(), named, ~referred, ~and_(sanctioned, is_left), ~held)


def _kept_cases() -> CTE:
    """Of each case the one that it is part of by now, itself where it was never merged, and when and how that one ended."""
    roots = select(Case.id, Case.id.label("kept_id"), Case.ended_on, Case.status).where(Case.merged_into_id.is_(None))
    kept = roots.cte("kept_cases", recursive=True)
    merged = aliased(Case)
    parts = select(merged.id, kept.c.kept_id, kept.c.ended_on, kept.c.status)
    return kept.union_all(parts.join(kept, merged.merged_into_id == kept.c.id))


def _is_mirrored_as_referred(both: tuple[Any, Any]) -> ColumnElement[bool]:
    """Whether an entry that nobody corrected says so: an institution may have sent it on without us."""
    later = aliased(CaseStatus)
    stands = (~CaseStatus.is_withdrawal, ~exists().where(later.corrects_id == CaseStatus.id))
    said = CaseStatus.status.in_((ExternalStatus.REFERRED, ExternalStatus.AWAITS_BKN))
    return exists().where(CaseStatus.case_id.in_(both), said, *stands)


def _withdrawn_cases(rule: Rule, at: datetime) -> Select[Any]:
    """With those that stand and of which an entry was withdrawn."""
    said = or_(ReceivedCase.envelope.is_not(None), ReceivedCase.document.is_not(None), ReceivedCase.signature != "")
    entry = exists().where(ReceivedEntry.received_case_id == ReceivedCase.id, *_is_withdrawn_entry(rule, at))
    return select(ReceivedCase.id).where(or_(and_(ReceivedCase.withdrawn_at < rule.before(at), said), entry))


def _is_withdrawn_entry(rule: Rule, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return ReceivedEntry.withdrawn_at < rule.before(at), ReceivedEntry.document_number != ""


def _erase_items(session: Session, ids: Ids, rule: Rule, at: datetime) -> Counter[str]:
    return erase_items(session, ids, rule.slug, at)


def _erase_loose(session: Session, ids: Ids, rule: Rule, at: datetime) -> Counter[str]:
    return Counter(salinan=mark_copies(session, ids, rule.slug, at))


def _erase_correction_contacts(session: Session, _ids: Ids, rule: Rule, at: datetime) -> Counter[str]:
    return Counter(kontak=forget_contacts(session, rule.before(at)))


def _erase_correction_words(session: Session, ids: Ids, _rule: Rule, _at: datetime) -> Counter[str]:
    session.execute(update(Correction).where(Correction.id.in_(ids)).values(NO_CORRECTION_WORDS))
    return Counter(permintaan=len(ids))


def _erase_contacts(session: Session, _ids: Ids, _rule: Rule, at: datetime) -> Counter[str]:
    return Counter(kontak=forget(session, at))


def _erase_case_names(session: Session, ids: Ids, _rule: Rule, _at: datetime) -> Counter[str]:
    """With an event at each case, by which other houses are told it anew, without the name."""
    due = select(Case).where(Case.id.in_(ids)).order_by(Case.id).execution_options(populate_existing=True)
    closed = dict[int, dict[str, list[int]]]()
    for case in session.scalars(due).all():
        closed[case.id], case.witnesses = forget_name(session, case), ""
    session.flush()
    for case_id, rows in closed.items():
        detail = {CLOSED: rows}
        record_event(session, "perkara.lupa_nama", actor="sistem:retensi", subject=("case", case_id), detail=detail)
    return Counter(perkara=len(ids))


def _erase_received(session: Session, ids: Ids, rule: Rule, at: datetime) -> Counter[str]:
    over = (ReceivedCase.id.in_(ids), ReceivedCase.withdrawn_at < rule.before(at))
    emptied = {"document": None, "envelope": None, "signature": "", "agency_key": ""}
    session.execute(update(ReceivedCase).where(*over).values(emptied))
    gone = or_(ReceivedEntry.received_case_id.in_(select(ReceivedCase.id).where(*over)), and_(*_is_withdrawn_entry(rule, at)))
    session.execute(update(ReceivedEntry).where(ReceivedEntry.received_case_id.in_(ids), gone).values(document_number=""))
    return Counter(perkara=len(ids))


def _rows(table: Any, column: Any) -> Step:
    """Rows of which nothing stays."""

    def due(rule: Rule, at: datetime) -> Select[Any]:
        return select(table.id).where(column < rule.before(at))

    return Step(table, due, _delete(table))


def _delete(table: Any) -> Callable[[Session, Ids, Rule, datetime], Counter[str]]:
    def erase(session: Session, ids: Ids, _rule: Rule, _at: datetime) -> Counter[str]:
        session.execute(delete(table).where(table.id.in_(ids)))
        return Counter(baris=len(ids))

    return erase


def _contacts(_rule: Rule, at: datetime) -> Select[Any]:
    return select(Tip.id).where(Tip.contact_until < local_day(at, None), Tip.contact_sealed.is_not(None))


STEPS = {
    "items_without_flag": Step(Item, _items_without_flag, _erase_items),
    "items_without_violation": Step(Item, _items_without_violation, _erase_items),
    "quarantine": _rows(QuarantinedPage, QuarantinedPage.at),
    "loose_snapshots": Step(Snapshot, _loose_snapshots, _erase_loose),
    "fetch_events": Step(FetchEvent, _fetch_events, _delete(FetchEvent)),
    "frontier": Step(FrontierUrl, _frontier, _delete(FrontierUrl)),
    "tip_contacts": Step(Tip, _contacts, _erase_contacts),
    "closed_tips": Step(Tip, closed_tips, erase_tips),
    "correction_contacts": Step(Correction, _correction_contacts, _erase_correction_contacts),
    "ended_corrections": Step(Correction, _ended_corrections, _erase_correction_words),
    "case_names": Step(Case, _case_names, _erase_case_names),
    "withdrawn_cases": Step(ReceivedCase, _withdrawn_cases, _erase_received),
    "sign_in_failures": _rows(SignInFailure, SignInFailure.at),
    "sessions": _rows(UserSession, UserSession.expires_at),
    "answered_requests": _rows(AnsweredRequest, AnsweredRequest.created_at),
    "training_texts": _rows(TrainingText, TrainingText.created_at),
}
"""By the word that models/data/retention.yml uses for each."""


def count_due(session: Session, rule: Rule, at: datetime) -> int:
    return session.scalar(select(func.count()).select_from(STEPS[rule.touches].due(rule, at).subquery())) or 0


def take_batch(session: Session, rule: Rule, at: datetime, *, after: int, size: int) -> tuple[int, list[int]]:
    """The last id that was looked at, and those that are due and locked; (after, []) at the end.

    They are asked for twice: what somebody began to use between question and lock is left alone.
    """
    step = STEPS[rule.touches]
    due = step.due(rule, at)
    ids = list(session.scalars(due.where(step.id > after).order_by(step.id).limit(size)))
    if not ids:
        return after, []
    session.execute(select(step.id).where(step.id.in_(ids)).order_by(step.id).with_for_update())
    return ids[-1], list(session.scalars(due.where(step.id.in_(ids))))
