"""PostgreSQL crashes and comes back while all work: requests in between are refused whole, and all go on by themselves."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import Engine

from models.settings import Settings
from tests.faults.house import House, at_work, fill, monitors_at, wait_until_saved
from tests.faults.postgres import OwnPostgres, own_postgres
from tests.faults.soundness import check_all
from tests.netra.crawls.little_web import LittleWeb

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
