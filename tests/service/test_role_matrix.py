"""Every route, every role, here and elsewhere: as the table in docs/roles.md says, and no route without a row."""

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from models.database import make_engine, make_session
from models.settings import Settings
from tests.service.matrix import ask_all, list_routes, make_world, read_table


@pytest.fixture
def sqlite_session(sqlite_settings: Settings):
    engine = make_engine(sqlite_settings.database_address)
    with make_session(engine)() as session:
        yield session
    engine.dispose()


def test_the_table_has_every_route_and_no_other(sqlite_app: FastAPI) -> None:
    assert set(list_routes(sqlite_app)) ^ set(read_table()) == set()


@pytest.mark.slow
def test_every_route_answers_every_role_as_the_table_says(
    sqlite_app: FastAPI, sqlite_session: Session, sqlite_settings: Settings
) -> None:
    table = read_table()
    world = make_world(sqlite_app, sqlite_session, sqlite_settings)
    others = {route: cells for route, cells in ask_all(world) if table.get(route) != cells}
    assert others == {}


def test_what_is_of_a_region_is_not_there_for_another() -> None:
    assert {cells[-1] for cells in read_table().values()} == {"404", "\u00b7"}
