"""Questions about agencies."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Agency, AgencyName, CaseReferral, CaseStatus, Region

MOST_AGENCIES = 1000


@dataclass(frozen=True)
class AgencyRow:
    agency: Agency
    region: Region | None
    former: list[AgencyName]
    """What it was called before, the oldest first."""
    referrals: int

    def state_on(self, day: date) -> str:
        """Key of the catalogue (`lembaga.keadaan.…`)."""
        if self.agency.has_ended(day):
            return "berakhir"
        return "akan_datang" if self.agency.valid_from_on and self.agency.valid_from_on > day else "berlaku"


def list_agencies(session: Session) -> list[AgencyRow]:
    """By task, the newest of a task first."""
    query = select(Agency, Region).outerjoin(Region, Region.code == Agency.region_code)
    query = query.order_by(Agency.task, Agency.valid_from_on.is_(None), Agency.valid_from_on.desc(), Agency.name)
    found = [(row[0], row[1]) for row in session.execute(query.limit(MOST_AGENCIES))]
    names, counts = _list_former(session, [agency.id for agency, _ in found]), _count_referrals(session)
    return [AgencyRow(agency, region, names.get(agency.id, []), counts.get(agency.id, 0)) for agency, region in found]


def get_agency(session: Session, slug: str, *, locks: bool = False) -> Agency | None:
    query = select(Agency).where(Agency.slug == slug)
    return session.scalar(query.with_for_update() if locks else query)


def last_referral_on(session: Session, agency: Agency) -> date | None:
    """The latest day on which a case was referred to it, taken back or not."""
    query = select(func.max(CaseStatus.on_day)).join(CaseReferral, CaseReferral.status_id == CaseStatus.id)
    return session.scalar(query.where(CaseReferral.agency_id == agency.id))


def last_name_until(session: Session, agency: Agency) -> date | None:
    return session.scalar(select(func.max(AgencyName.valid_to_on)).where(AgencyName.agency_id == agency.id))


def _list_former(session: Session, agency_ids: list[int]) -> dict[int, list[AgencyName]]:
    names = dict[int, list[AgencyName]]()
    query = select(AgencyName).where(AgencyName.agency_id.in_(agency_ids)).order_by(AgencyName.valid_to_on)
    for name in session.scalars(query):
        names.setdefault(name.agency_id, []).append(name)
    return names


def _count_referrals(session: Session) -> dict[int, int]:
    query = select(CaseReferral.agency_id, func.count()).group_by(CaseReferral.agency_id)
    return {row[0]: row[1] for row in session.execute(query)}
