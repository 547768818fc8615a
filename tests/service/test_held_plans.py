"""What a person holds is found by who they are, however much others hold."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models import Flag, User, now
from models.database import table_of
from service.accounts.service import load_actor
from service.review.claims import MOST_HELD, claim_next, room_of
from tests.factories import make_flag, make_user
from tests.statements import planned_statements


@pytest.fixture
def without_holders(engine: Engine) -> Iterator[None]:
    """PostgreSQL prefers the other index of what is held where it thinks that nobody holds anything; here it has to."""
    of_holders = next(index for index in table_of(Flag).indexes if index.name == "ix_flags_holder")
    of_holders.drop(engine)
    yield
    of_holders.create(engine)


def plan_of_counting(session: Session, engine: Engine) -> str:
    user = make_user(session)
    make_flag(session)
    session.commit()
    actor = load_actor(session, session.get_one(User, user.id))
    if engine.dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))  # It would read so small a table whole.
    with planned_statements(engine) as plans:
        assert room_of(session, actor, now()) == MOST_HELD
    session.rollback()
    return plans[-1]


def test_what_somebody_holds_is_counted_by_the_index_of_holders(session: Session, engine: Engine) -> None:
    assert "ix_flags_holder" in plan_of_counting(session, engine)


@pytest.mark.usefixtures("without_holders")
def test_no_index_of_all_that_is_held_answers_for_one_person(session: Session, engine: Engine) -> None:
    plan = plan_of_counting(session, engine)
    assert "held_until >" not in plan.split("Filter", 1)[0]
    assert "held_until>" not in plan


def test_a_claim_finds_what_ran_out_by_its_moment_and_never_through_all_that_is_held(session: Session, engine: Engine) -> None:
    user = make_user(session)
    flag = make_flag(session)
    session.commit()
    actor = load_actor(session, session.get_one(User, user.id))
    if engine.dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))
    with planned_statements(engine, "UPDATE") as plans:
        assert claim_next(session, actor, minutes=20) == flag.id
    session.rollback()
    assert "ix_flags_running_out" in plans[0]
    assert plans[0].count("ix_flags_holder") == 2  # Counts what this person holds, for either half of the claim.


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_claim_is_planned_once_for_all(session: Session, engine: Engine) -> None:
    user = make_user(session)
    for _ in range(8):
        make_flag(session)
    session.commit()
    actor = load_actor(session, session.get_one(User, user.id))
    for _ in range(7):
        assert claim_next(session, actor, minutes=20)
    query = "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE 'UPDATE flags SET holder_id%'"
    assert session.scalar(text(query)) > 0
