"""Flags that appear below the newest one: on PostgreSQL a flag has its number from its first moment and is seen from its commit.

A page remembers which numbers were still missing when it was loaded. Most of them never come; whichever does is new.
"""

from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from models import Flag, prepared
from models.base import BigId

WINDOW = 1_000
"""Numbers below the newest among which one may still come: several batches of texts that are scored at the same time."""
MOST_MISSING = 250
"""Of them the nearest are remembered, so that an address stays short."""
LONGEST_GAPS = MOST_MISSING * len("999.")
GAPS = r"([1-9]\d{0,2}(\.[1-9]\d{0,2})*)?"
"""How an address says the missing numbers: by their distances from the newest one."""


def list_missing(session: Session, newest_id: int) -> list[int]:
    """On SQLite none: one writer at a time gives the numbers."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    return [number for (number,) in prepared.run(session, _missing, newest=newest_id)]


def write_gaps(missing: list[int], newest_id: int) -> str:
    """
    >>> write_gaps([98, 95], 100)
    '2.5'
    """
    return ".".join(str(newest_id - number) for number in missing)


def read_gaps(gaps: str, newest_id: int) -> list[int]:
    """
    >>> read_gaps("2.5", 100)
    [98, 95]
    """
    return [newest_id - int(gap) for gap in gaps.split(".") if gap]


def _missing() -> Select[*tuple[Any, ...]]:
    newest = bindparam("newest", None, BigId)
    lowest = func.greatest(newest - WINDOW + 1, 1)
    number = func.generate_series(lowest, newest - 1, type_=BigId).column_valued("number")
    known = select(Flag.id).where(Flag.id.between(lowest, newest))
    return select(number).where(number.not_in(known)).order_by(number.desc()).limit(MOST_MISSING)
