"""The day that decides the law of a case."""

from datetime import date

from sqlalchemy.orm import Session

from models import Case
from models.legal.deadline import local_day
from models.legal.law_of_day import LawOfDay, read_law
from service.cases import repository


def day_of(session: Session, case: Case) -> date:
    """The day of the act; where nobody entered it, that of the first text; where that gives none, the day we saw it."""
    if case.happened_on:
        return case.happened_on
    rows = repository.list_leads(session, case.id)
    moments = [row.version.published_at or row.item.first_seen_at for row in rows]
    return local_day(min(moments, default=case.discovered_at), case.region_code)


def law_of_case(session: Session, case: Case) -> LawOfDay:
    return read_law(session, day_of(session, case))
