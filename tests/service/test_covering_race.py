"""One decision for all copies beside others at work: on PostgreSQL a deed waits for no copy that somebody has in hand."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Flag, FlagState, record_event
from models.database import make_session
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.review import claims, covering, service
from tests.factories import make_user
from tests.service.readings.conftest import INDICATION
from tests.service.test_covering import CONFIRMED, make_story

pytestmark = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
SECONDS = 5
"""Whoever is not done by then waits for the flag that somebody has in hand."""
Story = tuple[Actor, Actor, list[int]]


@pytest.fixture
def story(engine: Engine) -> Story:
    """Two people, and the flags of three confirmed copies, the first of them in the hands of the first person."""
    with make_session(engine).begin() as session:
        actor, other = (load_actor(session, make_user(session)) for _ in range(2))
        flags = [flag.id for flag in make_story(session, CONFIRMED, CONFIRMED, CONFIRMED)]
        service.take(session, actor, flags[0], minutes=20)
        return actor, other, flags


@contextmanager
def another_takes(engine: Engine, other: Actor, flag_id: int) -> Iterator[None]:
    """Somebody has a flag in a transaction that has still to write its event."""
    with make_session(engine).begin() as session:
        assert claims.claim(session, other, flag_id, minutes=20)
        yield
        record_event(session, "penanda.ambil", actor=other.username, actor_id=other.id, subject=("flag", flag_id))


def meanwhile(engine: Engine, other: Actor, flag_id: int, deed: Callable[[Session], Any]) -> Any:
    """What a deed comes to that begins and ends while somebody else takes a flag."""

    def act() -> Any:
        with make_session(engine).begin() as session:
            return deed(session)

    with ThreadPoolExecutor(1) as pool, another_takes(engine, other, flag_id):
        return pool.submit(act).result(SECONDS)


def states(engine: Engine, flag_ids: list[int]) -> list[tuple[FlagState, int | None]]:
    with make_session(engine)() as session:
        flags = [session.get_one(Flag, flag_id) for flag_id in flag_ids]
        return [(flag.state, flag.holder_id) for flag in flags]


def test_a_decision_leaves_out_the_copy_that_is_being_taken(engine: Engine, story: Story) -> None:
    actor, other, flags = story

    def decide(session: Session) -> int:
        return covering.assess(session, actor, flags[0], INDICATION, None, covers=True)[1]

    assert meanwhile(engine, other, flags[2], decide) == 1
    assert states(engine, flags) == [(FlagState.SECOND, None), (FlagState.SECOND, None), (FlagState.OPEN, other.id)]


def test_an_undo_leaves_out_the_copy_that_is_being_taken(engine: Engine, story: Story) -> None:
    actor, other, flags = story
    with make_session(engine).begin() as session:
        number = covering.assess(session, actor, flags[0], INDICATION, None, covers=True)[0].id
    meanwhile(engine, other, flags[2], lambda session: covering.undo(session, actor, number, minutes=20).id)
    assert states(engine, flags) == [(FlagState.OPEN, actor.id), (FlagState.OPEN, None), (FlagState.SECOND, other.id)]
