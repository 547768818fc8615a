"""Upgrades of a database that others work on: one at a time, and none that makes everybody wait."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import errors
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from migrations.errors import TablesBusy, UpgradeRunning

UPGRADE_LOCK = 6387207
"""Any constant that no other advisory lock of this database uses."""
TURN_SECONDS = 600.0
"""How long an upgrade waits for another one to end."""
LOCK_SECONDS = 5.0
"""How long a migration waits for a table. Whoever asks for that table meanwhile waits behind it."""
MOST_NAMED = 5


@contextmanager
def one_at_a_time(engine: Engine) -> Iterator[None]:
    """Wait for other upgrades; SQLite's lock of writers does this by itself.

    The lock hangs on a connection of its own, in no transaction: it is gone with the process, however that ends.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{TURN_SECONDS}s'")
        try:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": UPGRADE_LOCK})
        except DBAPIError as error:
            if _is_timeout(error):
                raise UpgradeRunning(TURN_SECONDS) from error
            raise
        try:
            yield
        finally:
            connection.invalidate()  # With the session its lock and its timeout end.


@contextmanager
def without_waiting(engine: Engine) -> Iterator[Connection]:
    """One transaction for all migrations that are due: it waits for no table longer than a moment, or changes nothing."""
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            yield connection
    except DBAPIError as error:
        if _is_timeout(error):
            raise TablesBusy(_list_open(engine)) from error
        raise


def _is_timeout(error: DBAPIError) -> bool:
    return isinstance(error.orig, errors.LockNotAvailable)


def _list_open(engine: Engine) -> list[str]:
    """Whose transactions are open: what they asked last may hold words of texts, so it is not shown."""
    query = text(
        "SELECT pid, usename, application_name, state, extract(epoch FROM now() - xact_start)::int FROM pg_stat_activity"
        " WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
        " ORDER BY xact_start LIMIT :most"
    )
    with engine.connect() as connection:
        found = connection.execute(query, {"most": MOST_NAMED}).all()
    return [f"PID {pid} of {name} ({program or 'no name'}, {state}) for {age} s" for pid, name, program, state, age in found]
