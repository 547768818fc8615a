"""kill -9 of service, schedule and scoring at random moments while all of them work: nothing is lost, nothing is there twice."""

import random
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.settings import Settings
from tests.faults.house import AS_ONE, PROCESSES, at_work, fill, monitors_at, wait_until_saved
from tests.faults.soundness import check_all
from tests.netra.crawls.little_web import LittleWeb

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


def test_twenty_seconds_of_kills(with_live_artifact: Settings, engine: Engine, tmp_path: Path, chance: random.Random) -> None:
    strike_at_random(with_live_artifact, engine, tmp_path, chance, seconds=20, pages=40, texts=600)


@pytest.mark.long
def test_five_minutes_of_kills(with_live_artifact: Settings, engine: Engine, tmp_path: Path, chance: random.Random) -> None:
    strike_at_random(with_live_artifact, engine, tmp_path, chance, seconds=300, pages=1_500, texts=20_000)


@pytest.mark.long
def test_two_minutes_of_kills_of_a_house_of_one_command(
    with_live_artifact: Settings, engine: Engine, tmp_path: Path, chance: random.Random
) -> None:
    more = {"seconds": 120, "pages": 200, "texts": 3_000}
    strike_at_random(with_live_artifact, engine, tmp_path, chance, commands=AS_ONE, pause=20, **more)
