"""The units that a platform gives for a day, counted in SQL before they are spent: a kill can only count too many."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crawler.storing.conflicts import insert_once
from models import QuotaSpent


def spend_units(session: Session, platform: str, day: date, units: int, *, limit: int) -> bool:
    """Take units of the day where they are left; False, and nothing taken, where they are not. One atomic statement."""
    insert_once(session, QuotaSpent, {"platform": platform, "day": day, "units": 0}, key=["platform", "day"])
    mine = update(QuotaSpent).where(QuotaSpent.platform == platform, QuotaSpent.day == day, QuotaSpent.units + units <= limit)
    taken = session.execute(mine.values(units=QuotaSpent.units + units).returning(QuotaSpent.units))
    return taken.first() is not None


def mark_exhausted(session: Session, platform: str, day: date, *, limit: int) -> None:
    """The platform says that nothing is left: another program may use the same key."""
    insert_once(session, QuotaSpent, {"platform": platform, "day": day, "units": 0}, key=["platform", "day"])
    session.execute(update(QuotaSpent).where(QuotaSpent.platform == platform, QuotaSpent.day == day).values(units=limit))


def units_spent(session: Session, platform: str, day: date) -> int:
    query = select(QuotaSpent.units).where(QuotaSpent.platform == platform, QuotaSpent.day == day)
    return session.scalar(query) or 0
