"""One case of ours as other houses get it: masked, and with no text beyond what publishers let go."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from models import Assessment, Case, CaseStatus, FollowUp, ItemKind, Outcome, Rights
from service.api.answers import EXCERPT, allowed
from service.cases import repository as cases
from service.cases.entries import holding
from service.cases.privacy import mask_name, masker_of
from service.cases.repository import LeadRow, ReferralRow
from service.interchange import schemas
from service.interchange.repository import find_answered
from service.items.privacy import mask_address
from service.items.service import clean_for

LONGEST_URL = 2000


def describe(session: Session, case: Case) -> schemas.CaseDocument:
    clean = masker_of(case)
    leads = cases.list_leads(session, case.id)
    outcomes = _outcomes(cases.list_assessments(session, [row.flag.id for row in leads]))
    statuses = holding(cases.list_statuses(session, case.id))
    standing = {status.id for status in statuses}
    answered = find_answered(session, case.id)
    return schemas.CaseDocument(
        title=clean(case.title),
        region_code=case.region_code,
        subject=schemas.Subject(
            initials=mask_name(case.subject_name)[:60],
            status=case.subject_status,
            office=clean(case.office),
            agency=clean(case.agency),
        ),
        act=case.act,
        happened_on=case.happened_on,
        place=clean(case.place),
        discovered_at=case.discovered_at,
        opened_at=case.opened_at,
        about=schemas.About(origin=answered[1].key, id=answered[0].remote_id) if answered else None,
        leads=[_lead(row, clean, outcomes[row.flag.id]) for row in leads],
        statuses=[schemas.Status(status=row.status, **_dated(row, clean)) for row in statuses],
        follow_ups=[
            schemas.FollowUpStep(stage=row.stage, **_dated(row, clean))
            for row in holding(cases.list_follow_ups(session, case.id))
        ],
        referrals=[_referral(row) for row in cases.list_referrals(session, case.id) if row.status.id in standing],
    )


def _lead(row: LeadRow, clean: Callable[[str], str], outcomes: list[Outcome]) -> schemas.Lead:
    """Handles of posts are masked first, then the name of the person concerned."""
    unnamed = clean_for(row.item.kind)
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


def _referral(row: ReferralRow) -> schemas.Referral:
    return schemas.Referral(
        id=row.referral.id,
        agency=row.agency.slug,
        agency_name=row.agency.name,
        on_day=row.status.on_day,
        document_number=row.status.document_number,
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
