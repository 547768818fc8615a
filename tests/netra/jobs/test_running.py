"""Runs: what a job does, and what is known of it afterwards."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from models import FlagChange, JobRun, JobTurn, QueueSettings, RunState, now
from models.database import make_reading_session, make_session
from models.queue.priority import Weights
from models.queue.refreshing import has_new_weights, refresh_places
from models.settings import Settings
from netra.jobs import beating
from netra.jobs.catalogue import CATALOGUE, QUEUES
from netra.jobs.job import Job, Report, Work
from netra.jobs.reading import read_jobs
from netra.jobs.reviewing import refresh
from netra.jobs.running import Outcome, run_job
from netra.stopping import Stop
from tests.factories import make_flag

DIGEST = next(job for job in CATALOGUE if job.name == "digest")


def do(settings: Settings, engine: Engine, work: Work, **changes: object) -> Outcome:
    outcome = run_job(settings, engine, replace(DIGEST, work=work, **changes), Stop())
    assert outcome is not None
    return outcome


def last_run(engine: Engine) -> JobRun:
    with make_reading_session(engine)() as session:
        return session.scalars(select(JobRun).order_by(JobRun.id.desc()).limit(1)).one()


@pytest.mark.parametrize("job", [job for job in CATALOGUE if job.name not in ("train", "crawl")], ids=lambda job: job.name)
def test_every_job_has_nothing_to_do_in_an_empty_house(settings: Settings, engine: Engine, job: Job) -> None:
    outcome = run_job(settings, engine, job, Stop())
    assert outcome is not None
    assert (outcome.state, bool(outcome.said)) == (RunState.FINISHED, True)
    assert last_run(engine).said == outcome.said


def test_names_are_single_and_every_queue_is_told_of_in_the_help_of_the_worker() -> None:
    from netra.commands.worker import worker

    assert len({job.name for job in CATALOGUE}) == len(CATALOGUE)
    assert f"Queues: {', '.join(QUEUES)}." in (worker.__doc__ or "")


def test_a_job_that_raises_is_a_run_with_a_reason(settings: Settings, engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    def work(*_: object) -> Report:
        raise ValueError("tidak ada surat\nbaris kedua")

    with caplog.at_level(logging.CRITICAL):
        outcome = do(settings, engine, work)
    assert (outcome.state, outcome.said) == (RunState.FAILED, "ValueError: tidak ada surat")
    assert last_run(engine).said == outcome.said
    with make_reading_session(engine)() as session:
        line = next(line for line in read_jobs(session, settings) if line.name == "digest")
    assert (line.failures, line.outcome, line.said) == (1, RunState.FAILED, outcome.said)


def test_a_job_that_is_stopped_is_due_again_at_once_and_has_not_failed(settings: Settings, engine: Engine) -> None:
    asked = Stop()

    def work(_settings: Settings, _engine: Engine, stop: Stop) -> Report:
        asked.is_asked = True
        stop.wait(120)
        return Report("separuh")

    outcome = run_job(settings, engine, replace(DIGEST, work=work), asked)
    assert outcome is not None
    assert (outcome.state, outcome.seconds < 60) == (RunState.INTERRUPTED, True)
    with make_reading_session(engine)() as session:
        turn = session.scalars(select(JobTurn)).one()
    assert (turn.due_at <= now(), turn.failures, turn.holder) == (True, 0, None)


def test_a_refresh_ends_with_the_batch_at_hand_and_the_next_one_goes_on(
    sqlite_settings: Settings, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_session(sqlite_engine).begin() as session:
        for _ in range(3):
            make_flag(session)
    refresh_places(make_session(sqlite_engine))
    monkeypatch.setattr("models.figures.tallying.BATCH", 1)

    def waiting() -> int:
        with make_reading_session(sqlite_engine)() as session:
            return session.scalar(select(func.count()).select_from(FlagChange)) or 0

    before = waiting()
    reports = [refresh(sqlite_settings, sqlite_engine, stop) for stop in (Stop(lambda: waiting() < before), Stop())]
    assert [report.said.partition(", ")[2] for report in reports] == ["counted 1 changes", f"counted {before - 1} changes"]


def test_a_refresh_of_places_that_is_stopped_begins_no_generation(sqlite_engine: Engine) -> None:
    """Lists would show some flags by the new weights, and nobody would move the others."""
    sessions = make_session(sqlite_engine)
    with sessions.begin() as session:
        make_flag(session)
        session.add(QueueSettings(**vars(Weights(novelty=9)), oldest_share=0.2, note="", set_by="sari"))
    assert refresh_places(sessions, must_stop=lambda: True).generation == 0
    with make_reading_session(sqlite_engine)() as session:
        assert has_new_weights(session)


def test_the_word_to_stop_waits_for_no_sign_of_life(settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beating, "BEAT_SECONDS", 0.0)
    asked = Stop()

    def work(_settings: Settings, engine: Engine, stop: Stop) -> Report:
        with make_session(engine).begin() as session:
            session.execute(update(JobTurn).values(failures=0))  # The next sign of life waits for this row.
            stop.wait(5 * beating.LOOK_SECONDS)
            asked.is_asked = True
            return Report("mendengar" if stop.is_asked else "tidak mendengar")

    outcome = run_job(settings, engine, replace(DIGEST, work=work), asked)
    assert outcome is not None
    assert outcome.said == "stopped when asked to: mendengar"


def test_a_job_that_takes_too_long_is_told_to_stop_and_has_failed(settings: Settings, engine: Engine) -> None:
    def work(_settings: Settings, _engine: Engine, stop: Stop) -> Report:
        stop.wait(120)
        return Report("separuh")

    outcome = do(settings, engine, work, longest=timedelta(seconds=0.1))
    assert (outcome.state, outcome.said) == (RunState.FAILED, "stopped: it took longer than 0 s; separuh")


def test_a_job_whose_turn_is_lost_stops_and_overwrites_nothing(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beating, "BEAT_SECONDS", 0.0)

    def work(_settings: Settings, engine: Engine, stop: Stop) -> Report:
        with make_session(engine).begin() as session:
            session.execute(update(JobTurn).values(holder="mesin-lain:1:a", taken_at=now()))
        stop.wait(120)
        return Report("separuh")

    outcome = do(settings, engine, work)
    assert (outcome.state, outcome.said) == (RunState.FAILED, "stopped: its turn ran out; separuh")
    with make_reading_session(engine)() as session:
        assert session.scalars(select(JobTurn.holder)).one() == "mesin-lain:1:a"


def test_a_held_job_is_done_by_nobody_else(settings: Settings, engine: Engine) -> None:
    inner = list[Outcome | None]()

    def work(settings: Settings, engine: Engine, stop: Stop) -> Report:
        inner.append(run_job(settings, engine, DIGEST, stop))
        return Report("selesai")

    assert do(settings, engine, work).is_sound
    assert inner == [None]
