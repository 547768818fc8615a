"""The tables of one database, read in one snapshot or filled in one transaction, on SQLite and PostgreSQL alike."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine

from netra.keeping.errors import KeepingError
from netra.keeping.rows import Kind, Row, Shape, list_shapes

BLOCK = 2_000
UNREADABLE = (sqlite3.Error, psycopg.Error, OverflowError, UnicodeError)
IN_POSTGRESQL = {
    Kind.MOMENT: "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    Kind.DAY: "to_char({0}, 'YYYY-MM-DD')",
    Kind.TRUTH: "{0}::int",
    Kind.JSON: "{0}::text",
    Kind.STEMS: "array_to_string(tsvector_to_array({0}), ' ')",
}
"""How PostgreSQL is asked for what SQLite keeps."""


class Tables(ABC):
    """The tables within one transaction, by way of the driver: the layers above it cost several times as much a row."""

    @abstractmethod
    def rows(self, shape: Shape) -> Iterator[Row]:
        """All rows in the order of their key, at constant memory."""

    @abstractmethod
    def begin_filling(self) -> None:
        """From here on no trigger and no foreign key looks at a row, and every table is empty."""

    @abstractmethod
    def fill(self, shape: Shape, rows: Iterable[Row]) -> None: ...

    @abstractmethod
    def end_filling(self, positions: Mapping[str, int]) -> None:
        """Put triggers and foreign keys back, check them, and let new rows take the numbers after `positions`."""

    @abstractmethod
    def ask(self, query: str) -> int: ...

    def count(self, shape: Shape) -> int:
        return self.ask(f"SELECT count(*) FROM {shape.quoted}")  # noqa: S608 - our own names

    def newest_ids(self) -> dict[str, int]:
        shapes = (shape for shape in list_shapes() if shape.has_ids)
        return {shape.name: self.ask(f"SELECT coalesce(max(id), 0) FROM {shape.quoted}") for shape in shapes}  # noqa: S608

    def positions(self) -> dict[str, int]:
        """The last number that each table gave, also to a row that is gone."""
        return self.newest_ids()


@contextmanager
def read_tables(engine: Engine) -> Iterator[Tables]:
    """A snapshot: what others write meanwhile is not seen, and nobody waits."""
    options: dict[str, Any] = {"reads_only": True}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.execution_options(**options).connect() as connection, connection.begin():
        connection.exec_driver_sql("SELECT count(*) FROM alembic_version")  # With the first reading the snapshot is taken.
        yield _tables_of(connection)


@contextmanager
def write_tables(engine: Engine) -> Iterator[tuple[Tables, Connection]]:
    """One transaction for everything: a kill at any moment leaves what was there before."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _driver_of(connection).execute("PRAGMA foreign_keys=OFF")  # It says nothing within a transaction.
        with connection.begin():
            yield _tables_of(connection), connection


def _tables_of(connection: Connection) -> Tables:
    driver = _driver_of(connection)
    return SqliteTables(driver) if connection.dialect.name == "sqlite" else PostgresTables(driver)


def _driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection


class SqliteTables(Tables):
    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver
        self._triggers = list[tuple[str, str]]()

    def rows(self, shape: Shape) -> Iterator[Row]:
        names, key = _names_in_sqlite(shape.columns, shape), _names_in_sqlite(shape.key, shape)
        cursor = self._driver.execute(f"SELECT {names} FROM {shape.quoted} ORDER BY {key}")  # noqa: S608 - our own names
        cursor.arraysize = BLOCK
        return cursor

    def begin_filling(self) -> None:
        found = self._driver.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        self._triggers = found.fetchall()
        for name, _ in self._triggers:
            self._driver.execute(f'DROP TRIGGER "{name}"')
        for shape in list_shapes():
            self._driver.execute(f"DELETE FROM {shape.quoted}")  # noqa: S608 - our own names

    def fill(self, shape: Shape, rows: Iterable[Row]) -> None:
        names, places = _names_in_sqlite(shape.columns, shape), ", ".join("?" * len(shape.columns))
        self._driver.executemany(f"INSERT INTO {shape.quoted} ({names}) VALUES ({places})", rows)  # noqa: S608 - our own names

    def end_filling(self, positions: Mapping[str, int]) -> None:
        """SQLite takes the number after the newest row, whatever was given before."""
        for _, statement in self._triggers:
            self._driver.execute(statement)
        if broken := self._driver.execute("PRAGMA foreign_key_check").fetchone():
            raise KeepingError(f"row {broken[1]} of {broken[0]} points to no row of {broken[2]}: the source is damaged.")

    def ask(self, query: str) -> int:
        return self._driver.execute(query).fetchone()[0]


