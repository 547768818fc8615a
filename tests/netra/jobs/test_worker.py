"""`netra worker` on PostgreSQL: killed, asked to stop, cut off, and in company."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, func, select, text, update

from crawler.schedule import is_free
from models import AlertSubscription, Item, JobRun, JobTurn, RunState, now
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.jobs.planning import Errand, list_errands
from netra.jobs.queueing import SCHEMA, prepare_queue
from netra.jobs.working import Worker
from netra.keeping.rows import list_shapes
from netra.stopping import Stop
from tests.faults.clock import DAY, shifted
from tests.netra.crawls.little_web import LittleWeb
from tests.netra.crawls.test_schedule import check_every_page_is_stored_once
from tests.netra.jobs.houses import list_runs, subscribe, wait_for, worker
from tests.processes import run_netra
from tests.receivers import PostOffice, mail_server

pytestmark = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)

PAGES = 25


@pytest.fixture
def house(settings: Settings, engine: Engine) -> Settings:
    prepare_queue(engine)
    return settings


@pytest.fixture
def office(house: Settings) -> Iterator[PostOffice]:
    with mail_server() as taken:
        house.mail_from, house.smtp_host, house.smtp_security = "netra@contoh.test", "127.0.0.1", "none"
        house.smtp_port = taken.port
        yield taken


@pytest.fixture
def web(tmp_path: Path) -> Iterator[LittleWeb]:
    with LittleWeb(tmp_path, {"satu": PAGES}, slow={"satu": 0.2}) as web:
        yield web


def holder_of(engine: Engine, name: str) -> int:
    with make_reading_session(engine)() as session:
        holder = session.scalars(select(JobTurn.holder).where(JobTurn.name == name)).one()
    return int((holder or "::").split(":")[1])


def count_items(engine: Engine) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(Item)) or 0


def test_of_two_workers_one_does_a_job_and_when_it_is_killed_the_other_does_it(
    house: Settings, engine: Engine, office: PostOffice
) -> None:
    subscribe(engine)

    def kill_who_sends() -> None:
        office.on_taking = lambda: None
        with make_session(engine).begin() as session:  # The claim of the mail itself lasts five minutes.
            session.execute(update(AlertSubscription).values(claimed_until=now() - timedelta(seconds=1)))
        os.kill(holder_of(engine, "digest"), signal.SIGKILL)

    office.on_taking = kill_who_sends
    with worker(house, "review") as one, worker(house, "review") as other:
        wait_for(lambda: sorted(own.process.poll() is None for own in (one, other)) == [False, True])
        wait_for(lambda: list_runs(engine, "digest") == [RunState.INTERRUPTED, RunState.FINISHED])
    assert list_runs(engine, "refresh").count(RunState.FINISHED) == 1
    assert {mail["Message-ID"] for mail in office.taken} == {office.taken[0]["Message-ID"]}


@pytest.mark.slow
def test_a_crawl_that_is_stopped_and_then_killed_is_finished_and_stores_every_page_once(
    house: Settings, engine: Engine, web: LittleWeb
) -> None:
    local = web.settings_for(house)
    with worker(local, "crawl") as own:
        wait_for(lambda: count_items(engine) > 0)
        asked_at = time.monotonic()
        own.process.terminate()
        assert own.process.wait(timeout=180) == 0, own.said()
        assert time.monotonic() - asked_at < 90
    assert list_runs(engine, "crawl:satu") == [RunState.INTERRUPTED]
    stored = count_items(engine)
    with worker(local, "crawl") as own:
        wait_for(lambda: count_items(engine) > stored)
        own.process.kill()
        own.process.wait()
        wait_for(lambda: is_free(local.home, "satu"))
    assert count_items(engine) < PAGES
    with worker(local, "crawl"):
        wait_for(lambda: list_runs(engine, "crawl:satu")[2:] == [RunState.FINISHED])
    assert list_runs(engine, "crawl:satu") == [RunState.INTERRUPTED, RunState.INTERRUPTED, RunState.FINISHED]
    check_every_page_is_stored_once(engine, PAGES)


@pytest.mark.slow
def test_connections_that_are_cut_end_no_worker(house: Settings, engine: Engine) -> None:
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> :own")
    with worker(house, "review") as own:
        wait_for(lambda: list_runs(engine, "refresh") == [RunState.FINISHED])
        for _ in range(5):
            with engine.connect() as connection:
                connection.execute(cut, {"own": connection.scalar(text("SELECT pg_backend_pid()"))})
            time.sleep(0.5)
        with make_session(engine).begin() as session:
            session.execute(update(JobTurn).where(JobTurn.name == "refresh").values(due_at=now() - timedelta(seconds=1)))
        wait_for(lambda: list_runs(engine, "refresh") == [RunState.FINISHED] * 2)
        assert own.process.poll() is None


def test_a_clock_that_was_ahead_and_is_put_back_stops_no_planning(
    house: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead, planned, stop = [DAY], list[str](), Stop()

    def plan(_settings: Settings, _engine: Engine, queue: str) -> list[Errand]:
        planned.append(queue)
        return []

    monkeypatch.setattr("netra.jobs.working.list_errands", plan)
    monkeypatch.setattr("netra.jobs.working._end_by_force", lambda _seconds: None)
    monkeypatch.setattr("models.base.datetime", shifted(lambda: ahead[0]))
    present = SimpleNamespace(time=lambda: time.time() + ahead[0].total_seconds())
    monkeypatch.setattr("procrastinate.periodic.time", present)
    working = threading.Thread(target=Worker(house, engine, ["review"], concurrency=1).run, args=(stop,))
    working.start()
    try:
        wait_for(lambda: len(planned) == 2)  # At its beginning, and when Procrastinate says so.
        ahead[0] = timedelta()
        wait_for(lambda: len(planned) == 4)
    finally:
        stop.is_asked = True
        working.join()


@pytest.mark.slow
def test_where_a_question_to_the_queue_fails_what_runs_is_stopped_and_the_worker_begins_anew(
    house: Settings, engine: Engine, web: LittleWeb
) -> None:
    with worker(web.settings_for(house), "crawl") as own:
        wait_for(lambda: count_items(engine) > 0)
        rename_function(engine, "procrastinate_update_heartbeat_v1", "not_there")
        wait_for(lambda: list_runs(engine, "crawl:satu") == [RunState.INTERRUPTED])
        rename_function(engine, "not_there", "procrastinate_update_heartbeat_v1")
        wait_for(lambda: list_runs(engine, "crawl:satu")[-1] is RunState.FINISHED)
        assert (own.process.poll(), "the queue of jobs does not answer, trying again" in own.said()) == (None, True)
    check_every_page_is_stored_once(engine, PAGES)


def rename_function(engine: Engine, name: str, other: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER FUNCTION {SCHEMA}.{name} RENAME TO {other}")


def test_failures_of_sources_that_are_gone_are_forgotten_with_the_next_plan(
    house: Settings, engine: Engine, web: LittleWeb
) -> None:
    with make_session(engine).begin() as session:
        session.add_all(JobTurn(name=f"crawl:{slug}", failures=1) for slug in ("lama", "satu"))
    list_errands(web.settings_for(house), engine, "crawl")
    with make_reading_session(engine)() as session:
        assert dict(session.execute(select(JobTurn.name, JobTurn.failures)).all()) == {"crawl:lama": 0, "crawl:satu": 1}


def test_its_tables_are_nobodys_but_its_own_and_made_anew_for_another_version(house: Settings, engine: Engine) -> None:
    assert not [shape.name for shape in list_shapes() if shape.name.startswith("procrastinate")]
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT schemaname FROM pg_tables WHERE tablename LIKE 'procrastinate%'"))
        assert set(tables.scalars()) == {SCHEMA}
    with engine.begin() as connection:
        connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS 'procrastinate 1.0'")
    result = run_netra(house, "worker")
    assert (result.returncode, "Run: netra db upgrade" in result.stderr) == (2, True)
    prepare_queue(engine)
    prepare_queue(engine)
    with engine.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM pg_namespace WHERE nspname = :name"), {"name": SCHEMA})
    assert count == 1


def test_what_is_held_or_paused_is_no_errand(house: Settings, engine: Engine, web: LittleWeb) -> None:
    local = web.settings_for(house)

    def list_turns(queue: str) -> set[str]:
        return {errand.turn for errand in list_errands(local, engine, queue)}

    assert [list_turns(queue) for queue in ("crawl", "train")] == [{"crawl:satu"}, set()]
    assert {"score", "score:4"} <= list_turns("score")
    assert "digest" in list_turns("review")
    with make_session(engine).begin() as session:
        for name, holder in (("digest", None), ("crawl:satu", "mesin-lain:1:a")):
            later = now() + timedelta(minutes=5)
            session.add(JobTurn(name=name, holder=holder, taken_at=now(), expires_at=later, due_at=later))
        session.add(JobRun(job="crawl:satu", holder="mesin-lain:1:a"))
    assert not {"crawl:satu", "digest"} & (list_turns("crawl") | list_turns("review"))
    for failures, is_wanted in ((1, False), (0, True)):  # Without a failure of its own the plan of the source alone decides.
        with make_session(engine).begin() as session:
            session.execute(update(JobTurn).values(holder=None, failures=failures))
        assert ("crawl:satu" in list_turns("crawl")) is is_wanted
