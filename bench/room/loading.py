"""Many rows into both engines as fast as they take them: indexes and triggers are taken off and put back afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from bench.room.rows import Part

SEGMENT_BYTES = 1 << 28
"""What FTS5 gathers before it writes; with its own megabyte it would merge a hundred times."""
USUAL_SEGMENT_BYTES = 1 << 20

Write = Callable[[Part], None]


@contextmanager
def open_loader(engine: Engine, tables: tuple[str, ...]) -> Iterator[Write]:
    """One transaction that takes parts, and builds the indexes of the tables at its end.

    Triggers and foreign keys sleep meanwhile, so the tallies of the dashboard know nothing of these rows.
    """
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection, _without_indexes_of_postgresql(connection, tables):
            yield lambda part: _copy(connection, part)
    else:
        with engine.connect() as connection, _in_a_hurry(connection), _without_indexes_of_sqlite(connection, tables):
            yield lambda part: _insert(connection, part)


@contextmanager
def _in_a_hurry(connection: Connection) -> Iterator[None]:
    """No waiting for the disk: what breaks off is made anew. These settings cannot change within a transaction."""
    connection.exec_driver_sql("COMMIT")
    for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        connection.exec_driver_sql(f"PRAGMA {pragma}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    yield
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.exec_driver_sql("BEGIN")  # SQLAlchemy ends what it began.
    connection.invalidate()


@contextmanager
def _without_indexes_of_sqlite(connection: Connection, tables: tuple[str, ...]) -> Iterator[None]:
    names = ", ".join(f"'{table}'" for table in tables)
    kinds = "type IN ('index', 'trigger') AND sql IS NOT NULL"
    found = connection.exec_driver_sql(f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ({names}) AND {kinds}").all()
    for kind, name, _ in found:
        connection.exec_driver_sql(f"DROP {kind} {name}")
    connection.exec_driver_sql("INSERT INTO flag_words (flag_words, rank) VALUES ('hashsize', ?)", (SEGMENT_BYTES,))
    yield
    connection.exec_driver_sql("INSERT INTO flag_words (flag_words) VALUES ('rebuild')")
    connection.exec_driver_sql("INSERT INTO flag_words (flag_words, rank) VALUES ('hashsize', ?)", (USUAL_SEGMENT_BYTES,))
    for _, _, statement in found:
        connection.exec_driver_sql(statement)


def _insert(connection: Connection, part: Part) -> None:
    """The words go where FTS5 keeps its texts, from which it builds its index at once."""
    table, columns = (part.table, part.columns) if part.table != "flag_words" else ("flag_words_content", ("id", "c0"))
    gaps = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({gaps})", part.rows)


@contextmanager
def _without_indexes_of_postgresql(connection: Connection, tables: tuple[str, ...]) -> Iterator[None]:
    for setting in ("session_replication_role = replica", "maintenance_work_mem = '1GB'", "timezone = 'UTC'"):
        connection.exec_driver_sql(f"SET LOCAL {setting}")
    names = ", ".join(f"'{table}'" for table in tables)
    found = connection.exec_driver_sql(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
        f" AND tablename IN ({names}) AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    ).all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    for _, statement in found:
        connection.exec_driver_sql(statement)


def _copy(connection: Connection, part: Part) -> None:
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {part.table} ({', '.join(part.columns)}) FROM STDIN") as copy:
        for row in part.rows:
            copy.write_row(row)
