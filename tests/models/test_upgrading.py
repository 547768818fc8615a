"""`netra db upgrade` on a database that others work on: it waits for nobody long, never runs twice at once, and may be killed."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text

from migrations import locking
from migrations.errors import TablesBusy, UpgradeRunning
from migrations.indexes import build
from migrations.locking import one_at_a_time, without_waiting
from migrations.revisions import head_revision
from models.database import make_engine
from models.settings import Settings
from tests.engines import sqlite_every_day
from tests.processes import kill, run_netra, start_netra

on_postgresql = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)


@pytest.fixture
def held(engine: Engine) -> Iterator[Connection]:
    """Somebody reads flags in a transaction that goes on."""
    with engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM flags"))
        yield connection


@on_postgresql
@pytest.mark.usefixtures("held")
def test_a_table_in_use_ends_the_upgrade_and_names_who_uses_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "LOCK_SECONDS", 0.2)
    with pytest.raises(TablesBusy, match=r"PID \d+ of postgres .*idle in transaction"):
        add_table_and_column(engine)
    assert not inspect(engine).has_table("new_one")


def add_table_and_column(engine: Engine) -> None:
    with without_waiting(engine) as connection:
        connection.execute(text("CREATE TABLE new_one (id int)"))
        connection.execute(text("ALTER TABLE flags ADD COLUMN new_one int"))


@on_postgresql
def test_two_upgrades_at_once_take_turns(engine: Engine) -> None:
    order = list[str]()

    def upgrade(name: str) -> None:
        with one_at_a_time(engine):
            order.append(name)
            time.sleep(0.2)
            order.append(name)

    threads = [threading.Thread(target=upgrade, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order in (["a", "a", "b", "b"], ["b", "b", "a", "a"])


@on_postgresql
def test_an_upgrade_does_not_wait_for_another_one_for_ever(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "TURN_SECONDS", 0.2)
    with one_at_a_time(engine), pytest.raises(UpgradeRunning, match="Wait for it"), one_at_a_time(engine):
        pass


@on_postgresql
def test_an_index_is_built_while_others_write_and_a_broken_one_anew(engine: Engine) -> None:
    wanted = {"ix_new": "flags (discovered_at)", "ix_later": "flags (no_such_column)"}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection, engine.connect() as writer:
        build(connection, wanted)
        connection.execute(text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_new'::regclass"))
        writer.rollback()
        build(connection, wanted)
        valid = text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_new'::regclass")
        assert connection.scalars(valid).all() == [True]
        assert connection.scalar(text("SELECT to_regclass('ix_later')")) is None


@pytest.fixture
def empty(settings: Settings, engine: Engine) -> Settings:
    """A house without any table."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        (settings.home / "netra.sqlite3").unlink()
        return settings
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return settings


def is_migrating(settings: Settings) -> bool:
    """Whether somebody else has begun to write."""
    if not settings.database_url:
        with closing(sqlite3.connect(settings.home / "netra.sqlite3", timeout=0, isolation_level=None)) as file:
            try:
                file.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            return False
    with psycopg.connect(settings.database_url) as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
        return connection.execute(query).fetchone() != (0,)


def state_of(address: str) -> tuple[str | None, int]:
    """The revision, and how many tables there are."""
    engine = make_engine(address)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision(), len(inspect(connection).get_table_names())
    engine.dispose()
    return found


@sqlite_every_day
def test_an_upgrade_that_is_killed_leaves_what_was_there_and_the_next_one_does_it_all(empty: Settings) -> None:
    """However far it had come: all migrations that are due are one transaction."""
    for wait in (0.0, 0.3, 0.6):
        process = start_netra(empty, "db", "upgrade")
        while not is_migrating(empty) and process.poll() is None:
            time.sleep(0.02)
        time.sleep(wait)
        kill(process)
        revision, tables = state_of(empty.database_address)
        assert (revision is None and tables == 0) or (revision == head_revision() and tables > 0)
    told = run_netra(empty, "db", "upgrade")
    assert told.returncode == 0, told.stderr
    assert state_of(empty.database_address)[0] == head_revision()
