"""Rows that two processes may want to make at the same moment: the first makes it, the other finds it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from models import Base

STORE_LOCK = 6387202  # Any constant that no other advisory lock of this database uses.


def insert_once(session: Session, table: type[Base], values: dict[str, Any], *, key: Sequence[str]) -> bool:
    """INSERT … ON CONFLICT DO NOTHING; True when it made the row, False when the row was there.

    It asks by RETURNING, because psycopg's rowcount of an INSERT is not kept by SQLAlchemy.
    """
    insert = postgresql.insert if _is_postgresql(session) else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=list(key))
    return session.execute(statement.returning(literal(1))).first() is not None


def insert_missing(session: Session, table: Table, rows: Sequence[dict[str, Any]], *, key: Sequence[str]) -> None:
    """Many rows at once, each of which another process may have made."""
    if rows:
        insert = postgresql.insert if _is_postgresql(session) else sqlite.insert
        session.execute(insert(table).on_conflict_do_nothing(index_elements=list(key)), list(rows))


def make_once(session: Session, table: Table, *, key: str) -> ReturningInsert[Any, Any]:
    """INSERT … ON CONFLICT DO NOTHING RETURNING id and key, made once for each table: rows that were there do not come back."""
    return _make_once(table, key, is_postgresql=_is_postgresql(session))


@cache
def _make_once(table: Table, key: str, *, is_postgresql: bool) -> ReturningInsert[Any, Any]:
    insert = postgresql.insert if is_postgresql else sqlite.insert
    return insert(table).on_conflict_do_nothing(index_elements=[key]).returning(table.c.id, table.c[key])


def hold_store(session: Session) -> None:
    """Let one transaction store at a time, as SQLite does by itself; PostgreSQL frees the lock with the commit.

    Taken before the first row of an item: two wire copies that arrive together would not see each other's
    signatures, and two batches that share items would wait for each other in a circle.
    """
    if _is_postgresql(session):
        session.execute(select(func.pg_advisory_xact_lock(STORE_LOCK)))


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
