"""Indexes of big tables, built before the migration that names them, while everybody goes on writing (docs/postgresql.md)."""

from collections.abc import Mapping
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import errors
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

ATTRIBUTE = "CONCURRENTLY"
"""In a migration: name of an index → what it is on, as `items (region_code, id)`. Its `upgrade` makes it `if_not_exists`."""
NOT_YET = (errors.UndefinedTable, errors.UndefinedColumn)
"""Made by a migration that is due as well: then nothing is in it, or the migration itself builds the index."""


def build_indexes(engine: Engine) -> None:
    """Build what the migrations that are due ask for. On SQLite nobody else writes meanwhile anyway."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    wanted = _wanted_since(current) if current else {}
    if wanted:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            build(connection, wanted)


def build(connection: Connection, wanted: Mapping[str, str]) -> None:
    """An index whose building was broken off is there and helps nobody: it is made anew."""
    for name, target in wanted.items():
        broken = text("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid")
        if connection.scalar(broken, {"name": name}):
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY {name}")
        try:
            connection.exec_driver_sql(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {target}")
        except DBAPIError as error:
            if not isinstance(error.orig, NOT_YET):
                raise


def _wanted_since(revision: str) -> dict[str, str]:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    due = [script for script in scripts.iterate_revisions("head", revision) if script is not None]
    return {name: target for script in reversed(due) for name, target in getattr(script.module, ATTRIBUTE, {}).items()}
