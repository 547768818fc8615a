"""`netra up` on SQLite: one house, whatever dies in it."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx2 as httpx
import psutil
import pytest
from sqlalchemy import Engine, select, update

from models import AlertSubscription, JobRun, RunState, now
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.jobs.queueing import prepare_queue
from netra.jobs.rhythm import get_job
from netra.jobs.supervising import House
from netra.stopping import Stop
from tests.netra.jobs.houses import Begun, are_gone, begun, list_runs, subscribe, wait_for
from tests.receivers import PostOffice, mail_server


@pytest.fixture
def house(sqlite_settings: Settings, tmp_path: Path) -> Settings:
    return furnish(sqlite_settings, tmp_path)


def furnish(settings: Settings, tmp_path: Path) -> Settings:
    """A house without sources, whose review room has a port of its own."""
    (tmp_path / "sources").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    rhythm = "crawl=0,render=0,watch=0,score=0,refresh=0"  # Each process costs seconds.
    return settings.model_copy(update={"port": port, "sources_dir": tmp_path / "sources", "jobs_every": rhythm})


@pytest.fixture
def office(house: Settings) -> Iterator[PostOffice]:
    with mail_server() as taken:
        house.mail_from, house.smtp_host, house.smtp_security = "netra@contoh.test", "127.0.0.1", "none"
        house.smtp_port = taken.port
        yield taken


def answers(settings: Settings) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{settings.port}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def find_child(up: Begun, word: str) -> int | None:
    for child in up.children():
        try:
            if word in psutil.Process(child).cmdline():
                return child
        except psutil.NoSuchProcess:
            continue
    return None


@pytest.mark.slow
def test_it_serves_scores_and_does_jobs_and_ends_soundly_within_its_bound(house: Settings, sqlite_engine: Engine) -> None:
    house.jobs_every = house.jobs_every.replace("score=0,", "")
    with begun(house, "up") as up:
        wait_for(lambda: answers(house) and list_runs(sqlite_engine, "digest") == [RunState.FINISHED])
        wait_for(lambda: list_runs(sqlite_engine, "score") == [RunState.RUNNING])
        children, asked_at = up.children(), time.monotonic()
        up.process.terminate()
        assert up.process.wait(timeout=180) == 0
        assert time.monotonic() - asked_at < 90
        assert are_gone(children)
    assert list_runs(sqlite_engine, "score") == list_runs(sqlite_engine, "up") == [RunState.FINISHED]


@pytest.mark.slow
def test_a_child_that_dies_is_begun_again_with_a_line_that_says_why(house: Settings, sqlite_engine: Engine) -> None:
    with begun(house, "up") as up:
        wait_for(lambda: answers(house))
        dead = find_child(up, "serve")
        assert dead is not None
        os.kill(dead, signal.SIGKILL)
        wait_for(lambda: find_child(up, "serve") not in (None, dead) and answers(house))
        assert "serve ended with signal 9" in up.said()


@pytest.mark.slow
def test_two_side_by_side_never_do_a_job_twice_and_the_second_takes_over(house: Settings, sqlite_engine: Engine) -> None:
    house.jobs_every = house.jobs_every.replace("refresh=0", "refresh=15")
    with begun(house, "up") as one, begun(house, "up") as other:
        wait_for(lambda: list_runs(sqlite_engine, "digest") and list_runs(sqlite_engine, "refresh"))
        wait_for(lambda: any("standing by" in up.said() for up in (one, other)))
        first, second = (one, other) if one.children() else (other, one)
        assert second.children() == []
        wait_for(lambda: list_runs(sqlite_engine, "refresh") == list_runs(sqlite_engine, "digest") == [RunState.FINISHED])
        children = first.children()
        os.kill(first.pid, signal.SIGKILL)
        first.process.wait()
        wait_for(lambda: are_gone(children))
        wait_for(lambda: answers(house))
        assert second.children() != []
    with make_reading_session(sqlite_engine)() as session:
        runs = list(session.scalars(select(JobRun).order_by(JobRun.id)))
    assert [run.state for run in runs if run.job == "up"] == [RunState.INTERRUPTED, RunState.RUNNING]
    for job in ("digest", "refresh"):  # Their rhythm did not come round again in this time: one run each, of two houses.
        assert [run.state for run in runs if run.job == job] == [RunState.FINISHED]


def test_what_takes_hours_leaves_a_place_for_the_short_jobs(house: Settings, sqlite_engine: Engine) -> None:
    house.jobs_every, house.retention_days = "draw=60,retention=60", "sesi=30"
    seen = set[str]()

    def look() -> bool:
        commands = [child.cmdline() for child in psutil.Process().children()]
        seen.update(command[-2] for command in commands if "--if-due" in command)
        return bool(seen)

    jobs = [get_job(house, name) for name in ("draw", "retention", "digest")]
    House(house, sqlite_engine, lambda _: None, jobs).run(Stop(look))
    assert seen == {"draw", "digest"}


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_on_postgresql_crawls_have_a_worker_of_their_own(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    prepare_queue(engine)
    local = furnish(settings, tmp_path).model_copy(update={"jobs_every": ""})
    with begun(local, "up") as up:
        wait_for(lambda: find_child(up, "crawl") and find_child(up, "score,review,render,train,retention"))
        wait_for(lambda: list_runs(engine, "refresh") == list_runs(engine, "watch") == [RunState.FINISHED])
        up.process.terminate()
        assert up.process.wait(timeout=180) == 0, up.said()


def kill_with_all(up: Begun) -> None:
    """Its children die with it, but some moments later, in which whoever got an answer could finish."""
    children = up.children()
    os.kill(up.pid, signal.SIGKILL)
    wait_for(lambda: are_gone(children))


def test_a_kill_in_the_middle_of_a_job_loses_nothing(house: Settings, sqlite_engine: Engine, office: PostOffice) -> None:
    subscribe(sqlite_engine)
    with begun(house, "up") as up:
        office.on_taking = partial(kill_with_all, up)
        up.process.wait(timeout=180)
    office.on_taking = lambda: None
    assert list_runs(sqlite_engine, "digest") == [RunState.RUNNING]
    with make_session(sqlite_engine).begin() as session:  # The dead one's claim of the mail runs out.
        session.execute(update(AlertSubscription).values(claimed_until=now() - timedelta(seconds=1)))
    with begun(house, "up"):
        wait_for(lambda: list_runs(sqlite_engine, "digest") == [RunState.INTERRUPTED, RunState.FINISHED])
    assert {mail["Message-ID"] for mail in office.taken} == {office.taken[0]["Message-ID"]}
    with make_reading_session(sqlite_engine)() as session:
        subscription = session.scalars(select(AlertSubscription)).one()
    assert subscription.last_alert_id is not None
