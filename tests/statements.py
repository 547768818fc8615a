"""What is asked of a database, to count it: a number of statements says more of a cost than a time does."""

from collections.abc import Iterator
from contextlib import contextmanager

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
