"""The law of the day of a text."""

from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Flag, Item, ItemVersion, ViolationType
from models.legal.deadline import local_day
from models.legal.law_of_day import LawOfDay, read_law

__all__ = ["LawOfDay", "law_of", "list_acts"]


def law_of(session: Session, flag: Flag, item: Item, version: ItemVersion) -> LawOfDay:
    """The day is that of publication; where the page gave none, the day on which we first saw it."""
    return read_law(session, local_day(version.published_at or item.first_seen_at, flag.region_code))


def list_acts(session: Session) -> list[str]:
    """Every act that any rule set names."""
    return list(session.scalars(_acts()))


@cache
def _acts() -> Select[str]:
    return select(ViolationType.act).distinct().order_by(ViolationType.act)
