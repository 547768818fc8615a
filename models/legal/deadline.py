"""The legal clock: which election a day belongs to, and the last day on which a sign can still be taken up."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Select, bindparam, select
from sqlalchemy.orm import Session

from models.base import BigId
from models.law import Clock, Election, ElectionPhase, When
from models.reference import timezone_of

DAYS_TO_ACT = 7
"""UU 7/2017 Ps 454 (6) for Pemilu, UU 10/2016 Ps 134 (4) for Pilkada."""


def local_day(moment: datetime, region_code: str | None) -> date:
    """The calendar day of a moment where the region is."""
    return moment.astimezone(ZoneInfo(timezone_of(region_code))).date()


def due_on(clock: Clock, discovered_on: date) -> date:
    """The last day to act on what was discovered on a day; that day itself does not count.

    >>> due_on(Clock.PILKADA, date(2024, 10, 16))
    datetime.date(2024, 10, 23)
    """
    return last_day(discovered_on, DAYS_TO_ACT, counts_working_days=clock is Clock.PEMILU)


def last_day(starts_on: date, days: int, *, counts_working_days: bool) -> date:
    """The last of so many days after a day, which does not count itself.

    >>> last_day(date(2024, 2, 7), 2, counts_working_days=True)  # The 8th is a holiday, then comes a weekend.
    datetime.date(2024, 2, 12)
    """
    if not counts_working_days:
        return starts_on + timedelta(days=days)
    day, left = starts_on, days
    while left:
        day += timedelta(days=1)
        left -= _is_working_day(day)
    return day


def find_election(session: Session, day: date) -> Election | None:
    """The election whose stages cover a day. None between elections."""
    return session.scalars(_covering(), {"day": day}).first()


def find_phase(session: Session, election: Election, day: date) -> ElectionPhase | None:
    """The stage that covers a day, the narrowest where several do."""
    stages = session.scalars(_stages(), {"election_id": election.id})
    covering = [phase for phase in stages if phase.starts_on <= day <= phase.ends_on]
    return min(covering, key=lambda phase: phase.ends_on - phase.starts_on, default=None)


def part_of(election: Election, day: date) -> When:
    """Before or after the candidates were fixed: this decides between ethics and discipline (SKB 2022)."""
    fixed_on = election.candidates_fixed_on
    return When.AFTER_CANDIDATES if fixed_on and day >= fixed_on else When.BEFORE_CANDIDATES


def _is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _public_holidays(day.year)


@cache  # As every statement that is asked on each page: writing it anew costs more than asking it.
def _covering() -> Select[Election]:
    day = bindparam("day", None, Date)
    query = select(Election).where(Election.starts_on <= day, Election.ends_on >= day)
    return query.order_by(Election.starts_on.desc()).limit(1)


@cache
def _stages() -> Select[ElectionPhase]:
    return select(ElectionPhase).where(ElectionPhase.election_id == bindparam("election_id", None, BigId))


@cache
def _public_holidays(year: int) -> frozenset[date]:
    """Whole before anybody asks it: a calendar of `holidays` that fills itself shows half a year to a second thread, and two
    that fill different years at once leave days out for as long as it lives."""
    from holidays import country_holidays  # Brings the calendars of the world: most commands need none of them.

    return frozenset(country_holidays("ID", years=year))
