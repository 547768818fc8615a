"""A worker that is cut off from PostgreSQL, and back: others do its work, its late write doubles nothing, nobody waits long."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models import record_event
from models.database import PATIENCE, PATIENCE_OF_SERVER, make_engine, make_session
from models.settings import Settings
from netra.jobs.queueing import prepare_queue
from tests.faults.errands import check_a_new_text_is_scored, check_jobs, wait_until_all_is_scored
from tests.faults.network import Far, impatient
from tests.faults.postgres import own_postgres
from tests.netra.jobs.houses import begun, wait_for
from tests.netra.test_score_killed import (
    assert_each_text_scored_once,
    count_predictions,
    fill,
    let_the_minute_of_claims_pass,
)
from tests.processes import NETRA, kill, run_netra

HOLDS_THE_TRAIL = """
import time
from models import record_event
from models.database import make_engine, make_session
from models.settings import Settings
with make_session(make_engine(Settings().database_address)).begin() as session:
    record_event(session, "uji", actor="sistem:uji", subject=("item", None))
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def settings(far: Far, tmp_path: Path) -> Iterator[Settings]:
    with own_postgres(far.near) as server:
        yield Settings(home=tmp_path / "home", database_url=server.address, _env_file=None)


def test_patience_is_about_a_minute_on_both_sides(settings: Settings) -> None:
    """As the server and the kernel know it, not as we wrote it down."""
    engine = make_engine(settings.database_address)
    with engine.connect() as connection:
        known = {
            name: connection.exec_driver_sql(f"SELECT setting FROM pg_settings WHERE name = '{name}'").scalar()
            for name in PATIENCE_OF_SERVER
        }
        parameters = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
    engine.dispose()
    assert known == PATIENCE_OF_SERVER
    assert {name: parameters[name] for name in PATIENCE} == {name: str(value) for name, value in PATIENCE.items()}
    seconds = PATIENCE["keepalives_idle"] + PATIENCE["keepalives_interval"] * PATIENCE["keepalives_count"]
    assert seconds <= PATIENCE["tcp_user_timeout"] / 1000 <= 60


def wait_for_trail(engine: Engine) -> float:
    """Seconds until the next event of anybody else is written."""
    began = time.monotonic()
    with make_session(engine).begin() as session:
        record_event(session, "uji", actor="sistem:uji", subject=("item", None))
    return time.monotonic() - began


def hold_the_trail_and_be_cut_off(far: Far, settings: Settings) -> None:
    process = far.start([sys.executable, "-c", HOLDS_THE_TRAIL], settings)
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said == b"held\n", said + process.stdout.read()
    far.cut()


@pytest.mark.slow
def test_the_trail_is_free_again_soon_after_its_holder_was_cut_off(far: Far, settings: Settings, engine: Engine) -> None:
    hold_the_trail_and_be_cut_off(far, impatient(settings))
    waited = wait_for_trail(engine)
    print(f"the trail was free after {waited:.1f} s")
    assert waited < 45  # With the patience of a house it is a minute.


@pytest.mark.long
def test_with_the_patience_of_a_house_that_is_a_minute(far: Far, settings: Settings, engine: Engine) -> None:
    hold_the_trail_and_be_cut_off(far, settings)
    waited = wait_for_trail(engine)
    print(f"the trail was free after {waited:.1f} s")
    assert 10 < waited < 75


def cut_off_amid_scoring(far: Far, settings: Settings, engine: Engine) -> subprocess.Popen[bytes]:
    fill(engine)
    process = far.start([NETRA, "score", "--watch", "--every", "0.2"], settings)
    end = time.monotonic() + 180
    while not count_predictions(engine):
        assert process.poll() is None, process.stdout and process.stdout.read()
        assert time.monotonic() < end
        time.sleep(0.01)
    far.cut()
    return process


@pytest.mark.slow
@pytest.mark.usefixtures("with_live_artifact")
@pytest.mark.parametrize("seconds", [1.0, pytest.param(8.0, marks=pytest.mark.long)])
def test_others_score_what_it_held_and_its_late_write_doubles_nothing(
    far: Far, settings: Settings, engine: Engine, seconds: float
) -> None:
    """Cut off for less and for more than its patience: it goes on, or begins anew, by itself."""
    process = cut_off_amid_scoring(far, impatient(settings), engine)
    let_the_minute_of_claims_pass(engine)
    time.sleep(seconds)
    assert run_netra(settings, "score").returncode == 0
    far.mend()
    time.sleep(5)
    assert process.poll() is None, process.stdout and process.stdout.read()
    assert_each_text_scored_once(engine)


SCORER = ("worker", "--queues", "score", "--concurrency", "1")


def begin_far_worker(far: Far, settings: Settings, engine: Engine) -> subprocess.Popen[bytes]:
    """It scores, and is cut off in the middle."""
    prepare_queue(engine)
    fill(engine)
    process = far.start([NETRA, *SCORER], settings)
    wait_for(lambda: process.poll() is not None or count_predictions(engine))
    far.cut()
    assert process.poll() is None, process.stdout and process.stdout.read()
    return process


@pytest.mark.long
@pytest.mark.usefixtures("with_live_artifact")
@pytest.mark.parametrize("seconds", [8.0, 150.0])
def test_a_worker_that_was_cut_off_doubles_nothing_and_works_on(
    far: Far, settings: Settings, engine: Engine, seconds: float
) -> None:
    """For less and for more than its turn lasts. Meanwhile another worker does its work."""
    process = begin_far_worker(far, impatient(settings), engine)
    with begun(settings, *SCORER) as near:
        began = time.monotonic()
        wait_until_all_is_scored(engine)
        assert near.process.poll() is None, near.said()
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        far.mend()
    assert_each_text_scored_once(engine)
    check_a_new_text_is_scored(engine)
    assert process.poll() is None, process.stdout and process.stdout.read()
    kill(process)
    check_jobs(settings, engine, pages=0)
