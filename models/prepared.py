"""Statements of hot paths, written down once as the driver takes them; SQLAlchemy would look through them each time."""

import json
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Float,
    Numeric,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import ARRAY, psycopg
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate
from sqlalchemy.types import TypeEngine

from models.base import BigId
from models.database import KEPT_BY_SERVER

Statement = Select[*tuple[Any, ...]] | ReturningUpdate[*tuple[Any, ...]] | ReturningInsert[*tuple[Any, ...]]
Build = Callable[..., Statement]
Turn = Callable[[Any], Any]
"""From our kind of value to the driver's, or back."""

MOST_KEPT = 1024


class Prepared:
    """A statement in the driver's own words, with what turns its values there and back."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        into = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        self._text = compiled.string
        self._into: dict[str, Turn] = {name: turn for name, turn in into.items() if turn}
        self._fixed = self._turned({name: value for name, value in compiled.params.items() if value is not None})
        back = [_back_of(column.type, dialect) for column in statement.exported_columns]
        self._back: list[tuple[int, Turn]] = [(place, turn) for place, turn in enumerate(back) if turn]

    def rows(self, session: Session, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        given = self._fixed | self._turned(values)
        found = session.connection().exec_driver_sql(self._text, given, execution_options={KEPT_BY_SERVER: True})
        return [self._read(row) for row in found.all()] if self._back else [tuple(row) for row in found]

    def _turned(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: self._into[name](value) if name in self._into else value for name, value in values.items()}

    def _read(self, row: Any) -> tuple[Any, ...]:
        values = list(row)
        for place, turn in self._back:
            if values[place] is not None:
                values[place] = turn(values[place])
        return tuple(values)


def _back_of(kind: TypeEngine[Any], dialect: Dialect) -> Turn | None:
    """Both drivers give numbers as they are."""
    return None if isinstance(kind, Float | Numeric) else kind.dialect_impl(dialect).result_processor(dialect, None)


def run(session: Session, build: Build, *shape: Hashable, **values: Any) -> list[tuple[Any, ...]]:
    """Rows of the statement that `build` makes of `shape`; what differs from call to call comes as values.

    A statement that empties a column says `null()`: a value of None marks what comes later.
    """
    session.flush()  # As the session does before statements of its own.
    return _prepare(build, shape, session.get_bind().dialect.name).rows(session, values)


def run_for(session: Session, build: Build, *shape: Hashable, ids: Sequence[int], **values: Any) -> list[tuple[Any, ...]]:
    """As `run`, of a statement that asks what `is_among` some ids; `build` is told the dialect before its shape."""
    dialect = session.get_bind().dialect.name
    given = list(ids) if dialect == "postgresql" else json.dumps(list(ids))
    return run(session, build, dialect, *shape, ids=given, **values)


@lru_cache(maxsize=MOST_KEPT)
def _prepare(build: Build, shape: tuple[Hashable, ...], dialect: str) -> Prepared:
    named = psycopg.dialect() if dialect == "postgresql" else sqlite.dialect(paramstyle="named")
    return Prepared(build(*shape), named)


def is_among(dialect: str, id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """One of the value `ids`: all of them are one value, so that one text of the statement does for any number."""
    if dialect == "postgresql":
        return id == func.any(bindparam("ids", None, ARRAY(BigId)))
    return id.in_(select(column("value", BigId)).select_from(func.json_each(bindparam("ids", None, String))))
