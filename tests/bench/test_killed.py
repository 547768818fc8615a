"""Claims while servers die, in small: the account comes out, and it is seen where one does not."""

import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from bench.room.claimant import Broken, Heard
from bench.room.contest import Plan
from bench.room.killed import claim_under_kills
from bench.room.killing import Kill
from bench.room.ledger import settle
from bench.room.serving import Start
from models import Lease, User, now
from models.database import make_session
from models.settings import Settings
from service.accounts.service import load_actor
from service.review.service import take_next
from tests.factories import make_flag, make_user
from tests.forked import Forked
from tests.processes import kill

PORT = 1


@pytest.fixture
def forked() -> Iterator[Start]:
    """Begins `netra` by a fork, which costs a part of its imports."""
    with ExitStack() as stack:

        def start(command: Sequence[str], variables: dict[str, str], log: Path) -> Any:
            log.touch()
            process = Forked(["netra", *command[1:]], variables)
            stack.callback(kill, process)
            return process

        yield start


@pytest.mark.slow
def test_none_is_claimed_twice_and_none_is_lost_while_servers_are_killed(
    settings: Settings, engine: Engine, forked: Start
) -> None:
    settings.home.mkdir(exist_ok=True)
    plan = Plan(flags=1_500, claims=300, claimants=12, control=60, pause=(0.2, 0.6), start=forked)
    row, control, *_ = claim_under_kills(settings, engine, plan)
    kills, claims, twice, lost = (int(cell.replace(",", "")) for cell in row.split("|")[3:7])
    assert (kills >= 2, claims >= 300, twice, lost) == (True, True, 0, 0)
    assert " 0 of" not in control


@pytest.fixture
def claimed(engine: Engine) -> tuple[int, int]:
    """A flag, and who took it."""
    with make_session(engine).begin() as session:
        make_flag(session)
        user: User = make_user(session)
        return take_next(session, load_actor(session, user), minutes=20) or 0, user.id


def faults(engine: Engine, heard: Heard, *kills: Kill) -> list[str]:
    return list(settle(engine, [heard], kills, lease_minutes=20).faults(wanted=1))


def told(*pairs: tuple[int, int]) -> Heard:
    return Heard(array("q", [flag for flag, _ in pairs]), array("q", [holder for _, holder in pairs]))


def test_what_was_told_is_held_against_what_is_stored(engine: Engine, claimed: tuple[int, int]) -> None:
    flag_id, user_id = claimed
    assert faults(engine, told(claimed)) == []
    assert "doubles: 1" in faults(engine, told(claimed, claimed))
    assert "lost: 1" in faults(engine, told((flag_id, user_id + 1)))
    with make_session(engine).begin() as session:
        session.execute(update(Lease).values(ended_at=now()))
    ended = ["flags held by one running lease, in its time: 0 for 1 claims", "events of a running lease: 0 for 1 claims"]
    assert faults(engine, told(claimed)) == ["lost: 1", *ended]


def test_a_claim_that_nobody_was_told_of_must_have_been_under_way_at_a_kill(engine: Engine, claimed: tuple[int, int]) -> None:
    at, (_, user_id) = time.time(), claimed
    lost_answer = Heard(broken=[Broken(user_id, PORT, at - 60, at)])
    assert faults(engine, lost_answer, Kill(PORT, at - 1, at - 0.5, at + 9)) == []
    assert faults(engine, lost_answer, Kill(PORT + 1, at - 1, at - 0.5, at + 9)) == ["unexplained: 1", "strays: 1"]
    assert faults(engine, Heard(), Kill(PORT, at - 1, at - 0.5, at + 9)) == ["unexplained: 1"]
