"""Turns: one holder at a time, whoever dies or sleeps."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from crawler.schedule import is_dead, name_worker
from models import JobRun, JobTurn, RunState, now
from models.database import make_reading_session, make_session
from netra.jobs.catalogue import CATALOGUE
from netra.jobs.supervising import is_due
from netra.jobs.turns import KEPT, LEASE, Turn, finish, forgive_others, give_back_dead, renew, take

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ELSEWHERE = "mesin-lain:1:abc"


def take_now(engine: Engine, name: str = "digest", holder: str = ELSEWHERE, due_within: timedelta | None = None) -> Turn | None:
    with make_session(engine).begin() as session:
        return take(session, name, holder, due_within=due_within)


def end(engine: Engine, turn: Turn, state: RunState, every: timedelta = MINUTE) -> None:
    with make_session(engine).begin() as session:
        finish(session, turn, state, "coba", every=every)


def change(engine: Engine, **values: object) -> None:
    with make_session(engine).begin() as session:
        session.execute(update(JobTurn).values(**values))


def read_turn(engine: Engine) -> JobTurn:
    with make_reading_session(engine)() as session:
        return session.scalars(select(JobTurn)).one()


def list_states(engine: Engine) -> list[RunState]:
    with make_reading_session(engine)() as session:
        return list(session.scalars(select(JobRun.state).order_by(JobRun.id)))


def test_of_many_who_ask_at_once_one_gets_the_turn(engine: Engine) -> None:
    barrier, taken = threading.Barrier(6), list[Turn | None]()

    def ask(number: int) -> None:
        barrier.wait()
        taken.append(take_now(engine, holder=f"mesin-{number}:1:a"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(turn is not None for turn in taken) == 1
    assert list_states(engine) == [RunState.RUNNING]


def test_a_turn_comes_again_after_its_rhythm_and_not_before(engine: Engine) -> None:
    turn = take_now(engine, due_within=MINUTE)
    assert turn is not None
    end(engine, turn, RunState.FINISHED)
    assert take_now(engine, due_within=MINUTE) is None
    assert take_now(engine) is not None  # By hand at any time.


def test_a_lease_that_ran_out_is_anybodys_and_the_sleeper_learns_of_it(engine: Engine) -> None:
    slept = take_now(engine)
    assert slept is not None
    assert take_now(engine, holder="mesin-ketiga:2:b") is None
    change(engine, expires_at=now() - timedelta(seconds=1))
    assert take_now(engine, holder="mesin-ketiga:2:b") is not None
    with make_session(engine).begin() as session:
        assert renew(session, slept) is False
        assert finish(session, slept, RunState.FINISHED, "terlambat", every=MINUTE) is None
    assert list_states(engine) == [RunState.INTERRUPTED, RunState.RUNNING]
    assert read_turn(engine).holder == "mesin-ketiga:2:b"


def test_a_sign_of_life_moves_the_lease_on(engine: Engine) -> None:
    turn = take_now(engine)
    assert turn is not None
    change(engine, expires_at=now() + timedelta(seconds=1))
    with make_session(engine).begin() as session:
        assert renew(session, turn) is True
    assert read_turn(engine).expires_at > now() + LEASE / 2


def test_the_second_death_in_a_row_makes_way_for_others(engine: Engine) -> None:
    pauses = list[bool]()
    for _ in range(3):
        assert take_now(engine) is not None
        change(engine, expires_at=now() - timedelta(seconds=1))
        with make_session(engine).begin() as session:
            assert give_back_dead(session) == ["digest"]
        pauses.append(read_turn(engine).due_at > now())
    assert pauses == [False, True, True]
    assert read_turn(engine).failures == 3


def test_failures_pause_longer_and_longer_and_a_success_forgets_them(engine: Engine) -> None:
    pauses = list[float]()
    for state in (RunState.FAILED, RunState.FAILED, RunState.FAILED, RunState.FINISHED):
        turn = take_now(engine)
        assert turn is not None
        end(engine, turn, state, every=DAY)
        pauses.append(round((read_turn(engine).due_at - now()).total_seconds() / 60))
    assert pauses == [1, 2, 4, 24 * 60]
    assert read_turn(engine).failures == 0


def test_runs_are_forgotten_after_some_days_but_never_the_last_one(engine: Engine) -> None:
    for _ in range(3):  # It dies again and again, and is never finished.
        assert take_now(engine) is not None
        change(engine, expires_at=now() - timedelta(seconds=1))
        grow_old(engine)
        with make_session(engine).begin() as session:
            give_back_dead(session)
    assert list_states(engine) == [RunState.INTERRUPTED]
    turn = take_now(engine)
    assert turn is not None
    grow_old(engine)
    end(engine, turn, RunState.FINISHED)
    assert list_states(engine) == [RunState.FINISHED]


def grow_old(engine: Engine) -> None:
    with make_session(engine).begin() as session:
        session.execute(update(JobRun).values(started_at=now() - 2 * KEPT))


def test_failures_of_a_part_that_nobody_does_any_more_are_forgotten(engine: Engine) -> None:
    names = ("crawl:lama", "crawl:baru", "crawl:dipegang", "crawl", "digest", "crawlx:lama")
    with make_session(engine).begin() as session:
        for name in names:
            held = {"holder": ELSEWHERE, "taken_at": now(), "expires_at": now() + LEASE} if "dipegang" in name else {}
            session.add(JobTurn(name=name, failures=2, **held))
    with make_session(engine).begin() as session:
        forgive_others(session, "crawl", ["baru"])
    with make_reading_session(engine)() as session:
        forgiven = session.scalars(select(JobTurn.name).where(JobTurn.failures == 0)).all()
    assert forgiven == ["crawl:lama"]


@pytest.mark.parametrize("column", ["due_at", "expires_at"])
def test_a_clock_that_was_put_back_bars_nobody(engine: Engine, column: str) -> None:
    assert take_now(engine) is not None
    if column == "due_at":
        change(engine, holder=None)
    change(engine, **{column: now() + timedelta(days=400)})
    assert take_now(engine, due_within=MINUTE) is not None


@pytest.mark.parametrize(("failures", "is_due_now"), [(0, True), (1, True), (2, False)])
def test_a_clock_that_was_ahead_for_some_hours_bars_nobody_but_whoever_died_again_and_again(
    engine: Engine, failures: int, is_due_now: bool
) -> None:
    assert take_now(engine) is not None
    change(engine, holder=None, due_at=now() + timedelta(hours=3), failures=failures)
    assert is_due(read_turn(engine), replace(CATALOGUE[0], every=MINUTE), now()) is is_due_now
    assert (take_now(engine, due_within=MINUTE) is not None) is is_due_now


def test_a_holder_of_this_machine_is_known_to_be_dead_and_of_another_nothing_is_known() -> None:
    own = name_worker()
    machine, number, word = own.split(":")
    assert [is_dead(f"{machine}:99999999:{word}"), is_dead(f"lain:{number}:{word}"), is_dead("rusak")] == [True, False, False]


def test_a_holder_with_our_number_but_another_word_is_of_before_we_began(engine: Engine) -> None:
    """As in a container begun again, where each process has the number of the one before."""
    own = name_worker()
    before = own.rpartition(":")[0]
    assert [is_dead(own), is_dead(f"{before}:abcdef"), is_dead(before)] == [False, True, True]
    assert take_now(engine, holder=f"{before}:abcdef") is not None
    assert take_now(engine, holder=own) is not None
    assert take_now(engine, holder=own) is None
