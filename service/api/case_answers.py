"""From cases to what the API says of them."""

from datetime import date

from models import CaseStatus, FollowUp
from service.api import case_schemas as schemas
from service.cases.listing import CaseRow
from service.cases.next_steps import steps_of
from service.cases.page import CasePage, ClockState, EntryLine
from service.cases.schemas import DatedEntry
from service.followup.funnel import FunnelPage


def say_summary(row: CaseRow) -> schemas.CaseSummary:
    case = row.case
    return schemas.CaseSummary(
        id=case.id,
        title=row.title,
        region_code=case.region_code,
        office=case.office,
        agency=case.agency,
        status=case.status,
        status_on=case.status_on,
        leads=row.leads,
        next_due_on=row.next_due_on if row.has_running else None,
        expired_clocks=row.expired,
    )


def say_case(page: CasePage) -> schemas.CaseDetail:
    case = page.case
    violation = page.law.violations.get(case.act) if case.act else None
    return schemas.CaseDetail(
        id=case.id,
        title=page.title,
        region_code=case.region_code,
        office=case.office,
        agency=case.agency,
        status=case.status,
        status_on=case.status_on,
        leads=len(page.leads),
        next_due_on=_next_due(page),
        expired_clocks=sum(row.state is ClockState.EXPIRED for row in page.clocks),
        subject_name=page.name,
        subject_status=case.subject_status,
        act=case.act,
        happened_on=case.happened_on,
        place=page.place,
        description=page.description,
        witnesses=page.witnesses,
        law_day=page.law.day,
        violation=violation.code if violation else None,
        merged_into_id=case.merged_into_id,
        completeness={"met": page.completeness.met, "total": page.completeness.total},
        lead_list=[_say_lead(page, number) for number in range(len(page.leads))],
        clocks=[
            schemas.ClockAnswer(
                rule=row.rule.slug,
                starts_on=row.clock.starts_on,
                due_on=row.clock.due_on,
                met_on=row.clock.met_on,
                days_left=row.days_left,
                state=row.state,
                legal_basis=row.rule.legal_basis,
                confidence=row.rule.confidence,
            )
            for row in page.clocks
        ],
        requirements=[
            schemas.RequirementAnswerOut(
                key=row.requirement.key,
                kind=row.requirement.kind,
                answer=row.answer.answer if row.answer else None,
                note=page.answer_notes.get(row.requirement.key, ""),
            )
            for row in page.completeness.rows
        ],
        entries=[_say_line(line) for line in (*page.statuses, *page.follow_ups) if line.holds],
        next_steps=[
            schemas.StepAnswer(key=step.key, due_on=step.due.clock.due_on if step.due else None) for step in steps_of(page)
        ],
    )


def say_new_entry(entry: CaseStatus | FollowUp, given: DatedEntry) -> schemas.EntryAnswer:
    """To whoever wrote it: the number as they gave it, also where that stands for a masked one."""
    return _say_entry(entry).model_copy(update={"document_number": given.document_number})


def _say_entry(entry: CaseStatus | FollowUp) -> schemas.EntryAnswer:
    return schemas.EntryAnswer(
        id=entry.id,
        case_id=entry.case_id,
        status=entry.status if isinstance(entry, CaseStatus) else None,
        stage=entry.stage if isinstance(entry, FollowUp) else None,
        on_day=entry.on_day,
        document_number=entry.document_number,
        note=entry.note,
        corrects_id=entry.corrects_id,
        is_withdrawal=entry.is_withdrawal,
        created_at=entry.created_at,
    )


def say_funnel(page: FunnelPage) -> schemas.FunnelAnswer:
    return schemas.FunnelAnswer(
        stages=[schemas.StageCount(stage=bar.stage, cases=bar.count, share=bar.share) for bar in page.funnel.bars],
        ended=page.ended,
        limit_days=page.limit_days,
        agencies=[schemas.AgencyAgeAnswer.model_validate(age, from_attributes=True) for age in page.ages],
        published=[schemas.PublishedAnswer.model_validate(row, from_attributes=True) for row in page.published],
    )


def _say_line(line: EntryLine) -> schemas.EntryAnswer:
    """As the page shows it: with number and note masked."""
    return _say_entry(line.entry).model_copy(update={"document_number": line.number, "note": line.note})


def _say_lead(page: CasePage, number: int) -> schemas.CaseLeadAnswer:
    lead = page.leads[number]
    return schemas.CaseLeadAnswer(
        flag_id=lead.row.flag.id,
        title=lead.title,
        state=lead.row.flag.state,
        is_confirmed=lead.is_confirmed,
        snapshot_sha256=lead.row.snapshot.sha256 if lead.row.snapshot else None,
    )


def _next_due(page: CasePage) -> date | None:
    return min((row.clock.due_on for row in page.clocks if row.state is ClockState.RUNNING), default=None)
