"""One case of ours as other houses get it: masked, and with no text beyond what publishers let go."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from models import Assessment, Case, CaseStatus, FollowUp, ItemKind, Outcome, Rights
from service.api.answers import EXCERPT, allowed
from service.cases import repository as cases
from service.cases.entries import holding, standing_for
from service.cases.forgetting import masker_of_whole
from service.cases.privacy import mask_name
from service.cases.repository import LeadRow, ReferralRow
from service.corrections.notes import list_of_cases
from service.interchange import schemas
from service.interchange.schemas import MOST_PARTS
from service.interchange.sharing import find_answered, find_parts
from service.items.privacy import mask_address
from service.items.service import clean_for

LONGEST_URL = 2000


def describe(session: Session, case: Case, *, shows_name: bool = False) -> schemas.CaseDocument:
    """With what was entered of the cases that it took in: they are told of no more by themselves."""
    ids = find_parts(session, [case.id])[case.id]
    clean = masker_of_whole(session, [session.get_one(Case, one) for one in ids], shows_name=shows_name)
    leads = cases.list_leads(session, case.id)
    outcomes = _outcomes(cases.list_assessments(session, [row.flag.id for row in leads]))
    statuses = [row for one in ids for row in holding(cases.list_statuses(session, one))]
    steps = [row for one in ids for row in holding(cases.list_follow_ups(session, one))]
    return schemas.CaseDocument(
        title=clean(case.title),
        region_code=case.region_code,
        subject=_subject(case, clean, shows_name=shows_name),
        act=case.act,
        happened_on=case.happened_on,
        place=clean(case.place),
        discovered_at=case.discovered_at,
        opened_at=case.opened_at,
        about=[schemas.About(origin=origin.key, id=told.remote_id) for told, origin in find_answered(session, ids)][:MOST_PARTS],
        absorbed=sorted(ids[1:])[:MOST_PARTS],
        leads=[_lead(row, clean, outcomes[row.flag.id]) for row in leads[:MOST_PARTS]],
        statuses=[schemas.Status(status=row.status, **_dated(row, clean)) for row in statuses[:MOST_PARTS]],
        follow_ups=[schemas.FollowUpStep(stage=row.stage, **_dated(row, clean)) for row in steps[:MOST_PARTS]],
        referrals=[_referral(row, held, clean) for one in ids for row, held in _standing(session, one)][:MOST_PARTS],
        corrections=_corrections(session, ids, leads, clean),
    )


def _corrections(
    session: Session, case_ids: list[int], leads: list[LeadRow], clean: Callable[[str], str]
) -> list[schemas.CorrectionNote]:
    lead_of = {row.item.id: row.flag.id for row in leads}
    return [
        schemas.CorrectionNote(
            id=note.id,
            noted_at=note.noted_at,
            lead_id=lead_of.get(note.item_id) if note.item_id else None,
            note=clean(note.text)[:1_000],
        )
        for note in list_of_cases(session, case_ids)
    ]


def _subject(case: Case, clean: Callable[[str], str], *, shows_name: bool) -> schemas.Subject:
    return schemas.Subject(
        initials=mask_name(case.subject_name)[:60],
        name=case.subject_name if shows_name else None,
        number=case.subject_number if shows_name else None,
        status=case.subject_status,
        office=clean(case.office),
        agency=clean(case.agency),
    )


def _standing(session: Session, case_id: int) -> Iterator[tuple[ReferralRow, CaseStatus]]:
    """Referrals that nobody took back, each with its entry as it was corrected last."""
    statuses = cases.list_statuses(session, case_id)
    for row in cases.list_referrals(session, case_id):
        held = standing_for(statuses, row.status.id)
        if held is not None:
            yield row, held


def _lead(row: LeadRow, clean: Callable[[str], str], outcomes: list[Outcome]) -> schemas.Lead:
    """Handles of posts are masked first, then the name of the person concerned."""
    unnamed = clean_for(row.item.kind, row.version.method)
    url = mask_address(row.item.url) if row.item.kind is ItemKind.POST else row.item.url
    copy = row.snapshot
    return schemas.Lead(
        id=row.flag.id,
        kind=row.item.kind,
        source=row.source.name,
        rights=row.source.rights,
        url=url[:LONGEST_URL] if url else None,
        title=clean(unnamed(row.version.title))[:500],
        excerpt=clean(allowed(unnamed(row.version.text[: EXCERPT + 1]), Rights.EXCERPT)),
        published_at=row.version.published_at,
        first_seen_at=row.item.first_seen_at,
        act=row.flag.act,
        outcomes=outcomes,
        evidence=schemas.Evidence(sha256=copy.sha256, fetched_at=copy.fetched_at, content_type=copy.content_type)
        if copy
        else None,
    )


def _dated(row: CaseStatus | FollowUp, clean: Callable[[str], str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "on_day": row.on_day,
        "document_number": clean(row.document_number),
        "note": clean(row.note),
    }


def _referral(row: ReferralRow, held: CaseStatus, clean: Callable[[str], str]) -> schemas.Referral:
    return schemas.Referral(
        id=row.referral.id,
        agency=row.agency.slug,
        agency_name=row.agency_name,
        on_day=held.on_day,
        document_number=clean(held.document_number),
        dossier_sha256=row.referral.dossier_sha256,
    )


def _outcomes(readings: list[Assessment]) -> dict[int, list[Outcome]]:
    """By flag, without what was taken back."""
    undone = {reading.undoes_id for reading in readings}
    found = defaultdict[int, list[Outcome]](list)
    for reading in readings:
        if reading.id not in undone and reading.outcome is not Outcome.WITHDRAWN:
            found[reading.flag_id].append(reading.outcome)
    return found