class PostgresTables(Tables):
    def __init__(self, driver: "psycopg.Connection[Any]") -> None:
        self._driver = driver
        self._foreign = list[tuple[str, str, str]]()

    def rows(self, shape: Shape) -> Iterator[Row]:
        names = ", ".join(IN_POSTGRESQL.get(kind, "{0}").format(f'"{name}"') for name, kind in shape.columns.items())
        key = ", ".join(f'"{name}" COLLATE "C"' if name in shape.texts else f'"{name}"' for name in shape.key)
        with self._driver.cursor(name=f"read_{shape.name}") as cursor:
            cursor.itersize = BLOCK
            query = f"SELECT {names} FROM {shape.quoted} ORDER BY {key}"  # noqa: S608 - our own names
            yield from cursor.execute(cast(Any, query))

    def begin_filling(self) -> None:
        self._run("SET LOCAL TIME ZONE 'UTC'")
        self._foreign = self._driver.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        ).fetchall()
        for table, name, _ in self._foreign:
            self._run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for shape in list_shapes():
            self._run(f"ALTER TABLE {shape.quoted} DISABLE TRIGGER USER")
            self._run(f"DELETE FROM {shape.quoted}")  # noqa: S608 - our own names

    def fill(self, shape: Shape, rows: Iterable[Row]) -> None:
        names = ", ".join(f'"{name}"' for name in shape.columns)
        stems = next((at for at, kind in enumerate(shape.columns.values()) if kind is Kind.STEMS), None)
        with self._driver.cursor() as cursor, cursor.copy(cast(Any, f"COPY {shape.quoted} ({names}) FROM STDIN")) as copy:
            for row in rows:
                copy.write_row(row if stems is None else (*row[:stems], _vector(row[stems]), *row[stems + 1 :]))

    def end_filling(self, positions: Mapping[str, int]) -> None:
        for table, name, definition in self._foreign:
            self._run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for shape in list_shapes():
            self._run(f"ALTER TABLE {shape.quoted} ENABLE TRIGGER USER")
        for name, sequence in self._sequences().items():
            if last := positions.get(name):
                self._driver.execute("SELECT setval(%s::regclass, %s)", [sequence, last])

    def positions(self) -> dict[str, int]:
        found = self.newest_ids()
        for name, sequence in self._sequences().items():
            given = self.ask(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608 - the server's own
            found[name] = max(found[name], given)
        return found

    def ask(self, query: str) -> int:
        row = self._driver.execute(cast(Any, query)).fetchone()
        return row[0] if row else 0

    def _sequences(self) -> dict[str, str]:
        names = [shape.name for shape in list_shapes() if shape.has_ids]
        query = "SELECT name, pg_get_serial_sequence(quote_ident(name), 'id') FROM unnest(%s::text[]) AS name"
        return {name: sequence for name, sequence in self._driver.execute(query, [names]) if sequence}

    def _run(self, statement: str) -> None:
        self._driver.execute(cast(Any, statement))


def _names_in_sqlite(columns: Iterable[str], shape: Shape) -> str:
    """The search index of SQLite has no key but the number of its row."""
    is_index = Kind.STEMS in shape.columns.values()
    return ", ".join("rowid" if is_index and name == "flag_id" else f'"{name}"' for name in columns)


def _vector(words: str) -> str:
    """Words as PostgreSQL reads a tsvector."""
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words.split())
    return " ".join(f"'{word}'" for word in quoted)
