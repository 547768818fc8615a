"""`make run`, without its last step: the queue is filled, incidents stand on top, and a second run adds nothing."""

import signal
import socket
import subprocess
import time

import pytest
from sqlalchemy import Engine, func, select

from classifier.corpus import ACTS
from models import Flag, Item, ItemVersion, Prediction, User, verify_chain
from models.base import Base
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.demo.people import PEOPLE
from netra.demo.site.articles import load_articles
from tests.factories import make_source, make_user
from tests.processes import kill, run_netra, start_netra

TABLES = (Item, ItemVersion, Prediction, Flag, User)


def count_rows(engine: Engine, tables: tuple[type[Base], ...] = TABLES) -> list[int]:
    with make_reading_session(engine)() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def read_queue(engine: Engine) -> list[str]:
    """The true class of each flagged article, from the top of the queue."""
    truth = {article.title: article.truth for article in load_articles()}
    query = select(ItemVersion.title).join(Flag, Flag.item_version_id == ItemVersion.id).order_by(Flag.priority.desc(), Flag.id)
    with make_reading_session(engine)() as session:
        return [truth.get(title, "?") for title in session.scalars(query)]


# The next one ends with the same on SQLite, and the crawls and scores of the demo meet PostgreSQL in tests of their own.
@pytest.mark.long
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_flagged_incidents_stand_on_top_and_a_second_run_adds_nothing(with_live_artifact: Settings, engine: Engine) -> None:
    run_to_its_end_twice(with_live_artifact, engine)


@pytest.mark.slow
@pytest.mark.parametrize("is_killed_too", [False, pytest.param(True, marks=pytest.mark.long)])
def test_demo_that_is_stopped_goes_on_from_there(
    sqlite_with_live_artifact: Settings, sqlite_engine: Engine, is_killed_too: bool
) -> None:
    """One story of many runs, because each run starts a crawl of five outlets. A crawl alone is killed in test_crawl.py."""
    process = start_until(10, sqlite_with_live_artifact, sqlite_engine)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    if is_killed_too:
        kill_in_the_middle(sqlite_with_live_artifact, sqlite_engine)
    run_to_its_end_twice(sqlite_with_live_artifact, sqlite_engine)
    with make_reading_session(sqlite_engine)() as session:
        urls = session.scalars(select(Item.url)).all()
        assert verify_chain(session).breaks == []
    assert len(urls) == len(set(urls))


def kill_in_the_middle(settings: Settings, engine: Engine) -> None:
    stored = count_rows(engine, (Item,))[0]
    kill(start_until(stored + 10, settings, engine))
    assert stored + 10 <= count_rows(engine, (Item,))[0] < 75


def start_until(items: int, settings: Settings, engine: Engine) -> subprocess.Popen[bytes]:
    """A demo that has just stored so many."""
    process = start_netra(settings, "demo", "--once")
    while count_rows(engine, (Item,))[0] < items and process.poll() is None:
        time.sleep(0.05)
    return process


def run_to_its_end_twice(settings: Settings, engine: Engine) -> None:
    first = run_netra(settings, "demo", "--once")
    assert first.returncode == 0, first.stderr
    assert "flags wait in the queue" in first.stdout
    counts, queue = count_rows(engine), read_queue(engine)
    assert len(queue) >= 15
    assert set(queue[:15]) <= set(ACTS)
    assert counts[0] > 75
    assert counts[4] == len(PEOPLE)
    assert run_netra(settings, "demo", "--once").returncode == 0
    assert count_rows(engine) == counts


def test_demo_keeps_out_of_a_database_with_people_of_its_own(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    with make_session(sqlite_engine).begin() as session:
        make_user(session, username="sari")
    result = run_netra(sqlite_settings, "demo", "--once")
    assert (result.returncode, "NETRA_HOME" in result.stderr) == (2, True), result.stderr
    with make_reading_session(sqlite_engine)() as session:
        assert session.scalars(select(User.username)).all() == ["sari"]


def test_demo_keeps_out_of_a_database_with_real_outlets(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    with make_session(sqlite_engine).begin() as session:
        make_source(session)
    result = run_netra(sqlite_settings, "demo", "--once")
    assert (result.returncode, "holds real outlets" in result.stderr) == (2, True), result.stderr
    with make_reading_session(sqlite_engine)() as session:
        assert session.scalars(select(User.username)).all() == []


def test_taken_port_is_said_before_any_work(sqlite_settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = run_netra(sqlite_settings, "demo", "--port", str(other.getsockname()[1]))
    assert (result.returncode, "is taken" in result.stderr) == (2, True)
