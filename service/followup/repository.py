"""Counting how far cases came, within the person's area."""

from dataclasses import dataclass
from datetime import date
from statistics import median

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from models import Case, CaseStage, Stage
from service.accounts.actor import Actor, within
from service.cases.repository import visible

MOST_WAITING = 20_000
"""Cases that the ageing is counted from, the longest waiting first."""
MOST_AGENCIES = 100


@dataclass(frozen=True)
class FunnelFilter:
    region: str = ""
    since: date | None = None
    until: date | None = None
    """By the day on which a case was reported."""


@dataclass(frozen=True)
class AgencyAge:
    """What waits for one PPK: recommended, not followed up, not ended otherwise."""

    agency: str
    waiting: int
    median_days: float
    oldest_days: int
    over: int
    """Cases that wait longer than the limit that the reader chose."""


def count_stages(session: Session, actor: Actor, filters: FunnelFilter) -> dict[Stage, int]:
    """Cases that reached each stage; never more than reached the stage before."""
    query = select(CaseStage.stage, func.count()).join(Case, Case.id == CaseStage.case_id)
    counts = {row[0]: row[1] for row in session.execute(query.where(*meant(actor, filters)).group_by(CaseStage.stage))}
    return {stage: counts.get(stage, 0) for stage in Stage}


def count_ended(session: Session, actor: Actor, filters: FunnelFilter) -> int:
    """Reported cases that an institution closed without a sanction."""
    query = select(func.count()).select_from(Case).join(CaseStage, CaseStage.case_id == Case.id)
    sanction = aliased(CaseStage)
    is_sanctioned = exists().where(sanction.case_id == Case.id, sanction.stage == Stage.SANCTIONED).correlate(Case)
    query = query.where(CaseStage.stage == Stage.REPORTED, Case.ended_on.is_not(None), ~is_sanctioned, *meant(actor, filters))
    return session.scalar(query) or 0


def list_ages(session: Session, actor: Actor, filters: FunnelFilter, *, today: date, limit_days: int) -> list[AgencyAge]:
    """By agency, the oldest first."""
    followed = aliased(CaseStage)
    is_followed = exists().where(followed.case_id == Case.id, followed.stage == Stage.FOLLOWED_UP).correlate(Case)
    query = (
        select(Case.agency_key, Case.agency, CaseStage.on_day)
        .join(CaseStage, CaseStage.case_id == Case.id)
        .where(CaseStage.stage == Stage.RECOMMENDED, ~is_followed, Case.ended_on.is_(None), *meant(actor, filters))
        .order_by(CaseStage.on_day, Case.id)
        .limit(MOST_WAITING)
    )
    names, days = dict[str, str](), dict[str, list[int]]()
    for key, agency, since in session.execute(query):
        names.setdefault(key, agency)
        days.setdefault(key, []).append((today - since).days)
    ages = [_age(names[key], waits, limit_days) for key, waits in days.items()]
    return sorted(ages, key=lambda age: (-age.oldest_days, age.agency))[:MOST_AGENCIES]


def _age(agency: str, waits: list[int], limit_days: int) -> AgencyAge:
    over = sum(days > limit_days for days in waits)
    return AgencyAge(agency, len(waits), median(waits), max(waits), over)


def with_parts(cases: Select[int]) -> Select[int]:
    """Ids of these cases and of all that were taken into them: what was entered of those counts for the whole."""
    whole = cases.cte("whole", recursive=True)
    return select(whole.union(select(Case.id).join(whole, Case.merged_into_id == whole.c.id)).c.id)


def meant(actor: Actor, filters: FunnelFilter) -> list[ColumnElement[bool]]:
    """Which cases a filter speaks of."""
    conditions = [visible(actor), Case.merged_into_id.is_(None)]
    if filters.region:
        conditions.append(within(Case.region_code, frozenset({filters.region})))
    if filters.since or filters.until:
        reported = aliased(CaseStage)
        day = exists().where(reported.case_id == Case.id, reported.stage == Stage.REPORTED)
        day = day.where(reported.on_day >= filters.since) if filters.since else day
        day = day.where(reported.on_day <= filters.until) if filters.until else day
        conditions.append(day.correlate(Case))
    return conditions
