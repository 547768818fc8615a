"""What the end of a run means for the next turn."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.schedule import (
    Claim,
    Verdict,
    Why,
    claim_next,
    close_run,
    forget_failures,
    last_progress,
    last_run,
    postpone,
    record_ending,
)
from models import AuditEvent, FetchEvent, FetchOutcome, RunState, Source, SourceSchedule, now
from tests.crawler.schedule.planned import HOUR, add_run, make_file, plan, poll_at, turn_of


@pytest.fixture
def source(session: Session) -> Source:
    (source,) = plan(session, make_file("satu"))
    return source


def take(session: Session, source: Source) -> Claim:
    """As if its pause was over."""
    session.get_one(SourceSchedule, source.id).not_before = None
    session.flush()
    claim = claim_next(session, "m:1", [source.slug])
    assert claim is not None
    return claim


def minutes_until(session: Session, source: Source) -> int:
    return round((turn_of(session, source).due_at - now()).total_seconds() / 60)


def fail(session: Session, source: Source) -> int:
    record_ending(session, take(session, source), Verdict.FAILED, RunState.FAILED, "tidak terbaca", retry_minutes=5)
    return minutes_until(session, source)


def test_the_pause_doubles_with_each_failure_up_to_a_day_and_a_success_ends_it(session: Session, source: Source) -> None:
    assert [fail(session, source) for _ in range(11)] == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]
    assert (turn_of(session, source).why, turn_of(session, source).failures) == (Why.PAUSE, 11)
    record_ending(session, take(session, source), Verdict.SOUND, RunState.FINISHED, "selesai", retry_minutes=5)
    assert (turn_of(session, source).failures, minutes_until(session, source)) == (0, 1)


def test_what_we_stopped_is_no_failure_and_due_at_once(session: Session, source: Source) -> None:
    record_ending(session, take(session, source), Verdict.STOPPED, RunState.INTERRUPTED, "dihentikan", retry_minutes=5)
    turn = turn_of(session, source)
    assert (turn.failures, turn.due_at <= now(), turn.outcome) == (0, True, RunState.INTERRUPTED)


def test_a_sound_run_by_hand_ends_the_pause(session: Session, source: Source) -> None:
    fail(session, source)
    forget_failures(session, "satu")
    session.expire_all()
    assert (turn_of(session, source).failures, turn_of(session, source).due_at <= now()) == (0, True)


def test_a_source_that_somebody_reads_by_hand_waits_without_a_failure(session: Session, source: Source) -> None:
    postpone(session, take(session, source), minutes=1)
    assert (turn_of(session, source).failures, minutes_until(session, source)) == (0, 1)


def test_an_overdue_source_runs_once_however_many_turns_it_missed(session: Session, source: Source) -> None:
    poll_at(session, source, now() - 48 * HOUR)
    claim = take(session, source)
    poll_at(session, source, now() + HOUR)  # As its run does.
    record_ending(session, claim, Verdict.SOUND, RunState.FINISHED, "selesai", retry_minutes=5)
    assert claim_next(session, "m:1", ["satu"], due_by=now() + timedelta(minutes=30)) is None


def test_only_the_holder_may_say_how_it_ended(session: Session, source: Source) -> None:
    claim = take(session, source)
    other = Claim(claim.source_id, claim.slug, claim.host, "m:2", claim.taken_at)
    assert not record_ending(session, other, Verdict.FAILED, RunState.FAILED, "", retry_minutes=5)
    assert turn_of(session, source).is_running


def test_a_run_that_is_ended_by_us_is_closed_with_its_reason_in_the_trail(session: Session, source: Source) -> None:
    claim = take(session, source)
    run = add_run(session, source, RunState.RUNNING, ago=timedelta(0))
    assert last_run(session, claim) is run
    close_run(session, claim, run, RunState.FAILED, "dihentikan: tidak ada kemajuan selama 15 menit")
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (run.state, event.action, event.detail["sebab"]) == (RunState.FAILED, "perayapan.diakhiri", run.reason)


def test_progress_is_the_last_address_that_was_asked(session: Session, source: Source) -> None:
    claim = take(session, source)
    assert last_progress(session, claim) == claim.taken_at
    run = add_run(session, source, RunState.RUNNING, ago=timedelta(0))
    event = FetchEvent(run_id=run.id, source_id=source.id, url="https://x.test", outcome=FetchOutcome.LISTED, at=now() + HOUR)
    session.add(event)
    session.flush()
    assert last_progress(session, claim) == event.at
