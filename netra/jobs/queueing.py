"""Procrastinate's tables: in a schema of their own, so that nobody takes them for ours.

Nothing stands in them that the rows of turns and claims do not say as well: emptied, they fill again within a minute.
"""

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from models.database import patience_of
from netra.jobs.errors import JobError

if TYPE_CHECKING:
    from procrastinate import App

SCHEMA = "netra_jobs"
LOCK = 6387203  # Any constant that no other advisory lock of this database uses.
PLACES = 3
"""Connections beside one for each job at work: fetching, signs of life, planning."""
PATIENCE_SECONDS = 300
"""How long a question to the queue waits for a database that is away, before the worker begins anew."""


def prepare_queue(engine: Engine) -> None:
    """Make the schema, or make it anew where it belongs to another version. On SQLite there is none. Safe to repeat.

    Whoever works at that moment loses their place in the queue and no job: turns and claims give it back.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        if _version_of(connection) != _our_version():
            _make(connection)


def _make(connection: Connection) -> None:
    from procrastinate.schema import SchemaManager

    try:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    except ProgrammingError as error:
        raise JobError(f"the schema {SCHEMA} cannot be made: {error.orig}. GRANT CREATE ON DATABASE to who upgrades.") from error
    connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}")
    # Many statements at once, which SQLAlchemy would take apart at their colons.
    cast(Any, connection.connection.driver_connection).execute(SchemaManager.get_schema())
    connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{_our_version()}'")


def require_queue(engine: Engine) -> None:
    """Raises JobError where it was not made, or by another version."""
    with engine.connect() as connection:
        if _version_of(connection) != _our_version():
            raise JobError("the queue of jobs is not that of this version. Run: netra db upgrade")


def open_app(address: str, *, concurrency: int) -> "App":
    """Procrastinate on the database of this house; opens nothing yet."""
    from procrastinate import App, PsycopgConnector

    url = make_url(address).set(drivername="postgresql")
    patience = patience_of(url)
    options = patience.get("options", url.query.get("options", ""))
    url = url.difference_update_query(["options"])
    connector = PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False),
        kwargs={**patience, "options": f"{options} -c search_path={SCHEMA}".strip()},
        min_size=1,
        max_size=concurrency + PLACES,
        timeout=PATIENCE_SECONDS,
    )
    return App(connector=connector)


def _version_of(connection: Connection) -> str:
    """What the schema says of itself; nothing where there is none."""
    query = text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name")
    return connection.scalar(query, {"name": SCHEMA}) or ""


def _our_version() -> str:
    from importlib.metadata import version

    return f"procrastinate {version('procrastinate')}"
