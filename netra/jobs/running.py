"""One run of a job, whoever asks for it: the turn is taken, the work done, and what came of it written down."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from click.exceptions import Exit
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from crawler.schedule import name_worker
from models import RunState
from models.database import make_session
from models.settings import Settings
from netra.jobs.beating import Beat
from netra.jobs.job import Job, Report, Work
from netra.jobs.turns import LEASE, Turn, finish, take
from netra.stopping import Stop

logger = logging.getLogger(__name__)

LONGEST_LINE = 1_000
RETRY_SECONDS = 2.0


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    job: str
    state: RunState
    said: str
    seconds: float
    next_at: datetime | None = None

    @property
    def is_sound(self) -> bool:
        return self.state is RunState.FINISHED


def run_job(
    settings: Settings,
    engine: Engine,
    job: Job,
    stop: Stop,
    *,
    name: str = "",
    work: Work | None = None,
    only_due: bool = False,
    stays: bool = False,
) -> Outcome | None:
    """Do a job under its turn, or under the turn `name` where it has several. None where the turn is held or not due."""
    turn_name, begun = name or job.name, time.monotonic()
    with make_session(engine).begin() as session:
        turn = take(session, turn_name, name_worker(), due_within=job.every if only_due else None)
    if turn is None:
        return None
    with Beat(engine, turn, stop, longest=None if stays else job.longest) as beat:
        state, said = _do(lambda: (work or job.work)(settings, engine, beat.stop), beat, stays=stays)
    next_at = _write_down(engine, turn, state, said, every=job.every)
    return Outcome(turn_name, state, said, time.monotonic() - begun, next_at)


def _do(work: Callable[[], Report], beat: Beat, *, stays: bool) -> tuple[RunState, str]:
    try:
        report = work()
    except Exit:
        return RunState.FAILED, "it ended by itself; standard error says why"
    except Exception as error:  # Whatever a job raises is its own failure: it stands in its run, and others go on.
        logger.exception("a job failed")
        return (RunState.INTERRUPTED if beat.stop.is_asked and not beat.reason else RunState.FAILED), _words_of(error)
    if beat.reason or report.problem:
        return RunState.FAILED, "; ".join(filter(None, (beat.reason, report.problem, report.said)))[:LONGEST_LINE]
    if beat.stop.is_asked and not stays:
        return RunState.INTERRUPTED, f"stopped when asked to: {report.said}"[:LONGEST_LINE]
    return RunState.FINISHED, report.said[:LONGEST_LINE]


def _words_of(error: Exception) -> str:
    """The first line of what it says; SQL and its values are left out."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    return f"{type(error).__name__}: {said.splitlines()[0] if said else 'no reason given'}"[:LONGEST_LINE]


def _write_down(engine: Engine, turn: Turn, state: RunState, said: str, *, every: timedelta) -> datetime | None:
    """Tried again while the database is away, until the turn runs out and is anybody's: the work itself is done."""
    end = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            with make_session(engine).begin() as session:
                return finish(session, turn, state, said, every=every)
        except SQLAlchemyError as error:
            if time.monotonic() > end:
                raise
            logger.warning("%s: its end was not written, trying again: %s", turn.name, type(error).__name__)
            time.sleep(RETRY_SECONDS)
