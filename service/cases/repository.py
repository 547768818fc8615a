"""Questions about cases. The area of the person stands in every one that begins with a case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from models import (
    Agency,
    AgencyName,
    AgencyTask,
    Assessment,
    Case,
    CaseAnswer,
    CaseClock,
    CaseLead,
    CaseMerge,
    CaseReferral,
    CaseSplit,
    CaseStatus,
    Flag,
    FlagState,
    FollowUp,
    Item,
    ItemVersion,
    Outcome,
    Permission,
    Region,
    RuleSet,
    Snapshot,
    Source,
    User,
    ViolationType,
)
from models.database import table_of
from service.accounts.actor import Actor, within
from service.items.repository import source_of

Row = TypeVar("Row", CaseAnswer, CaseStatus, FollowUp)

MOST_ROWS = 500
"""Of one case, of each kind: what no honest case reaches."""


@dataclass(frozen=True)
class LeadRow:
    """One flag of a case with what the dossier says of it."""

    lead: CaseLead
    flag: Flag
    item: Item
    version: ItemVersion
    source: Source
    snapshot: Snapshot | None


@dataclass(frozen=True)
class ReferralRow:
    referral: CaseReferral
    agency: Agency
    status: CaseStatus
    agency_name: str
    """As the agency was called on that day, and the law that held for it."""
    legal_basis: str


def visible(actor: Actor, permission: Permission = Permission.READ_CASES) -> ColumnElement[bool]:
    return within(Case.region_code, actor.areas(permission))


def get_case(
    session: Session, actor: Actor, case_id: int, permission: Permission = Permission.READ_CASES, *, locks: bool = False
) -> Case | None:
    """A case of the person's area. `locks` makes others wait who would change it at the same time."""
    query = select(Case).where(Case.id == case_id, visible(actor, permission)).execution_options(populate_existing=True)
    return session.scalar(query.with_for_update() if locks else query)


def get_flag_to_add(session: Session, actor: Actor, flag_id: int) -> Flag | None:
    """A flag that the person may read, locked: it can be in one case only."""
    area = within(Flag.region_code, actor.areas(Permission.READ_QUEUE))
    return session.scalar(select(Flag).where(Flag.id == flag_id, area).with_for_update())


def get_running_lead(session: Session, flag_id: int) -> CaseLead | None:
    return session.scalar(select(CaseLead).where(CaseLead.flag_id == flag_id, CaseLead.removed_at.is_(None)))


def find_case_of(session: Session, actor: Actor, flag_id: int) -> Case | None:
    """The case that a flag is in, if it lies in the person's area."""
    query = select(Case).join(CaseLead, CaseLead.case_id == Case.id)
    return session.scalar(query.where(CaseLead.flag_id == flag_id, CaseLead.removed_at.is_(None), visible(actor)))


def list_leads(session: Session, case_id: int) -> list[LeadRow]:
    """The leads that it has now, the first published first."""
    query = (
        select(CaseLead, Flag, Item, ItemVersion, Source, Snapshot)
        .join(Flag, Flag.id == CaseLead.flag_id)
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
        .join(Source, Source.id == Item.source_id)
        .outerjoin(Snapshot, Snapshot.id == ItemVersion.snapshot_id)
        .where(CaseLead.case_id == case_id, CaseLead.removed_at.is_(None))
        .order_by(func.coalesce(ItemVersion.published_at, Item.first_seen_at), Flag.id)
    )
    rows = [LeadRow(*row) for row in session.execute(query.limit(MOST_ROWS)).all()]
    return [replace(row, source=source_of(session, row.version, row.source)) for row in rows]


def list_removed(session: Session, case_id: int) -> list[CaseLead]:
    query = select(CaseLead).where(CaseLead.case_id == case_id, CaseLead.removed_at.is_not(None))
    return list(session.scalars(query.order_by(CaseLead.id).limit(MOST_ROWS)))


def list_leads_ever(session: Session, case_ids: Sequence[int]) -> list[tuple[CaseLead, datetime]]:
    """Those that these cases have or had, each with the moment in which its flag was seen first."""
    query = select(CaseLead, Flag.discovered_at).join(Flag, Flag.id == CaseLead.flag_id).where(CaseLead.case_id.in_(case_ids))
    return [(row[0], row[1]) for row in session.execute(query)]


def list_undone_merges(session: Session, kept_ids: Sequence[int]) -> list[CaseMerge]:
    return list(session.scalars(select(CaseMerge).where(CaseMerge.kept_id.in_(kept_ids), CaseMerge.undone_at.is_not(None))))


def count_leads(session: Session, case_ids: list[int]) -> dict[int, int]:
    query = select(CaseLead.case_id, func.count()).where(CaseLead.case_id.in_(case_ids), CaseLead.removed_at.is_(None))
    return {row[0]: row[1] for row in session.execute(query.group_by(CaseLead.case_id))}


def list_answers(session: Session, case_id: int) -> list[CaseAnswer]:
    return list(session.scalars(_of(CaseAnswer, case_id)))


