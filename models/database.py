"""Engines and sessions. Importing this opens nothing."""

import sqlite3
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar, cast
from urllib.parse import quote_plus

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, make_url
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session, aliased, sessionmaker

from models.base import Base

T = TypeVar("T", bound=Base)

SQLITE_BUSY_SECONDS = 60
"""How long a writer waits for the lock. SQLite's waiting is not fair, so one of many may wait long."""
PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""Of our side, in seconds (the last in milliseconds): a network that went silent is an error after a minute, not after hours."""
KEPT_BY_SERVER = "kept_by_server"
"""Option of a statement: see `_execute_on_postgresql`."""
PATIENCE_OF_SERVER = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60000",
    "client_connection_check_interval": "30000",
    "idle_in_transaction_session_timeout": "900000",
}
"""Of the server's side: whoever is cut off, or stands still, holds locks no longer; the lock of the trail stops everybody."""

ENGINES = {"sqlite", "postgresql"}
HIDDEN = "***"
SECRET_PARTS = ("password", "sslpassword")
"""What an address may hold behind its `?` too. `passfile` names a file and tells no secret."""


def make_engine(url: str, *, pool_size: int = 5) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…` (psycopg 3). Raises ArgumentError for any other address."""
    address = make_url(url)
    if address.get_backend_name() not in ENGINES:
        raise ArgumentError(f"No database of this kind: {address.drivername}")
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
        engine = create_engine(address, pool_size=pool_size, pool_pre_ping=True, connect_args=patience_of(address))
        event.listen(engine, "do_execute", _execute_on_postgresql)
        return engine
    engine = create_engine(address, pool_size=pool_size, connect_args={"timeout": SQLITE_BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def show_address(url: str | URL) -> str:
    """An address for people, files and the trail: without its passwords, wherever they stand in it."""
    address = make_url(url)
    hidden = address.update_query_dict({name: HIDDEN for name in SECRET_PARTS if name in address.query})
    return hidden.render_as_string(hide_password=True).replace(quote_plus(HIDDEN), HIDDEN)


def patience_of(address: URL) -> dict[str, Any]:
    """What the address says itself stands. A pooler that takes no `options` is named there with `options=` of its own."""
    options = " ".join(f"-c {name}={value}" for name, value in PATIENCE_OF_SERVER.items())
    return {name: value for name, value in {**PATIENCE, "options": options}.items() if name not in address.query}


class ReadingSession(Session):
    """Ends with a COMMIT that writes nothing: at a ROLLBACK, psycopg forgets every statement that the server keeps for it."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None and self.in_transaction():
            self.expunge_all()
            with suppress(DBAPIError):  # The connection broke after the last answer: all was read.
                self.commit()
        super().__exit__(kind, error, trace)


def make_session(engine: Engine) -> sessionmaker[Session]:
    """Sessions that write: on SQLite they take the write lock at BEGIN, so that no upgrade can fail halfway."""
    return sessionmaker(engine, expire_on_commit=False)


def make_reading_session(engine: Engine) -> sessionmaker[Session]:
    """Sessions that only read: they wait for nobody, and the database refuses a write."""
    reader = (
        engine.execution_options(reads_only=True, postgresql_readonly=True)
        if engine.dialect.name == "postgresql"
        else (engine.execution_options(reads_only=True))
    )
    return sessionmaker(reader, expire_on_commit=False, class_=ReadingSession)


def reading_beside(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    """Sessions on the same database that only read: for the long look before a short transaction writes.

    On SQLite whoever looks in a session that writes keeps everybody else from writing meanwhile.
    """
    return make_reading_session(sessions.kw["bind"])


def table_of(model: type[Base]) -> Table[Any]:
    """The table behind a model, for statements of hot paths, which the ORM would make several times dearer."""
    return cast(Table[Any], model.__table__)


def shared_alias(model: type[T]) -> type[T]:
    """An alias that statements of all threads share, with its columns made.

    SQLAlchemy makes them when they are first asked for. Of two threads that ask at once one may meet half of them: it takes
    the model's own column instead, and the alias keeps that one until the process ends.
    """
    alias = aliased(model)
    for attribute in inspect(model).column_attrs:
        _ = getattr(alias, attribute.key).expression
    return alias


def _execute_on_postgresql(cursor: Any, statement: str, values: Any, context: ExecutionContext) -> bool:
    """Whoever says `KEPT_BY_SERVER` has the statement parsed once a connection, and planned once where its plan is as good
    for any value. What else a reader asks is planned for its own values, which a filter of the queue needs: a region may
    hold half of all flags, or none. Writers leave it to psycopg, which keeps what it has met five times.
    """
    options = context.execution_options
    keeps = options.get(KEPT_BY_SERVER, False)
    if not keeps and (not options.get("reads_only") or options.get("stream_results")):  # A cursor of the server has no choice.
        return False
    cursor.execute(statement, values, prepare=keeps)
    return True


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours: the driver's own never takes the write lock first.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "mmap_size=268435456"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    if reads_only != connection.info.get("reads_only", False):  # Each PRAGMA throws away what SQLite has prepared.
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads_only else 'OFF'}")
        connection.info["reads_only"] = reads_only
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
