"""The loop of `netra up`: one house, whose turn one process holds; it begins what must run, and begins it again."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from crawler.schedule import is_dead, name_worker
from models import JobTurn, RunState, now
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.jobs.beating import Beat
from netra.jobs.catalogue import QUEUES
from netra.jobs.children import Child, Say, end_all
from netra.jobs.job import Job
from netra.jobs.reading import find_holder
from netra.jobs.rhythm import list_jobs
from netra.jobs.turns import Turn, finish, furthest, take
from netra.stopping import Stop

logger = logging.getLogger(__name__)

HOUSE = "up"
"""The turn of the house itself, beside those of its jobs."""
STEP_SECONDS = 0.25
LOOK_SECONDS = 2.0
"""Between two looks for jobs whose time has come."""
STANDBY_SECONDS = 2.0
AT_ONCE, LONG_AT_ONCE = 2, 1
"""Jobs side by side, beside what stays: one place is never taken by what may take hours."""
LONG = timedelta(minutes=30)
HANDS = "8"
"""Of either worker of a house: twice what scoring may take, so that other jobs find one free."""
PATIENCE = timedelta(minutes=3)
"""How long a job may be overdue to end before its process is ended."""


def stand_by(engine: Engine, stop: Stop, say: Say) -> Turn | None:
    """Wait until the house is ours, saying once who holds it. None where somebody asked to stop first."""
    holder, told = name_worker(), ""
    while not stop.is_asked:
        try:
            with make_session(engine).begin() as session:
                turn = take(session, HOUSE, holder)
                other = None if turn else find_holder(session, HOUSE)
        except SQLAlchemyError as error:
            logger.warning("the database does not answer, trying again: %s", type(error).__name__)
            turn = other = None
        if turn is not None:
            return turn
        if other is not None and other.holder != told:
            told = other.holder or ""
            say(f"{told} is up on this database since {other.taken_at:%Y-%m-%d %H:%M:%S} UTC; standing by")
        stop.wait(STANDBY_SECONDS)
    return None


def hold_house(settings: Settings, engine: Engine, stop: Stop, say: Say) -> None:
    """Hold the house until asked to stop, or until its turn is lost; then end everything and give it back."""
    while (turn := stand_by(engine, stop, say)) is not None:
        with Beat(engine, turn, stop, longest=None) as beat:
            House(settings, engine, say, list_jobs(settings)).run(beat.stop)
        if beat.reason:
            say(f"netra up {beat.reason}; standing by")
        try:
            with make_session(engine).begin() as session:
                finish(session, turn, RunState.FINISHED, "stopped when asked to", every=timedelta())
        except SQLAlchemyError as error:
            logger.warning("the house was not given back, its turn runs out: %s", type(error).__name__)


def keep_service_and_workers(settings: Settings, engine: Engine, stop: Stop, say: Say) -> None:
    """Where many machines share: the review room and two workers. Nobody stands by; workers share among themselves.

    Crawls, of which any number may be due and take hours, have a worker of their own, so that nothing else waits for them.
    """
    lines = {"worker of crawls": ["crawl"], "worker": [queue for queue in QUEUES if queue != "crawl"]}
    workers = [
        Child(name, ["worker", "--queues", ",".join(queues), "--concurrency", HANDS], settings, say)
        for name, queues in lines.items()
    ]
    House(settings, engine, say, (), others=workers).run(stop)


class House:
    """What stays is begun again whenever it ends; the other jobs are begun when their turn is due."""

    def __init__(
        self, settings: Settings, engine: Engine, say: Say, jobs: Iterable[Job], *, others: Iterable[Child] = ()
    ) -> None:
        self._sessions = make_reading_session(engine)
        self._standing = [Child("serve", ["serve"], settings, say), *others]
        self._jobs, self._passing = dict[str, Job](), dict[str, Child]()
        for job in jobs:
            if job.every and (reason := job.why_off(settings)):
                say(f"{job.name} is off: {reason}")
            elif job.every and job.stay is not None:
                self._standing.append(Child(job.name, ["jobs", "run", job.name, "--stay"], settings, say))
            elif job.every:
                self._jobs[job.name] = job
                self._passing[job.name] = Child(job.name, ["jobs", "run", job.name, "--if-due"], settings, say, stays=False)

    def run(self, stop: Stop) -> None:
        looked_at = 0.0
        try:
            while not stop.is_asked:
                self._begin_again()
                if time.monotonic() - looked_at >= LOOK_SECONDS:
                    looked_at = time.monotonic()
                    self._begin_due()
                stop.wait(STEP_SECONDS)
        finally:
            end_all([*self._standing, *self._passing.values()])

    def _begin_again(self) -> None:
        for child in [*self._standing, *self._passing.values()]:
            child.collect()
        for child in self._standing:
            if child.may_start():
                child.start()

    def _begin_due(self) -> None:
        if not self._jobs:
            return
        try:
            with self._sessions() as session:
                turns = {turn.name: turn for turn in session.scalars(select(JobTurn))}
        except SQLAlchemyError as error:
            logger.warning("the database does not answer, trying again: %s", type(error).__name__)
            return
        for name, job in self._jobs.items():
            child = self._passing[name]
            if child.is_running and child.age > (job.longest + PATIENCE).total_seconds():
                child.end()
            if self._has_room(job) and child.may_start() and is_due(turns.get(name), job, now()):
                child.start()

    def _has_room(self, job: Job) -> bool:
        running = [self._jobs[name] for name, child in self._passing.items() if child.is_running]
        is_barred = job.longest > LONG and sum(other.longest > LONG for other in running) >= LONG_AT_ONCE
        return len(running) < AT_ONCE and not is_barred


def is_due(turn: JobTurn | None, job: Job, at: datetime) -> bool:
    """Whether somebody should try for it: taking it is what decides."""
    if turn is None:
        return True
    if turn.holder is not None:
        return turn.expires_at is None or turn.expires_at <= at or is_dead(turn.holder)
    return turn.due_at <= at or turn.due_at > at + furthest(job.every, turn.failures)