def list_statuses(session: Session, *case_ids: int) -> list[CaseStatus]:
    return list(session.scalars(_of(CaseStatus, *case_ids)))


def list_follow_ups(session: Session, *case_ids: int) -> list[FollowUp]:
    return list(session.scalars(_of(FollowUp, *case_ids)))


def list_clocks(session: Session, case_id: int) -> list[CaseClock]:
    query = select(CaseClock).where(CaseClock.case_id == case_id)
    return list(session.scalars(query.order_by(CaseClock.due_on, CaseClock.rule)))


def list_merges(session: Session, case_id: int) -> list[CaseMerge]:
    """What this case took in, and where it was taken into, the newest first."""
    query = select(CaseMerge).where((CaseMerge.kept_id == case_id) | (CaseMerge.merged_id == case_id))
    return list(session.scalars(query.order_by(CaseMerge.id.desc()).limit(MOST_ROWS)))


def list_splits(session: Session, case_id: int) -> list[CaseSplit]:
    """What was split off this case, and what it was split off from, the newest first."""
    query = select(CaseSplit).where((CaseSplit.kept_id == case_id) | (CaseSplit.new_id == case_id))
    return list(session.scalars(query.order_by(CaseSplit.id.desc()).limit(MOST_ROWS)))


def list_referrals(session: Session, *case_ids: int) -> list[ReferralRow]:
    query = (
        select(CaseReferral, Agency, CaseStatus)
        .join(Agency, Agency.id == CaseReferral.agency_id)
        .join(CaseStatus, CaseStatus.id == CaseReferral.status_id)
        .where(CaseReferral.case_id.in_(case_ids))
        .order_by(CaseReferral.id)
    )
    rows = session.execute(query.limit(MOST_ROWS)).all()
    return [ReferralRow(row[0], row[1], row[2], *name_on(session, row[1], row[2].on_day)) for row in rows]


def name_on(session: Session, agency: Agency, day: date) -> tuple[str, str]:
    """What an agency was called on a day, and its legal basis then."""
    query = select(AgencyName).where(AgencyName.agency_id == agency.id, AgencyName.valid_to_on >= day)
    former = session.scalars(query.order_by(AgencyName.valid_to_on)).first()
    return (former.name, former.legal_basis) if former else (agency.name, agency.legal_basis)


def list_assessments(session: Session, flag_ids: list[int]) -> list[Assessment]:
    """Of flags that nobody waits to read any more: a first reading stays hidden until the second is done."""
    query = select(Assessment).join(Flag, Flag.id == Assessment.flag_id)
    finished = query.where(Flag.id.in_(flag_ids), Flag.state == FlagState.ASSESSED)
    return list(session.scalars(finished.order_by(Assessment.id).limit(MOST_ROWS)))


def list_confirmed(session: Session, flag_ids: list[int]) -> list[tuple[Assessment, Assessment]]:
    """First and last reading of every flag in which two different people saw signs of a violation, one of them last."""
    readings = list_assessments(session, flag_ids)
    undone = {reading.undoes_id for reading in readings}
    held = [reading for reading in readings if reading.id not in undone and reading.outcome is not Outcome.WITHDRAWN]
    lasts = {reading.flag_id: reading for reading in held}
    seen = [reading for reading in held if reading.outcome is Outcome.INDICATION]
    others = {reading.flag_id: reading for reading in reversed(seen) if reading.user_id != lasts[reading.flag_id].user_id}
    confirmed = [last for last in lasts.values() if last.outcome is Outcome.INDICATION and last.flag_id in others]
    return [(others[last.flag_id], last) for last in confirmed]


def find_agency(session: Session, task: AgencyTask, day: date) -> Agency | None:
    """Who has this task on a day; the newest where two overlap."""
    begun = Agency.valid_from_on.is_(None) | (Agency.valid_from_on <= day)
    lasts = Agency.valid_to_on.is_(None) | (Agency.valid_to_on >= day)
    query = select(Agency).where(Agency.task == task, Agency.region_code.is_(None), begun, lasts)
    return session.scalars(query.order_by(Agency.valid_from_on.is_(None), Agency.valid_from_on.desc(), Agency.id)).first()


def rule_set_of(session: Session, violation: ViolationType | None) -> str | None:
    """Name of the rules that a kind of violation stands in."""
    return session.get_one(RuleSet, violation.rule_set_id).name if violation else None


def names_of(session: Session, user_ids: set[int]) -> dict[int, str]:
    return {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(user_ids)))}


def list_regions(session: Session, actor: Actor) -> list[Region]:
    """Regions in which the person may open a case."""
    inside = within(Region.code, actor.areas(Permission.MANAGE_CASES))  # pyright: ignore[reportArgumentType]
    return list(session.scalars(select(Region).where(inside).order_by(Region.code)))


def _of(table: type[Row], *case_ids: int) -> Select[Row]:
    columns = table_of(table).c
    return select(table).where(columns.case_id.in_(case_ids)).order_by(columns.id).limit(MOST_ROWS)
