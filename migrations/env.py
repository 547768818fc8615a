"""Alembic's entry: runs in the connection that `netra db upgrade` hands over, or on NETRA_DATABASE_URL."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, BigInteger, Connection, Enum
from sqlalchemy.dialects import postgresql

from models import Base
from models.base import CanonicalJSON, UTCDateTime
from models.database import make_engine
from models.queue.words import is_search_table
from models.settings import Settings


def render_item(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """Write plain SQL types into migrations: a migration must not change when our own types do."""
    if kind != "type":
        return False
    if isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(value, CanonicalJSON):
        return "sa.Text()"
    if isinstance(value, Enum):
        return f"sa.String({value.length})"
    if isinstance(value, JSON | postgresql.JSONB):
        return "JSON"
    if isinstance(value, BigInteger):
        return "ID"
    return False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """The search index is of the engine's own kind: no class of ours maps it."""
    return kind != "table" or not is_search_table(name)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        include_name=include_name,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(Settings().database_address).connect() as opened:
        run(opened)
