"""What a job is told, and what becomes of one that does not heed it."""

import subprocess
import sys

from sqlalchemy import Engine, select

from models import JobRun, JobTurn, RunState
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.crawls.crawling import environment
from netra.jobs.turns import give_back_dead

DEAF = """
import time
from dataclasses import replace
from datetime import timedelta
from models.database import make_engine
from models.settings import Settings
from netra.jobs import beating
from netra.jobs.catalogue import CATALOGUE
from netra.jobs.running import run_job
from netra.stopping import Stop

beating.GRACE = timedelta(seconds=0.5)
settings = Settings(_env_file=None)
job = replace(CATALOGUE[0], work=lambda *_: time.sleep(600), longest=timedelta(seconds=0.2))
run_job(settings, make_engine(settings.database_address), job, Stop())
"""


def test_a_job_that_heeds_no_word_ends_its_process_and_its_turn_is_anybodys(settings: Settings, engine: Engine) -> None:
    command = [sys.executable, "-c", DEAF]
    ended = subprocess.run(command, env=environment(settings), capture_output=True, text=True, timeout=90, check=False)
    assert (ended.returncode, "crawl stopped: it took longer than 0 s" in ended.stderr) == (1, True), ended.stderr
    with make_session(engine).begin() as session:
        assert give_back_dead(session) == ["crawl"]
    with make_reading_session(engine)() as session:
        assert session.scalars(select(JobRun.state)).all() == [RunState.INTERRUPTED]
        assert session.scalars(select(JobTurn.failures)).all() == [1]
