"""Two monitors never hold the same item: sixteen take as fast as they can, each with a connection of its own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from models import BulkDeed, Flag, Lease, LeaseEnd, Outcome, User, now, verify_chain
from models.database import make_engine, make_session
from models.legal.deadline import local_day
from models.settings import Settings
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.errors import NetraError
from service.review.bulk import BulkRequest, carry_out
from service.review.claims import MOST_KEPT, claim
from service.review.keeping import hand_over, keep
from service.review.service import take_next
from tests.factories import make_artifact, make_flag, make_item, make_source, make_user

CLAIMANTS, FLAGS = 16, 400


@pytest.fixture
def count() -> int:
    """How many flags there are to take."""
    return FLAGS


@pytest.fixture
def filled(engine: Engine, count: int) -> list[int]:
    """So many flags, and sixteen people who each may hold them all."""
    with make_session(engine).begin() as session:
        source = make_source(session)
        make_artifact(session)
        for number in range(count):
            make_flag(session, make_item(session, source=source), probability=0.5 + number / 10_000)
        return [make_user(session).id for _ in range(CLAIMANTS)]


def claim_all(settings: Settings, user_id: int) -> list[int]:
    """Take until nothing is left, as one monitor with a connection of their own would."""
    engine = make_engine(settings.database_address)
    sessions, taken = make_session(engine), list[int]()
    with sessions.begin() as session:
        actor = load_actor(session, session.get_one(User, user_id))
    while True:
        with sessions.begin() as session:
            flag_id = take_next(session, actor, minutes=20)
        if flag_id is None:
            break
        taken.append(flag_id)
    engine.dispose()
    return taken


@pytest.mark.parametrize("count", [FLAGS, pytest.param(2_000, marks=pytest.mark.long)])
def test_sixteen_claimants_get_each_flag_once(
    settings: Settings, engine: Engine, count: int, filled: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.review.claims.MOST_HELD", count)
    with ThreadPoolExecutor(CLAIMANTS) as pool:
        hands = list(pool.map(claim_all, [settings] * CLAIMANTS, filled))
    times_given = Counter(flag_id for hand in hands for flag_id in hand)
    assert len(times_given) == count
    assert set(times_given.values()) == {1}
    with make_session(engine)() as session:
        assert session.scalar(select(func.count()).where(Lease.ended_at.is_(None))) == count
        assert verify_chain(session).breaks == []


def test_reading_first_and_writing_later_does_give_flags_twice(settings: Settings, filled: list[int]) -> None:
    """The control: the same race finds the fault in a claim of two steps, so its silence above means something."""
    with ThreadPoolExecutor(CLAIMANTS) as pool:
        hands = list(pool.map(claim_in_two_steps, [settings] * CLAIMANTS, filled))
    times_given = Counter(flag_id for hand in hands for flag_id in hand)
    assert max(times_given.values()) > 1


def claim_in_two_steps(settings: Settings, user_id: int) -> list[int]:
    engine = make_engine(settings.database_address)
    sessions, taken = make_session(engine), list[int]()
    free = select(Flag.id).where(Flag.holder_id.is_(None)).order_by(Flag.priority.desc()).limit(1)
    for _ in range(20):
        with sessions.begin() as session:
            flag_id = session.scalar(free)
        if flag_id is not None:
            with sessions.begin() as session:
                session.execute(update(Flag).where(Flag.id == flag_id).values(holder_id=user_id))
            taken.append(flag_id)
    engine.dispose()
    return taken


def test_expired_lease_returns_and_stays_in_the_history(engine: Engine) -> None:
    sessions = make_session(engine)
    with sessions.begin() as session:
        flag = make_flag(session)
        first, second = (load_actor(session, make_user(session)) for _ in range(2))
        assert take_next(session, first, minutes=20) == flag.id
        assert take_next(session, second, minutes=20) is None
        session.execute(update(Flag).values(held_until=now() - timedelta(seconds=1)))
    with sessions.begin() as session:
        assert take_next(session, second, minutes=20) == flag.id
        ends = session.execute(select(Lease.user_id, Lease.ended_by).order_by(Lease.id)).all()
    assert [tuple(row) for row in ends] == [(first.id, LeaseEnd.EXPIRED), (second.id, None)]


def act_at_once(settings: Settings, user_ids: list[int], deed: Callable[[Session, Actor], object]) -> list[object]:
    """Every person does one deed at the same moment, each with a connection of their own."""

    def act(user_id: int) -> object:
        engine = make_engine(settings.database_address)
        try:
            with make_session(engine).begin() as session:
                return deed(session, load_actor(session, session.get_one(User, user_id)))
        except NetraError as refused:
            return refused
        finally:
            engine.dispose()

    with ThreadPoolExecutor(len(user_ids)) as pool:
        return list(pool.map(act, user_ids))


def test_nobody_holds_more_than_five_for_days_however_fast_they_click(settings: Settings, engine: Engine) -> None:
    with make_session(engine).begin() as session:
        user = make_user(session)
        actor = load_actor(session, user)
        flags = [make_flag(session).id for _ in range(10)]
        assert all(claim(session, actor, flag_id, minutes=20) for flag_id in flags)
    left, until = iter(flags), local_day(now(), "33")

    def hold_next(session: Session, actor: Actor) -> object:
        return keep(session, actor, next(left), until_on=until, reason="uji")

    done = act_at_once(settings, [user.id] * len(flags), hold_next)
    assert sum(not isinstance(outcome, NetraError) for outcome in done) == MOST_KEPT


def test_a_flag_is_handed_to_one_of_many_at_once(settings: Settings, engine: Engine) -> None:
    with make_session(engine).begin() as session:
        user = make_user(session)
        flag_id = make_flag(session).id
        assert claim(session, load_actor(session, user), flag_id, minutes=20)
        names = iter([make_user(session).username for _ in range(8)])

    def hand_to_next(session: Session, actor: Actor) -> object:
        return hand_over(session, actor, flag_id, username=next(names), note="")

    done = act_at_once(settings, [user.id] * 8, hand_to_next)
    assert sum(not isinstance(outcome, NetraError) for outcome in done) == 1
    with make_session(engine)() as session:
        assert session.scalar(select(func.count()).where(Lease.ended_at.is_(None))) == 1


def test_a_deed_on_many_and_claims_of_each_never_meet(settings: Settings, engine: Engine) -> None:
    """Whoever was given a flag still has it, and no flag was assessed from under a reader."""
    with make_session(engine).begin() as session:
        flags = tuple(make_flag(session).id for _ in range(40))
        people = [make_user(session, role="koordinator").id for _ in range(8)]

    def assess_or_take(session: Session, actor: Actor) -> object:
        if actor.id == people[0]:
            request = BulkRequest(BulkDeed.ASSESS, flags, Outcome.DUPLICATE, reason="sama")
            return carry_out(session, actor, request).done
        return [take_next(session, actor, minutes=20) for _ in range(4)]

    done = act_at_once(settings, people, assess_or_take)
    taken = [flag_id for hand in done[1:] for flag_id in (hand if isinstance(hand, list) else []) if flag_id]
    with make_session(engine)() as session:
        assessed = session.scalar(select(func.count()).where(Flag.assessed_at.is_not(None)))
        held = session.scalar(select(func.count()).where(Flag.holder_id.is_not(None)))
    assert len(taken) == len(set(taken)) == held
    assert done[0] == assessed == 40 - len(taken)
