"""What a person holds is found by who they are, however much others hold."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.room.filling import fill
from models import Flag, FlagState, User, now
from models.database import table_of
from models.queue.placing import OLDEST_SHARE
from service.accounts.service import load_actor
from service.review.claims import MOST_HELD, Turn, claim_next, next_turn, room_of
from service.review.service import take_next
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
def test_a_claim_is_planned_once_for_all_where_nobody_holds_anything_for_too_long(session: Session, engine: Engine) -> None:
    """Among so many flags PostgreSQL would rather plan each claim anew than read all that could have ended."""
    fill(engine, 2000)
    actor = load_actor(session, make_user(session))
    for _ in range(8):
        assert take_next(session, actor, minutes=20)
    query = "SELECT max(generic_plans) FROM pg_prepared_statements WHERE statement LIKE :verb"
    for verb in ("UPDATE flags SET holder_id%", "SELECT (SELECT max(leases.turn)%"):
        assert session.scalar(text(query), {"verb": verb}) > 0


def test_whether_anything_ended_is_seen_by_the_first_that_would(session: Session, engine: Engine) -> None:
    fill(engine, 2000)
    actor = load_actor(session, make_user(session))
    with planned_statements(engine) as plans:
        assert next_turn(session, actor) == Turn(1, has_handed=False, has_expired=False, oldest_share=OLDEST_SHARE)
    [plan] = plans
    assert "ix_flags_running_out" in plan
    assert "ix_flags_holder" in plan
    assert "SCAN flags\n" not in plan
    assert "Seq Scan on flags" not in plan


def test_what_lies_still_is_nothing_that_could_be_taken_after_its_time(session: Session) -> None:
    """It may lie for months, and each claim would look for what ran out."""
    flag, actor = make_flag(session), load_actor(session, make_user(session))
    flag.holder_id, flag.held_until = actor.id, now() - timedelta(seconds=1)
    session.flush()
    assert next_turn(session, actor).has_expired
    flag.state = FlagState.RESTRICTED
    session.flush()
    assert not next_turn(session, actor).has_expired
