"""Scoring as a job that comes round."""

from sqlalchemy import Engine, func, select

from models import Prediction
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.jobs.job import Report
from netra.jobs.scoring import score
from netra.stopping import Stop
from tests.factories import PARTISAN, make_item

TEXTS = 3


def test_a_round_ends_soundly_with_texts_left_for_the_next(with_live_artifact: Settings, engine: Engine) -> None:
    with make_session(engine).begin() as session:
        for number in range(TEXTS):
            make_item(session, text=f"{PARTISAN} Butir {number}.")
    assert score(with_live_artifact, engine, Stop(), seconds=0) == Report("scored 0, flagged 0")
    assert score(with_live_artifact, engine, Stop()).said.startswith(f"scored {TEXTS}, ")
    with make_reading_session(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Prediction)) == TEXTS
