"""What is asked of a database, to count it: a number of statements says more of a cost than a time does."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event


@contextmanager
def counted_statements(engine: Engine, *, of_writers: bool = False) -> Iterator[list[str]]:
    """The questions that are asked while the block runs; what opens and ends transactions is none.

    `of_writers` leaves out those of sessions that only read.
    """
    statements = list[str]()

    def note(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        is_of_reader = connection.get_execution_options().get("reads_only", False)
        if statement.lstrip().upper().startswith("SELECT") and not (of_writers and is_of_reader):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def planned_statements(engine: Engine, verb: str = "SELECT") -> Iterator[list[str]]:
    """How the database means to answer each question that is asked while the block runs, or to do each deed of that verb."""
    plans = list[str]()
    how = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"

    def note(connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip().upper().startswith(verb):
            with closing(connection.connection.cursor()) as own:
                own.execute(f"{how} {statement}", parameters)
                plans.append("\n".join(str(row) for row in own.fetchall()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", note)
