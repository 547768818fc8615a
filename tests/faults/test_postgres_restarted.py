"""PostgreSQL crashes and comes back while all work: requests in between are refused whole, and all go on by themselves."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import Engine

from models import RunState
from models.settings import Settings
from netra.jobs.queueing import prepare_queue
from tests.faults.errands import (
    check_a_new_text_is_scored,
    check_jobs,
    count_stored,
    count_unscored,
    read_on,
    wait_until_all_is_scored,
)
from tests.faults.house import HAND, House, at_work, fill, monitors_at, wait_until_saved
from tests.faults.postgres import OwnPostgres, own_postgres
from tests.faults.soundness import check_all, check_everything_is_there
from tests.netra.crawls.little_web import LittleWeb
from tests.netra.jobs.houses import Begun, begun, list_runs, wait_for

pytestmark = pytest.mark.usefixtures("with_live_artifact")

PAGES, TEXTS, MONITORS = 40, 600, 3


@pytest.fixture
def server() -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


@pytest.fixture
def settings(server: OwnPostgres, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", database_url=server.address, _env_file=None)


def check_refusals_are_plain(house: House) -> None:
    """As long as there is no database: a page for people, a problem for machines, both with a time to come back."""
    page = httpx.get(f"{house.address}/antrean", headers={"Cookie": "netra=x"}, timeout=90)
    problem = httpx.post(f"{house.address}/api/v1/flags/take", headers={"Authorization": "Bearer x"}, timeout=90)
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in (page, problem)] == [(503, "5")] * 2
    assert "Basis data tidak menjawab" in page.text
    assert "Traceback" not in page.text
    assert (problem.headers["Content-Type"], problem.json()["code"]) == ("application/problem+json", "basis_data_diam")


def restart_while_all_work(
    server: OwnPostgres, settings: Settings, engine: Engine, home: Path, chance: random.Random, *, restarts: int
) -> None:
    tokens = fill(engine, TEXTS, monitors=MONITORS)
    with LittleWeb(home, {"satu": PAGES, "dua": PAGES}, slow={"satu": 0.05, "dua": 0.1}) as web:
        local = web.settings_for(settings)
        with at_work(local) as house, monitors_at(house, tokens, chance) as monitors:
            for _ in range(restarts):
                wait_until_saved(monitors, 5, house)
                time.sleep(chance.uniform(0, 1))
                server.stop()
                check_refusals_are_plain(house)
                time.sleep(chance.uniform(0, 3))
                server.start()
            wait_until_saved(monitors, 20, house)
            house.check_alive()
        refused = [answer for monitor in monitors for answer in monitor.refused]
        assert refused
        assert {answer.headers["Retry-After"] for answer in refused} == {"5"}
        check_all(local, engine, monitors, pages=2 * PAGES, texts=TEXTS)


@pytest.mark.slow
def test_two_restarts(server: OwnPostgres, settings: Settings, engine: Engine, tmp_path: Path, chance: random.Random) -> None:
    restart_while_all_work(server, settings, engine, tmp_path, chance, restarts=2)


@pytest.mark.long
def test_twenty_restarts(server: OwnPostgres, settings: Settings, engine: Engine, tmp_path: Path, chance: random.Random) -> None:
    restart_while_all_work(server, settings, engine, tmp_path, chance, restarts=20)


def wait_until_it_crawls_and_scores(engine: Engine, worker: Begun) -> None:
    stored, unscored = count_stored(engine), count_unscored(engine)

    def has_moved() -> bool:
        assert worker.process.poll() is None, worker.said()
        return count_stored(engine) > stored and count_unscored(engine) < unscored

    wait_for(has_moved)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [3.0, pytest.param(60.0, marks=pytest.mark.long)])
def test_a_worker_outlasts_a_crash_amid_a_crawl_and_a_batch(
    server: OwnPostgres, settings: Settings, engine: Engine, tmp_path: Path, seconds: float
) -> None:
    """A crawl that had to write meanwhile ends, and the next one reads on; batches go on, in the same process."""
    prepare_queue(engine)
    fill(engine, TEXTS, monitors=1)
    with LittleWeb(tmp_path, {"satu": PAGES}, slow={"satu": 0.3}) as web:
        local = web.settings_for(settings)
        with begun(local, *HAND) as worker:
            wait_until_it_crawls_and_scores(engine, worker)
            server.stop()
            time.sleep(seconds)
            server.start()
            wait_for(lambda: RunState.RUNNING not in list_runs(engine, "crawl:satu"))
            assert count_stored(engine) < PAGES
            read_on(engine)
            wait_for(lambda: count_stored(engine) == PAGES)
            wait_until_all_is_scored(engine)
            check_a_new_text_is_scored(engine)
            assert worker.process.poll() is None, worker.said()
        check_jobs(local, engine, pages=PAGES)
        check_everything_is_there(engine, pages=PAGES, texts=TEXTS + 1)
