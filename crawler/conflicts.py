"""Rows that two processes may want to make at the same moment: the first makes it, the other finds it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Base

STORE_LOCK = 6387202  # Any constant that no other advisory lock of this database uses.


def insert_once(session: Session, table: type[Base], values: dict[str, Any], *, key: Sequence[str]) -> int:
    """INSERT … ON CONFLICT DO NOTHING; returns how many rows it made: one, or none because the row was there."""
    insert = postgresql.insert if _is_postgresql(session) else sqlite.insert
    result = session.execute(insert(table).values(**values).on_conflict_do_nothing(index_elements=list(key)))
    return result.rowcount  # pyright: ignore[reportAttributeAccessIssue]


def hold_store(session: Session) -> None:
    """Let one transaction store at a time, as SQLite does by itself; PostgreSQL frees the lock with the commit.

    Taken before the first row of an item: two wire copies that arrive together would not see each other's
    signatures, and two batches that share items would wait for each other in a circle.
    """
    if _is_postgresql(session):
        session.execute(select(func.pg_advisory_xact_lock(STORE_LOCK)))


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
