"""From rows to the facts of a dossier. People who decided appear by role, the person concerned by initials."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from models import AgencyTask, Assessment, Case, CaseStatus, Region, Rights, ViolationType, now
from models.legal.clocks import find_clock
from models.legal.deadline import local_day
from models.legal.law_of_day import LawOfDay
from service.accounts.actor import Actor
from service.cases import repository
from service.cases.completeness import completeness_of
from service.cases.day_of_law import law_of_case
from service.cases.dossier import facts
from service.cases.dossier.chronology import tell
from service.cases.dossier.custody import custody_of
from service.cases.dossier.roles import Roles
from service.cases.entries import holding, standing_for
from service.cases.forgetting import masker_of_whole
from service.cases.parts import list_cases_of, list_part_ids
from service.cases.privacy import mask_name, mask_number
from service.cases.repository import LeadRow, ReferralRow
from service.cases.schemas import Purpose
from service.corrections.notes import list_of_cases
from service.items.service import clean_for, shown_address

LONGEST_QUOTES = 600
"""Characters of a text that leave this house where its publisher allows an excerpt only."""

Mask = Callable[[str], str]


def gather_dossier(session: Session, case: Case, *, purpose: Purpose, made_by: Actor, shows_name: bool = False) -> facts.Dossier:
    """Everything that the case rests on, today. Names stay masked unless `shows_name`, which the caller must have logged."""
    part_ids = list_part_ids(session, case.id)
    mask = masker_of_whole(session, list_cases_of(session, part_ids), shows_name=shows_name)
    roles = Roles(session)
    leads = repository.list_leads(session, case.id)
    readings = repository.list_assessments(session, [row.flag.id for row in leads])
    law = law_of_case(session, case)
    statuses = repository.list_statuses(session, *part_ids)
    region = session.get(Region, case.region_code) if case.region_code else None
    decisions = _decisions(session, leads, readings, roles, mask)
    content = facts.DossierContent(
        case_id=case.id,
        title=mask(case.title),
        names_shown=shows_name,
        reporter=facts.Reporter(
            roles=roles.of(case.opened_by_id), region=region.name if region else None, opened_at=case.opened_at
        ),
        subject=_subject(case, region, shows_name=shows_name),
        event=facts.Event(
            happened_on=case.happened_on,
            known_on=local_day(case.discovered_at, case.region_code),
            place=mask(case.place),
            description=mask(case.description),
            witnesses=mask(case.witnesses),
            act=case.act,
        ),
        law=_law(session, case, law),
        clocks=_clocks(session, case),
        requirements=_requirements(session, case, roles, mask),
        evidence=[_evidence(number, row, readings, mask, shows_name=shows_name) for number, row in enumerate(leads, 1)],
        decisions=decisions,
        statuses=[
            facts.StatusFact(status=row.status, on_day=row.on_day, document_number=mask(row.document_number), note=mask(row.note))
            for row in holding(statuses)
        ],
        referrals=_referrals(repository.list_referrals(session, *part_ids), statuses, roles, mask),
        follow_ups=[
            facts.FollowUpFact(stage=row.stage, on_day=row.on_day, document_number=mask(row.document_number), note=mask(row.note))
            for row in holding(repository.list_follow_ups(session, *part_ids))
        ],
        corrections=[
            facts.CorrectionFact(noted_at=note.noted_at, item_id=note.item_id, text=mask(note.text))
            for note in list_of_cases(session, part_ids)
        ],
        custody=custody_of(session, leads, roles),
        chronology=[],
    )
    content.chronology = tell(content)
    letter = _letter(session, case)
    return facts.Dossier(made_at=now(), made_by=roles.of(made_by.id), purpose=purpose, letter=letter, content=content)


def _subject(case: Case, region: Region | None, *, shows_name: bool) -> facts.Subject:
    return facts.Subject(
        name=case.subject_name if shows_name else mask_name(case.subject_name),
        number=case.subject_number if shows_name else mask_number(case.subject_number),
        status=case.subject_status,
        office=case.office,
        agency=case.agency,
        region=region.name if region else None,
        region_code=case.region_code,
    )


def _law(session: Session, case: Case, law: LawOfDay) -> facts.Law:
    violation = law.violations.get(case.act) if case.act else None
    return facts.Law(
        day=law.day,
        election=law.election.name if law.election else None,
        phase=law.phase.name if law.phase else None,
        part=law.part,
        rule_set=repository.rule_set_of(session, violation),
        code=violation.code if violation else None,
        label=violation.label if violation else None,
        level=violation.level if violation else None,
        sanction=violation.sanction if violation else None,
        legal_basis=violation.legal_basis if violation else None,
    )


def _clocks(session: Session, case: Case) -> list[facts.ClockFact]:
    found = [(clock, find_clock(clock.rule)) for clock in repository.list_clocks(session, case.id)]
    return [
        facts.ClockFact(
            rule=clock.rule,
            starts_on=clock.starts_on,
            due_on=clock.due_on,
            met_on=clock.met_on,
            days=rule.days,
            count=rule.count,
            legal_basis=rule.legal_basis,
            confidence=rule.confidence,
        )
        for clock, rule in found
        if rule
    ]


def _requirements(session: Session, case: Case, roles: Roles, mask: Mask) -> list[facts.RequirementFact]:
    rows = completeness_of(repository.list_answers(session, case.id)).rows
    return [
        facts.RequirementFact(
            key=row.requirement.key,
            kind=row.requirement.kind,
            legal_basis=row.requirement.legal_basis,
            answer=row.answer.answer if row.answer else None,
            note=mask(row.answer.note) if row.answer else "",
            answered_at=row.answer.created_at if row.answer else None,
            roles=roles.of(row.answer.user_id) if row.answer else [],
        )
        for row in rows
    ]


def _evidence(number: int, row: LeadRow, readings: list[Assessment], mask: Mask, *, shows_name: bool) -> facts.Evidence:
    clean = clean_for(row.item.kind, row.version.method)
    snapshot = row.snapshot
    return facts.Evidence(
        number=number,
        flag_id=row.flag.id,
        title=mask(clean(row.version.title)),
        source=row.source.name,
        kind=row.item.kind,
        url=row.item.url if shows_name else shown_address(row.item),
        published_at=row.version.published_at,
        first_seen_at=row.item.first_seen_at,
        quotes=[mask(quote) for quote in _quotes(row, readings, clean)],
        fetched_at=snapshot.fetched_at if snapshot else None,
        sha256=snapshot.sha256 if snapshot else None,
        byte_count=snapshot.byte_count if snapshot else None,
        warc_file=snapshot.warc_file if snapshot else None,
        warc_offset=snapshot.warc_offset if snapshot else None,
        warc_length=snapshot.warc_length if snapshot else None,
        warc_sha256=snapshot.warc_sha256 if snapshot else None,
    )


def _quotes(row: LeadRow, readings: list[Assessment], clean: Mask) -> list[str]:
    """What people marked in this text and did not take back, as far as its publisher lets it leave the house."""
    undone = {reading.undoes_id for reading in readings}
    held = [one for one in readings if one.flag_id == row.flag.id and one.id not in undone]
    spans = {(mark["start"], mark["end"]) for one in held for mark in one.evidence}
    quotes, left = list[str](), LONGEST_QUOTES
    for start, end in sorted(spans):
        quote = clean(row.version.text)[start:end]
        if row.source.rights is Rights.METADATA_ONLY:
            break
        if row.source.rights is not Rights.FULL_TEXT:
            quote, left = quote[:left], left - len(quote)
        if quote:
            quotes.append(quote)
    return quotes


def _decisions(
    session: Session, leads: list[LeadRow], readings: list[Assessment], roles: Roles, mask: Mask
) -> list[facts.Decision]:
    numbers = {row.flag.id: number for number, row in enumerate(leads, 1)}
    undone = {reading.undoes_id for reading in readings}
    types = {reading.violation_type_id for reading in readings if reading.violation_type_id}
    codes = {one: session.get_one(ViolationType, one).code for one in types}
    return [
        facts.Decision(
            evidence_number=numbers[reading.flag_id],
            at=reading.created_at,
            is_second=reading.is_second,
            outcome=reading.outcome,
            is_withdrawn=reading.id in undone,
            roles=roles.of(reading.user_id),
            code=codes.get(reading.violation_type_id) if reading.violation_type_id else None,
            note=mask(reading.note),
        )
        for reading in readings
        if reading.undoes_id is None
    ]


def _referrals(rows: list[ReferralRow], statuses: list[CaseStatus], roles: Roles, mask: Mask) -> list[facts.ReferralFact]:
    """Those that nobody took back, with their day and number as corrected."""
    found = [(row, standing_for(statuses, row.status.id)) for row in rows]
    return [
        facts.ReferralFact(
            agency=row.agency_name,
            legal_basis=row.legal_basis,
            on_day=status.on_day,
            document_number=mask(status.document_number),
            dossier_sha256=row.referral.dossier_sha256,
            roles=roles.of(row.referral.user_id),
        )
        for row, status in found
        if status
    ]


def _letter(session: Session, case: Case) -> facts.Letter | None:
    """Addressed to whoever has the task today."""
    today = local_day(now(), case.region_code)
    agency = repository.find_agency(session, AgencyTask.OVERSEES_NEUTRALITY, today)
    return facts.Letter(addressee=agency.name, legal_basis=agency.legal_basis, day=today) if agency else None
