"""Which roles of PostgreSQL lack a right that their work needs: after an upgrade, until `netra db roles` is run again."""

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, text

from migrations.grants import CRAWLER, SCORER, WORKER, Grants, grants_of
from migrations.roles import all_tables

QUEUE = "netra_jobs"
ON_TABLES = text(
    "SELECT bool_and(has_table_privilege(:role, quote_ident(wanted.name), wanted.verb))"
    " FROM unnest(CAST(:names AS text[]), CAST(:verbs AS text[])) AS wanted (name, verb)"
)
ON_COLUMNS = text(
    "SELECT bool_and(has_column_privilege(:role, quote_ident(wanted.name), wanted.own, 'UPDATE'))"
    " FROM unnest(CAST(:names AS text[]), CAST(:columns AS text[])) AS wanted (name, own)"
)
ON_QUEUE = text("SELECT has_schema_privilege(:role, oid, 'USAGE') FROM pg_namespace WHERE nspname = :name")


def list_lacking(engine: Engine) -> list[str]:
    """Those of the roles that are there. None on SQLite, or where nobody made roles."""
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        present = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
        wanted = grants_of(all_tables()).items()
        return [role for role, grants in wanted if role in present and not all(_answers(connection, role, grants))]


def _answers(connection: Connection, role: str, grants: Grants) -> Iterator[bool]:
    """Whether it may do its work; None of no rows is no lack."""
    pairs = [(name, verb) for verb in ("select", "insert", "update", "delete") for name in sorted(getattr(grants, verb))]
    tables = {"names": [name for name, _ in pairs], "verbs": [verb for _, verb in pairs]}
    yield connection.scalar(ON_TABLES, {"role": role, **tables}) is not False
    own = [(name, column) for name, columns in grants.update_columns.items() for column in columns]
    columns = {"names": [name for name, _ in own], "columns": [column for _, column in own]}
    yield connection.scalar(ON_COLUMNS, {"role": role, **columns}) is not False
    if role in (WORKER, CRAWLER, SCORER):
        yield connection.scalar(ON_QUEUE, {"role": role, "name": QUEUE}) is not False
