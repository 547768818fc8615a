"""One page of cases."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from models import Case, CaseClock, CaseLead, Region
from service.accounts.actor import Actor, within
from service.cases.filters import NEVER, CaseCursor, CaseFilter, Order, Time
from service.cases.privacy import masker_of
from service.cases.repository import visible
from service.cases.searching import is_shown, match
from service.review.conditions import ZONES, today_by_zone

PAGE_SIZE = 50


@dataclass(frozen=True)
class CaseRow:
    case: Case
    region: Region | None
    leads: int
    next_due_on: date
    """Of the running clock that ends first; NEVER where none runs."""
    expired: int
    """Clocks that ran out without being met."""

    @property
    def title(self) -> str:
        return masker_of(self.case)(self.case.title)

    @property
    def has_running(self) -> bool:
        return self.next_due_on != NEVER


def list_cases(session: Session, actor: Actor, filters: CaseFilter, cursor: CaseCursor | None) -> list[CaseRow]:
    """One page and one row more, which tells whether there is a next page. Cases that were taken into others stand there."""
    query = query_cases(session, actor, filters).limit(PAGE_SIZE + 1)
    if cursor and filters.order is Order.NEWEST:
        query = query.where(Case.id < cursor.id)
    elif cursor:
        query = query.where(_after(_next_due(_today()), cursor))
    return [CaseRow(*row) for row in session.execute(query)]


def query_cases(session: Session, actor: Actor, filters: CaseFilter) -> Select[Case, Region, int, date, int]:
    """All that a filter leaves, in its order: what a page and an export are made of."""
    today = _today()
    due = _next_due(today)
    leads = _count(CaseLead.case_id == Case.id, CaseLead.removed_at.is_(None))
    query = select(Case, Region, leads, due, _expired(today)).outerjoin(Region, Region.code == Case.region_code)
    query = query.where(*_narrowed(session, actor, filters, today))
    return query.order_by(Case.id.desc()) if filters.order is Order.NEWEST else query.order_by(due, Case.id.desc())


def cursor_after(row: CaseRow) -> CaseCursor:
    return CaseCursor(row.next_due_on, row.case.id)


def _after(due: ColumnElement[date], cursor: CaseCursor) -> ColumnElement[bool]:
    return or_(due > cursor.due_on, and_(due == cursor.due_on, Case.id < cursor.id))


def _narrowed(session: Session, actor: Actor, filters: CaseFilter, today: ColumnElement[date]) -> list[ColumnElement[bool]]:
    conditions = [visible(actor), Case.merged_into_id.is_(None)]
    if filters.region:
        conditions.append(within(Case.region_code, frozenset({filters.region})))
    if filters.status:
        conditions.append(Case.status == filters.status)
    if filters.time is not Time.ANY:
        is_late = CaseClock.due_on < today if filters.time is Time.EXPIRED else CaseClock.due_on >= today
        conditions.append(exists().where(CaseClock.case_id == Case.id, CaseClock.met_on.is_(None), is_late).correlate(Case))
    if words := filters.search.split():
        conditions += [match(word) for word in words]
        conditions.append(is_shown(session, actor, words, conditions))
    return conditions


def _today() -> ColumnElement[date]:
    """Where each case is, as its own page counts."""
    today = {zone: literal(day, Date()) for zone, day in today_by_zone().items()}
    province = func.substr(func.coalesce(Case.region_code, ""), 1, 2)
    further_east = [(province.in_(sorted(codes)), today[zone]) for zone, codes in ZONES.items()]
    return case(*further_east, else_=today["Asia/Jakarta"])


def _next_due(today: ColumnElement[date]) -> ColumnElement[date]:
    earliest = select(func.min(CaseClock.due_on)).where(
        CaseClock.case_id == Case.id, CaseClock.met_on.is_(None), CaseClock.due_on >= today
    )
    return func.coalesce(earliest.correlate(Case).scalar_subquery(), literal(NEVER, Date()), type_=Date())


def _expired(today: ColumnElement[date]) -> ColumnElement[int]:
    late = select(func.count()).where(CaseClock.case_id == Case.id, CaseClock.met_on.is_(None), CaseClock.due_on < today)
    return late.correlate(Case).scalar_subquery()


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).where(*conditions).correlate(Case).scalar_subquery()
