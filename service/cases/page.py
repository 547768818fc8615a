"""One case as a page."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from models import (
    Case,
    CaseAnswer,
    CaseClock,
    CaseLead,
    CaseMerge,
    CaseSplit,
    CaseStatus,
    FlagState,
    FollowUp,
    Permission,
    Region,
    now,
)
from models.legal.clocks import ClockRule, find_clock
from models.legal.deadline import local_day
from models.legal.law_of_day import LawOfDay
from service.accounts.actor import Actor, reaches
from service.cases import merging, repository, splitting
from service.cases.completeness import Completeness, completeness_of
from service.cases.day_of_law import law_of_case
from service.cases.entries import Row, holding
from service.cases.forgetting import masker_closing, read_closed
from service.cases.handed_out import Handed, list_dossiers, list_openings
from service.cases.parts import list_cases_of, list_part_ids
from service.cases.privacy import mask_name, mask_number
from service.cases.referring import Readiness, readiness_of
from service.cases.repository import LeadRow, ReferralRow
from service.cases.restricted import is_restricted
from service.corrections.notes import CorrectionNote, list_of_cases
from service.errors import NotFound
from service.pages import title_of


class ClockState(StrEnum):
    RUNNING = "berjalan"
    MET = "dipenuhi"
    MET_LATE = "dipenuhi_lewat"
    EXPIRED = "lewat"


@dataclass(frozen=True)
class ClockRow:
    clock: CaseClock
    rule: ClockRule
    state: ClockState
    days_left: int


@dataclass(frozen=True)
class LeadLine:
    row: LeadRow
    title: str
    is_confirmed: bool
    """Two different people saw signs of a violation in it."""
    is_reachable: bool
    """Whether this person may open the flag."""


@dataclass(frozen=True)
class EntryLine:
    entry: CaseStatus | FollowUp
    who: str
    number: str
    """Of its document, masked as the note is: people write names into both."""
    note: str
    holds: bool
    """False for what was corrected or only takes another one back."""


@dataclass(frozen=True)
class ReferralLine:
    row: ReferralRow
    number: str


@dataclass(frozen=True)
class Undoable:
    """What this person can take back at this moment, by its number."""

    merges: frozenset[int]
    splits: frozenset[int]


@dataclass(frozen=True)
class CasePage:
    case: Case
    region: Region | None
    title: str
    name: str
    number: str
    place: str
    description: str
    witnesses: str
    law: LawOfDay
    clocks: list[ClockRow]
    leads: list[LeadLine]
    removed: list[CaseLead]
    completeness: Completeness
    answer_notes: dict[str, str]
    statuses: list[EntryLine]
    follow_ups: list[EntryLine]
    referrals: list[ReferralLine]
    corrections: list[CorrectionNote]
    merges: list[CaseMerge]
    splits: list[CaseSplit]
    undoable: Undoable
    openings: list[Handed]
    dossiers: list[Handed]
    readiness: Readiness | None
    names: dict[int, str]
    can_manage: bool
    can_move: bool
    """Whether leads may go into it and out of it: not while it lies still."""
    can_open_name: bool
    today: date


def read_case(session: Session, actor: Actor, case_id: int) -> CasePage:
    case = repository.get_case(session, actor, case_id)
    if case is None:
        raise NotFound
    part_ids = list_part_ids(session, case_id)
    parts = list_cases_of(session, part_ids)
    closed = read_closed(session, parts)
    mask, mask_all = masker_closing([case], closed), masker_closing(parts, closed)
    leads = repository.list_leads(session, case_id)
    answers = repository.list_answers(session, case_id)
    statuses = repository.list_statuses(session, *part_ids)
    follow_ups = repository.list_follow_ups(session, *part_ids)
    removed, merges = repository.list_removed(session, case_id), repository.list_merges(session, case_id)
    splits = repository.list_splits(session, case_id)
    people = _people(case, leads, answers, statuses, follow_ups, removed, merges) | {one.split_by_id for one in splits}
    names = repository.names_of(session, people)
    completeness = completeness_of(answers)
    can_manage = _may(actor, Permission.MANAGE_CASES, case) and not case.merged_into_id
    return CasePage(
        case=case,
        region=session.get(Region, case.region_code) if case.region_code else None,
        title=mask(case.title),
        name=mask_name(case.subject_name),
        number=mask_number(case.subject_number),
        place=mask(case.place),
        description=mask(case.description),
        witnesses=mask(case.witnesses),
        law=law_of_case(session, case),
        clocks=clocks_of(session, case),
        leads=_lead_lines(session, actor, leads, mask_all),
        removed=removed,
        completeness=completeness,
        answer_notes={row.requirement.key: mask(row.answer.note) for row in completeness.rows if row.answer},
        statuses=_lines(statuses, names, mask_all),
        follow_ups=_lines(follow_ups, names, mask_all),
        referrals=_referral_lines(repository.list_referrals(session, *part_ids), mask_all),
        corrections=_mask_notes(list_of_cases(session, part_ids), mask_all),
        merges=merges,
        splits=splits,
        undoable=_undoable(session, actor, case, merges, splits),
        openings=list_openings(session, case_id),
        dossiers=list_dossiers(session, case_id),
        readiness=readiness_of(session, actor, case),
        names=names,
        can_manage=can_manage,
        can_move=can_manage and not is_restricted(session, case_id),
        can_open_name=_may(actor, Permission.OPEN_NAMES, case),
        today=local_day(now(), case.region_code),
    )


def _mask_notes(notes: list[CorrectionNote], mask: Callable[[str], str]) -> list[CorrectionNote]:
    return [replace(note, text=mask(note.text)) for note in notes]


def clocks_of(session: Session, case: Case) -> list[ClockRow]:
    """Every clock that has started, what runs first before what is done."""
    today = local_day(now(), case.region_code)
    found = [(clock, find_clock(clock.rule)) for clock in repository.list_clocks(session, case.id)]
    rows = [ClockRow(clock, rule, state_of(clock, today), (clock.due_on - today).days) for clock, rule in found if rule]
    order = list(ClockState)
    return sorted(rows, key=lambda row: (order.index(row.state), row.clock.due_on))


def state_of(clock: CaseClock, today: date) -> ClockState:
    if clock.met_on is not None:
        return ClockState.MET if clock.met_on <= clock.due_on else ClockState.MET_LATE
    return ClockState.EXPIRED if clock.due_on < today else ClockState.RUNNING


def _may(actor: Actor, permission: Permission, case: Case) -> bool:
    return reaches(actor.areas(permission), case.region_code, agency_key=case.agency_key)


def _undoable(session: Session, actor: Actor, case: Case, merges: list[CaseMerge], splits: list[CaseSplit]) -> Undoable:
    """Of its own deeds, those on two cases that the person may both change, and that nothing stands against."""

    def may_change(other_id: int) -> Case | None:
        other = session.get_one(Case, other_id)
        return other if all(_may(actor, Permission.MANAGE_CASES, one) for one in (case, other)) else None

    if case.merged_into_id:
        return Undoable(frozenset(), frozenset())
    own_merges = [(one, may_change(one.merged_id)) for one in merges if one.kept_id == case.id]
    own_splits = [(one, may_change(one.new_id)) for one in splits if one.kept_id == case.id]
    return Undoable(
        frozenset(one.id for one, other in own_merges if other and not merging.obstacle_of_undoing(session, one, case, other)),
        frozenset(one.id for one, other in own_splits if other and not splitting.obstacle_of_undoing(session, one, case, other)),
    )


def _lead_lines(session: Session, actor: Actor, leads: list[LeadRow], mask: Callable[[str], str]) -> list[LeadLine]:
    confirmed = {first.flag_id for first, _ in repository.list_confirmed(session, [row.flag.id for row in leads])}
    areas = actor.areas(Permission.READ_QUEUE)
    return [
        LeadLine(
            row,
            mask(title_of(row.item, row.version)),
            row.flag.id in confirmed and row.flag.state is FlagState.ASSESSED,
            reaches(areas, row.flag.region_code, office=row.flag.office),
        )
        for row in leads
    ]


def _lines(rows: list[Row], names: dict[int, str], mask: Callable[[str], str]) -> list[EntryLine]:
    held = {row.id for row in holding(rows)}
    ordered = sorted(rows, key=lambda row: (row.on_day, row.id))
    return [
        EntryLine(row, names.get(row.user_id, ""), mask(row.document_number), mask(row.note), row.id in held) for row in ordered
    ]


def _referral_lines(rows: list[ReferralRow], mask: Callable[[str], str]) -> list[ReferralLine]:
    return [ReferralLine(row, mask(row.status.document_number)) for row in rows]


def _people(
    case: Case,
    leads: list[LeadRow],
    answers: list[CaseAnswer],
    statuses: list[CaseStatus],
    follow_ups: list[FollowUp],
    removed: list[CaseLead],
    merges: list[CaseMerge],
) -> set[int]:
    """Everybody whom the page names."""
    entered = {row.user_id for rows in (answers, statuses, follow_ups) for row in rows}
    took_out = {lead.removed_by_id for lead in removed if lead.removed_by_id}
    return entered | took_out | {case.opened_by_id, *(row.lead.added_by_id for row in leads), *(m.merged_by_id for m in merges)}
