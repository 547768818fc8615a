"""kill -9 of service, schedule, scoring and workers at random moments while they work: nothing is lost or there twice."""

import random
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.settings import Settings
from netra.jobs.queueing import prepare_queue
from tests.faults.house import AS_ONE, PROCESSES, WORKERS, at_work, fill, monitors_at, wait_until_saved
from tests.faults.soundness import check_all, check_turns_come_free
from tests.netra.crawls.little_web import LittleWeb
from tests.netra.jobs.houses import list_runs

MONITORS = 4


def strike_at_random(
    settings: Settings,
    engine: Engine,
    home: Path,
    chance: random.Random,
    *,
    seconds: float,
    pages: int,
    texts: int,
    commands: Mapping[str, tuple[str, ...]] = PROCESSES,
    pause: float = 2.5,
) -> None:
    tokens = fill(engine, texts, monitors=MONITORS)
    with LittleWeb(home, {"satu": pages, "dua": pages}, slow={"satu": 0.05, "dua": 0.1}) as web:
        local = web.settings_for(settings)
        with at_work(local, commands) as house, monitors_at(house, tokens, chance) as monitors:
            wait_until_saved(monitors, 5, house)
            kills, end = 0, time.monotonic() + seconds
            while time.monotonic() < end:
                house.strike(chance.choice(tuple(commands)))
                kills += 1
                time.sleep(chance.uniform(0.2, pause))
            wait_until_saved(monitors, 5, house)
        print(f"{kills} kills, {sum(len(monitor.saved) for monitor in monitors)} answers")
        check_all(local, engine, monitors, pages=2 * pages, texts=texts)


@pytest.mark.slow
def test_twenty_seconds_of_kills(with_live_artifact: Settings, engine: Engine, tmp_path: Path, chance: random.Random) -> None:
    strike_at_random(with_live_artifact, engine, tmp_path, chance, seconds=20, pages=40, texts=600)


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_six_seconds_of_kills_of_workers(
    with_live_artifact: Settings, engine: Engine, tmp_path: Path, chance: random.Random
) -> None:
    prepare_queue(engine)
    strike_at_random(with_live_artifact, engine, tmp_path, chance, commands=WORKERS, seconds=6, pages=10, texts=300, pause=1.5)
    check_turns_come_free(engine)
    assert list_runs(engine, "crawl:satu")


@pytest.mark.long
def test_five_minutes_of_kills(with_live_artifact: Settings, engine: Engine, tmp_path: Path, chance: random.Random) -> None:
    strike_at_random(with_live_artifact, engine, tmp_path, chance, seconds=300, pages=1_500, texts=20_000)


@pytest.mark.long
def test_two_minutes_of_kills_of_a_house_of_one_command(
    with_live_artifact: Settings, engine: Engine, tmp_path: Path, chance: random.Random
) -> None:
    more = {"seconds": 120, "pages": 200, "texts": 3_000}
    strike_at_random(with_live_artifact, engine, tmp_path, chance, commands=AS_ONE, pause=20, **more)


@pytest.mark.long
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_three_minutes_of_kills_of_workers(
    with_live_artifact: Settings, engine: Engine, tmp_path: Path, chance: random.Random
) -> None:
    prepare_queue(engine)
    more = {"seconds": 180, "pages": 100, "texts": 1_500}
    strike_at_random(with_live_artifact, engine, tmp_path, chance, commands=WORKERS, pause=20, **more)
    check_turns_come_free(engine)
    assert list_runs(engine, "crawl:satu")
