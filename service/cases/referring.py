"""Sending a case on: to the agency that the calendar names, by a coordinator, after two people saw signs."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from models import Agency, AgencyTask, Case, CaseReferral, CaseStatus, ExternalStatus, Permission, now
from models.legal.deadline import local_day
from service.accounts.actor import Actor, reaches
from service.cases import repository
from service.cases.derived import derive
from service.cases.dossier.changes import parts_of
from service.cases.dossier.gather import gather_dossier
from service.cases.entries import standing_for
from service.cases.parts import list_part_ids
from service.cases.restricted import is_restricted
from service.cases.schemas import Purpose, ReferralEntry
from service.cases.service import entry_values, get_for_change, record, refuse_future
from service.errors import (
    AlreadyReferred,
    InvalidInput,
    NetraError,
    NoAgency,
    NotConfirmed,
    ReferrerAssessedFirst,
    Restricted,
)


@dataclass(frozen=True)
class Readiness:
    """Whether this person may refer the case today, and to whom."""

    agency: Agency | None
    obstacle: NetraError | None


def refer(session: Session, actor: Actor, case_id: int, entry: ReferralEntry) -> CaseReferral:
    case = get_for_change(session, actor, case_id, Permission.REFER_CASES)
    if actor.token:
        raise InvalidInput("mesin_teruskan")  # Law of the house: nothing that harms someone without a named person.
    refuse_future(case, entry.on_day)
    agency = agency_on(session, entry.on_day)
    if obstacle := _obstacle(session, actor, case, agency):
        raise obstacle
    if agency is None:
        raise NoAgency
    dossier = gather_dossier(session, case, purpose=Purpose.REFERRAL, made_by=actor)
    status = CaseStatus(case_id=case_id, status=ExternalStatus.REFERRED, user_id=actor.id, **entry_values(entry))
    session.add(status)
    session.flush()
    referral = CaseReferral(
        case_id=case_id,
        agency_id=agency.id,
        status_id=status.id,
        dossier_sha256=dossier.content_sha256,
        user_id=actor.id,
    )
    session.add(referral)
    derive(session, case)
    detail = {
        "penerusan": referral.id,
        "lembaga": agency.slug,
        "hari": entry.on_day.isoformat(),
        "sha256": dossier.content_sha256,
        "bagian": parts_of(dossier.content),
    }
    record(session, actor, "perkara.teruskan", case, detail)
    return referral


def readiness_of(session: Session, actor: Actor, case: Case) -> Readiness | None:
    """None for whoever has no right to refer this case at all."""
    if not reaches(actor.areas(Permission.REFER_CASES), case.region_code, agency_key=case.agency_key):
        return None
    agency = agency_on(session, local_day(now(), case.region_code))
    return Readiness(agency, _obstacle(session, actor, case, agency) or (None if agency else NoAgency()))


def agency_on(session: Session, day: date) -> Agency | None:
    """Who oversees neutrality on a day: KASN then, BKN now, whatever body the data name next."""
    return repository.find_agency(session, AgencyTask.OVERSEES_NEUTRALITY, day)


def _obstacle(session: Session, actor: Actor, case: Case, agency: Agency | None) -> NetraError | None:
    if is_restricted(session, case.id):
        return Restricted()
    flag_ids = [row.flag.id for row in repository.list_leads(session, case.id)]
    confirmed = repository.list_confirmed(session, flag_ids)
    if not confirmed:
        return NotConfirmed()
    if actor.id in {first.user_id for first, _ in confirmed}:
        return ReferrerAssessedFirst()
    if agency and case.ended_on is None and (entry := _find_referral(session, case, agency)):
        return AlreadyReferred(agency=agency.name, entry=entry.id)
    return None


def _find_referral(session: Session, case: Case, agency: Agency) -> CaseStatus | None:
    """The entry of a referral to this agency that nobody took back, of the case or of one that was taken into it."""
    part_ids = list_part_ids(session, case.id)
    statuses, referrals = repository.list_statuses(session, *part_ids), repository.list_referrals(session, *part_ids)
    standing = (standing_for(statuses, row.status.id) for row in referrals if row.agency.id == agency.id)
    return next((entry for entry in standing if entry), None)
