"""The clock jumps by a day, forward and back: nothing is lost or taken twice, no time is negative, the trail is whole."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from classifier.score import claim_versions
from crawler.schedule import Verdict, claim_next, give_back_dead, list_turns, record_ending
from models import Feed, Flag, Outcome, QueueSettings, RunState, Source, SourceSchedule, now, verify_chain
from models.database import make_reading_session, make_session
from models.queue.refreshing import has_new_weights, is_due, refresh_places
from models.settings import Settings
from service.accounts.actor import Actor
from service.accounts.service import actor_of_session, actor_of_token, create_api_token, load_actor, sign_in
from service.errors import AlreadyHeld
from service.review.schemas import Judgement
from service.review.service import assess, take_next
from service.watching.collector import DatabaseCollector
from tests.crawler.schedule.planned import make_file, plan
from tests.factories import make_artifact, make_flag, make_item, make_user
from tests.faults.clock import DAY, environment_of_clock, shifted
from tests.faults.house import at_work, fill, monitors_at, wait_until_saved
from tests.faults.soundness import check_all
from tests.netra.crawls.little_web import LittleWeb

Put = Callable[[timedelta], None]


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Put:
    """Put the clock of this process so far from the real one."""
    offsets = [timedelta()]
    monkeypatch.setattr("models.base.datetime", shifted(lambda: offsets[-1]))
    return offsets.append


def actor(session: Session) -> Actor:
    return load_actor(session, make_user(session))


def test_a_lease_ends_at_a_jump_forward_and_its_holder_is_told(session: Session, put: Put) -> None:
    flag = make_flag(session)
    first, second = actor(session), actor(session)
    assert take_next(session, first, minutes=20) == flag.id
    put(DAY)
    assert take_next(session, second, minutes=20) == flag.id
    judgement = Judgement(outcome=Outcome.DUPLICATE)
    with pytest.raises(AlreadyHeld):
        assess(session, first, flag.id, judgement)
    assert assess(session, second, flag.id, judgement).flag_id == flag.id
    assert verify_chain(session).breaks == []


def test_a_lease_goes_on_at_a_jump_back_and_nobody_else_gets_the_flag(session: Session, put: Put) -> None:
    flag = make_flag(session)
    first, second = actor(session), actor(session)
    assert take_next(session, first, minutes=20) == flag.id
    put(-DAY)
    assert take_next(session, second, minutes=20) is None
    assert assess(session, first, flag.id, Judgement(outcome=Outcome.DUPLICATE)).flag_id == flag.id
    assert verify_chain(session).breaks == []


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_texts_that_a_dead_process_held_are_scored_at_once(session: Session, put: Put, jump: timedelta) -> None:
    artifact = make_artifact(session)
    make_item(session)
    assert len(claim_versions(session, artifact, limit=9, at=now())) == 1
    assert len(claim_versions(session, artifact, limit=9, at=now())) == 0
    put(jump)
    assert len(claim_versions(session, artifact, limit=9, at=now())) == 1


@pytest.fixture
def planned(session: Session) -> Source:
    """A source whose feed was read just now and is due in an hour."""
    source = plan(session, make_file("satu"))[0]
    for feed in session.scalars(select(Feed)):
        feed.last_polled_at, feed.next_poll_at = now(), now() + timedelta(hours=1)
    session.flush()
    return source


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_source_is_due_soon_whichever_way_the_clock_jumps(session: Session, planned: Source, put: Put, jump: timedelta) -> None:
    assert claim_next(session, "meja:1", ["satu"]) is None
    put(jump)
    claim = claim_next(session, "meja:1", ["satu"])
    assert claim is not None
    assert claim_next(session, "meja:2", ["satu"]) is None


@pytest.mark.parametrize("is_worked_in", [True, False])
def test_weights_of_a_clock_that_was_ahead_hide_no_later_ones(engine: Engine, put: Put, is_worked_in: bool) -> None:
    """Whether or not the queue followed them by the wrong clock: it follows the newest ones once."""
    sessions = make_session(engine)
    put(DAY)
    set_weights(sessions)
    if is_worked_in:
        refresh_places(sessions)
    put(timedelta())
    set_weights(sessions)
    with make_reading_session(engine)() as session:
        assert has_new_weights(session)
    refresh_places(sessions)
    with make_reading_session(engine)() as session:
        assert not has_new_weights(session)


def set_weights(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        session.add(QueueSettings(score=5, severity=0, time=0, reach=0, novelty=0, oldest_share=0.2, set_by="uji"))


def test_the_queue_is_looked_at_by_the_right_clock_again(engine: Engine, put: Put) -> None:
    sessions = make_session(engine)
    put(timedelta(hours=2))
    refresh_places(sessions)
    put(timedelta())
    for is_due_now in (True, False):
        with make_reading_session(engine)() as session:
            assert is_due(session, now()) is is_due_now
        refresh_places(sessions)


def test_a_run_that_ends_before_it_began_keeps_its_source_no_longer(session: Session, planned: Source, put: Put) -> None:
    put(DAY)
    claim = claim_next(session, "meja:1", ["satu"])
    assert claim is not None
    put(timedelta())
    assert record_ending(session, claim, Verdict.SOUND, RunState.FINISHED, "selesai", retry_minutes=5)
    schedule = session.get_one(SourceSchedule, planned.id)
    assert schedule.begun_at is not None
    assert schedule.ended_at is not None
    assert schedule.ended_at >= schedule.begun_at
    assert list_turns(session, ["satu"])[0].due_at <= now() + timedelta(hours=1)


@pytest.mark.parametrize("cut", [None, Verdict.DIED, Verdict.STOPPED])
def test_a_platform_that_was_read_under_a_wrong_clock_is_due_by_the_right_one(
    session: Session, put: Put, cut: Verdict | None
) -> None:
    """Also where the first turn by the right clock is cut."""
    plan(session, make_file("satu", kind="sosial", connector="mastodon", queries=[{"hashtag": "netralitasasn"}]))

    def read(verdict: Verdict) -> None:
        claim = claim_next(session, "meja:1", ["satu"])
        assert claim is not None
        next_at = claim.taken_at + timedelta(hours=1) if verdict is Verdict.SOUND else None
        record_ending(session, claim, verdict, RunState.FINISHED, "selesai", retry_minutes=5, next_at=next_at)

    put(30 * DAY)
    read(Verdict.SOUND)
    put(timedelta())
    if cut:
        read(cut)
    assert list_turns(session, ["satu"])[0].due_at <= now()
    assert claim_next(session, "meja:1", ["satu"]) is not None


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_the_claim_of_a_dead_worker_is_given_back(session: Session, planned: Source, put: Put, jump: timedelta) -> None:
    put(2 * DAY)
    claim = claim_next(session, "meja:1", ["satu"])
    assert claim is not None
    assert give_back_dead(session, lambda *_: False, retry_minutes=5) == []
    put(2 * DAY + jump)
    assert [freed.slug for freed in give_back_dead(session, lambda *_: False, retry_minutes=5)] == ["satu"]


def test_sign_ins_and_tokens_end_by_the_clock_and_a_jump_back_ends_none(session: Session, put: Put) -> None:
    user = make_user(session)
    cookie, token = sign_in(session, user, hours=10), create_api_token(session, user, "uji", 1, True)

    def are_in() -> tuple[bool, bool]:
        of_session = actor_of_session(session, cookie, demo=False, idle=timedelta(hours=1))
        return of_session is not None, actor_of_token(session, token, demo=False) is not None

    seen = list[tuple[bool, bool]]()
    for jump in (timedelta(), -DAY, timedelta(), DAY / 2, 2 * DAY, timedelta()):
        put(jump)
        seen.append(are_in())
    assert seen == [(True, True), (True, True), (True, True), (False, True), (False, False), (True, True)]


def test_no_figure_is_negative_after_a_jump_back(
    session: Session, engine: Engine, planned: Source, put: Put, tmp_path: Path
) -> None:
    make_flag(session, discovered_at=now())
    make_item(session)
    due_on = session.scalars(select(Flag.due_on)).all()
    session.commit()
    put(-DAY)
    metrics = DatabaseCollector(make_reading_session(engine), tmp_path).collect()
    samples = {(sample.name, *sample.labels.values()): sample.value for metric in metrics for sample in metric.samples}
    assert len(samples) > 10
    assert [name for name, value in samples.items() if value < 0] == []
    assert session.scalars(select(Flag.due_on)).all() == due_on


def test_the_trail_follows_its_numbers_and_not_its_times(session: Session, put: Put) -> None:
    for jump in (timedelta(), DAY, -DAY, timedelta()):
        put(jump)
        sign_in(session, make_user(session), hours=1)
    session.commit()
    assert verify_chain(session).breaks == []


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    path = tmp_path / "jam"
    path.write_text("0")
    return path


def set_clock(path: Path, jump: timedelta) -> None:
    draft = path.with_suffix(".baru")
    draft.write_text(str(jump.total_seconds()))
    draft.replace(path)


@pytest.mark.slow
def test_a_whole_house_goes_on_through_jumps(
    with_live_artifact: Settings, engine: Engine, tmp_path: Path, clock: Path, chance: random.Random
) -> None:
    texts, pages = 600, 40
    tokens = fill(engine, texts, monitors=3, days=30)
    with LittleWeb(tmp_path, {"satu": pages, "dua": pages}, slow={"satu": 0.05, "dua": 0.1}) as web:
        local = web.settings_for(with_live_artifact)
        with at_work(local, variables=environment_of_clock(clock)) as house, monitors_at(house, tokens, chance) as monitors:
            for days in (1, 0, -1, 0):
                wait_until_saved(monitors, 5, house)
                set_clock(clock, days * DAY)
                time.sleep(chance.uniform(0.5, 2))
            wait_until_saved(monitors, 20, house)
            time.sleep(1)
            house.check_alive()
        check_all(local, engine, monitors, pages=2 * pages, texts=texts, jump=DAY)
