"""A house of the shipped version goes up to today's tables with everything in it, and one step back where that is possible."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.orm import Session

import migrations.upgrade
from migrations.revisions import current_revision, head_revision
from migrations.upgrade import upgrade_database
from models import record_event
from models.audit import verify_chain
from models.database import make_engine, make_session
from models.queue.words import is_search_table
from tests.factories import make_flag, make_user

SHIPPED = "0021"
LASTING = ("users", "user_roles", "sources", "items", "item_versions", "predictions", "flags", "audit_events")
"""What people and crawls wrote: an upgrade may add to these tables and never changes what stands there."""


@pytest.fixture
def older(engine: Engine, session: Session, tmp_path: Path) -> Iterator[Engine]:
    """A database at the shipped revision, with a day's work in it."""
    make_flag(session)
    record_event(session, "penanda.ambil", actor=make_user(session).username, subject=("flag", 1))
    session.commit()
    upgrade_database(engine)  # It places flags that never were, which the older house had done too.
    older = make_engine(_make_empty(engine, tmp_path))
    migrate(older, SHIPPED)
    carry_over(engine, older)
    yield older
    older.dispose()
    if engine.dialect.name == "postgresql":
        _run(engine, f"DROP DATABASE {engine.url.database}_old WITH (FORCE)")


def test_an_upgrade_from_the_shipped_version_keeps_every_row(older: Engine) -> None:
    shipped = columns_of(older)
    before = read(older, shipped)
    assert all(before.values())
    assert upgrade_database(older) == head_revision()
    assert read(older, shipped) == before
    with make_session(older)() as session:
        assert verify_chain(session).breaks == []


def test_one_step_back_is_whole_or_refused_with_the_way(older: Engine) -> None:
    shipped, head = columns_of(older), upgrade_database(older)
    before = read(older, shipped)
    refusal = step_back(older)
    assert "restore a backup" in refusal if refusal else current_revision(older) != head
    assert upgrade_database(older) == head
    assert read(older, shipped) == before


def migrate(engine: Engine, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.upgrade.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if target.startswith("-") else command.upgrade)(config, target)


def step_back(engine: Engine) -> str:
    """Why that is not possible; empty where it was done."""
    try:
        migrate(engine, "-1")
    except NotImplementedError as refusal:
        return str(refusal)
    return ""


def carry_over(source: Engine, target: Engine) -> None:
    """Rows of the tables and columns that both have, as they are stored."""
    old, new, shared = inspect(target), inspect(source), dict[str, str]()
    for table in set(old.get_table_names()) & set(new.get_table_names()) - {"alembic_version"}:
        if not is_search_table(table):
            own = {column["name"] for column in old.get_columns(table)}
            shared[table] = ", ".join(f'"{column["name"]}"' for column in new.get_columns(table) if column["name"] in own)
    with source.connect() as reading, target.begin() as writing:
        _let_order_be(writing)
        for table, columns in shared.items():
            _copy(reading, writing, f'"{table}"', columns)


def columns_of(engine: Engine) -> dict[str, str]:
    """Of the lasting tables as they are now: a column that is added later changes nothing."""
    found = inspect(engine)
    return {name: ", ".join(f'"{column["name"]}"' for column in found.get_columns(name)) for name in LASTING}


def read(engine: Engine, columns: dict[str, str]) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        rows = {name: connection.execute(text(f"SELECT {own} FROM {name} ORDER BY 1")) for name, own in columns.items()}
        return {name: list(map(tuple, found)) for name, found in rows.items()}


def _copy(reading: Connection, writing: Connection, table: str, columns: str) -> None:
    if reading.dialect.name == "sqlite":
        rows = reading.exec_driver_sql(f"SELECT {columns} FROM {table}").all()
        marks = ", ".join("?" * len(columns.split(", ")))
        if rows:
            writing.exec_driver_sql(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", [tuple(row) for row in rows])
        return
    source, target = _cursor(reading), _cursor(writing)
    target.execute(f"DELETE FROM {table}")
    with source.copy(f"COPY (SELECT {columns} FROM {table}) TO STDOUT") as rows:
        data = b"".join(bytes(block) for block in rows)
    with target.copy(f"COPY {table} ({columns}) FROM STDIN") as into:
        into.write(data)


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def _let_order_be(writing: Connection) -> None:
    """Rows point at one another in circles; triggers that refuse changes rest too."""
    if writing.dialect.name == "postgresql":
        writing.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        writing.execute(text("PRAGMA defer_foreign_keys = ON"))


def _make_empty(engine: Engine, tmp_path: Path) -> str:
    if engine.dialect.name == "sqlite":
        return f"sqlite:///{tmp_path / 'older.sqlite3'}"
    name = f"{engine.url.database}_old"
    _run(engine, f"CREATE DATABASE {name}")
    return engine.url.set(database=name).render_as_string(hide_password=False)


def _run(engine: Engine, statement: str) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
