import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import make_engine
from models.settings import Settings
from tests.conftest import _database, _run_sql
from tests.netra.keeping.houses import fill_every_table, fill_home


@pytest.fixture
def house(settings: Settings, engine: Engine) -> Settings:
    """A house with something in every table and every folder, once on SQLite and once on PostgreSQL."""
    settings.home.mkdir(exist_ok=True)
    fill_every_table(engine, settings)
    fill_home(settings, engine)
    return settings


@pytest.fixture
def sqlite_house(sqlite_settings: Settings, sqlite_engine: Engine) -> Settings:
    fill_every_table(sqlite_engine, sqlite_settings)
    fill_home(sqlite_settings, sqlite_engine)
    return sqlite_settings


@pytest.fixture
def new_postgres(postgres_url: str, postgres_template: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """Makes databases of PostgreSQL with today's tables, or without any."""
    names = list[str]()

    def make(*, is_bare: bool = False) -> str:
        name = f"netra_new_{os.getpid()}_{abs(hash(request.node.nodeid)):x}_{len(names)}"
        origin = "" if is_bare else f" TEMPLATE {postgres_template} STRATEGY file_copy"
        _run_sql(postgres_url, f"CREATE DATABASE {name}{origin}")
        names.append(name)
        return _database(postgres_url, name)

    yield make
    for name in names:
        _run_sql(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def new_sqlite(tmp_path: Path, sqlite_template: Path) -> Callable[..., str]:
    """The same for SQLite."""
    count = itertools.count()

    def make(*, is_bare: bool = False) -> str:
        path = tmp_path / f"lain-{next(count)}.sqlite3"
        if not is_bare:
            path.write_bytes(sqlite_template.read_bytes())
        return f"sqlite:///{path}"

    return make


@pytest.fixture
def opened() -> Iterator[Callable[[str], Engine]]:
    """Engines that are closed after the test."""
    engines = list[Engine]()

    def open_engine(url: str) -> Engine:
        engines.append(make_engine(url))
        return engines[-1]

    yield open_engine
    for engine in engines:
        engine.dispose()
