"""What PostgreSQL has parsed and planned stays with the connection from one page to the next."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Select, bindparam, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from models import User, prepared
from models.base import BigId
from models.database import make_engine, make_reading_session
from models.settings import Settings
from tests.factories import make_user

KEPT = text("SELECT statement FROM pg_prepared_statements")


def name_of() -> Select[*tuple[Any, ...]]:
    return select(User.name).where(User.id == bindparam("user_id", None, BigId))


pytestmark = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)


@pytest.fixture
def reading(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """On one connection."""
    alone = make_engine(settings.database_address, pool_size=1)
    yield make_reading_session(alone)
    alone.dispose()


def list_kept(reading: sessionmaker[Session]) -> list[str]:
    with reading() as session:
        return [statement for statement in session.scalars(KEPT) if "users" in statement]


def test_a_statement_of_a_hot_path_is_kept_from_the_first_time_on(session: Session, reading: sessionmaker[Session]) -> None:
    user = make_user(session)
    session.commit()
    for _ in range(2):
        with reading() as one:
            assert prepared.run(one, name_of, user_id=user.id) == [(user.name,)]
    (kept,) = list_kept(reading)
    assert kept.startswith("SELECT users.name")


def test_other_statements_of_readers_are_planned_for_their_values(session: Session, reading: sessionmaker[Session]) -> None:
    user = make_user(session)
    session.commit()
    for _ in range(7):
        with reading() as one:
            assert one.scalar(select(User.name).where(User.id == user.id)) == user.name
    assert list_kept(reading) == []


def test_a_reader_that_fails_leaves_a_connection_that_works(session: Session, reading: sessionmaker[Session]) -> None:
    user = make_user(session)
    session.commit()
    with pytest.raises(ProgrammingError), reading() as one:
        one.execute(text("SELECT nothing_of_the_kind"))
    with reading() as one:
        assert prepared.run(one, name_of, user_id=user.id) == [(user.name,)]


def test_what_a_reader_changed_in_memory_is_not_written(session: Session, reading: sessionmaker[Session]) -> None:
    user = make_user(session)
    session.commit()
    with reading() as one:
        one.get_one(User, user.id).name = "Lain"
    session.expire_all()
    assert session.get_one(User, user.id).name != "Lain"


def test_a_connection_that_broke_after_the_last_answer_hurts_nobody(session: Session, reading: sessionmaker[Session]) -> None:
    with reading() as one:
        number = one.scalar(text("SELECT pg_backend_pid()"))
        session.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
    assert list_kept(reading) == []
