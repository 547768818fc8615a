"""Statements of hot paths, built and written down once; SQLAlchemy would look through all their parts for every page."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Select, TextClause, bindparam, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import UTCDateTime

Build = Callable[[], Select[*tuple[Any, ...]]]


def run(session: Session, build: Build, **values: Any) -> CursorResult[Any]:
    """Rows of a statement whose results need no reading by type: numbers and texts. A moment is given as `at`."""
    written = _write(build, session.get_bind().dialect.name)
    return session.connection().execute(written, values)


@cache
def _write(build: Build, dialect: str) -> TextClause:
    named = postgresql.dialect(paramstyle="named") if dialect == "postgresql" else sqlite.dialect(paramstyle="named")
    compiled = build().compile(dialect=named, compile_kwargs={"render_postcompile": True})
    fixed = [bindparam(name, value) for name, value in compiled.params.items() if value is not None]
    moments = [bindparam("at", type_=UTCDateTime())] if "at" in compiled.params else []
    # A cast right behind its value, as SQLAlchemy writes it, would hide the value from `text`.
    readable = re.sub(r":(\w+)::(TIMESTAMP WITH TIME ZONE|[A-Z]+)", r"CAST(:\1 AS \2)", compiled.string)
    return text(readable).bindparams(*fixed, *moments)
