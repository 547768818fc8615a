"""Scoring as real processes: killed with -9, and two at once. Afterwards every text has one prediction, none a second flag."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from classifier.score import CLAIM
from models import Flag, ItemVersion, Prediction, now, verify_chain
from models.database import make_reading_session, make_session
from models.settings import Settings
from tests.engines import sqlite_every_day
from tests.factories import PARTISAN, make_item, make_source
from tests.processes import kill, run_netra, start_netra

TEXTS = 1_000
"""Five batches: one is scored when the kill comes, and the next ones are not."""


def fill(engine: Engine) -> None:
    with make_session(engine).begin() as session:
        source = make_source(session)
        for number in range(TEXTS):
            calm = f"Dinas perhubungan membuka rute bus baru nomor {number} untuk pelajar. Warga menyambut gembira."
            make_item(session, source=source, title="", text=f"{PARTISAN} Butir {number}." if number % 5 == 0 else calm)


def count_predictions(engine: Engine) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(Prediction)) or 0


def let_the_minute_of_claims_pass(engine: Engine) -> None:
    """What the dead one held waits no longer than it may; a live one that waits for it is in the test of two at once."""
    held = ItemVersion.scoring_until.is_not(None)
    with make_session(engine).begin() as session:
        assert session.scalars(select(ItemVersion.id).where(ItemVersion.scoring_until > now() + CLAIM)).all() == []
        session.execute(update(ItemVersion).where(held).values(scoring_until=now() - timedelta(seconds=1)))


def assert_each_text_scored_once(engine: Engine) -> None:
    with make_reading_session(engine)() as session:
        predictions = Counter(session.scalars(select(Prediction.item_version_id)))
        flags = Counter(session.scalars(select(Flag.item_id)))
        unscored = session.scalar(select(func.count()).where(ItemVersion.scored_by_id.is_(None)))
        report = verify_chain(session)
    assert (len(predictions), set(predictions.values()), unscored) == (TEXTS, {1}, 0)
    assert (len(flags), set(flags.values()), report.breaks) == (TEXTS // 5, {1}, [])


@sqlite_every_day
def test_killed_in_the_middle_and_run_again(with_live_artifact: Settings, engine: Engine) -> None:
    fill(engine)
    process = start_netra(with_live_artifact, "score")
    while count_predictions(engine) == 0 and process.poll() is None:
        time.sleep(0.01)
    kill(process)
    assert 0 < count_predictions(engine) < TEXTS
    let_the_minute_of_claims_pass(engine)
    assert run_netra(with_live_artifact, "score").returncode == 0
    assert_each_text_scored_once(engine)


@pytest.mark.slow
def test_two_processes_at_once(with_live_artifact: Settings, engine: Engine) -> None:
    fill(engine)
    processes = [start_netra(with_live_artifact, "score") for _ in range(2)]
    outputs = [process.communicate(timeout=300)[0].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert_each_text_scored_once(engine)
