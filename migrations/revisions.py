"""Which revision the tables are at, and which one this code expects.

Every command asks both before it begins, so nothing here loads Alembic, which takes a fifth of a second.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Engine, inspect, text

VERSIONS = Path(__file__).parent / "versions"


def current_revision(engine: Engine) -> str | None:
    """The revision of the tables that are there; None in an empty database."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


@cache
def head_revision() -> str:
    """The revision that this code expects: the last by number, since each follows the one before."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))
