"""A worker under Procrastinate: it fetches errands, does them by the functions of the catalogue, and plans in its turn."""

import asyncio
import logging
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from crawler.errors import SourceFileError
from models import now
from models.settings import Settings
from netra.jobs.catalogue import CATALOGUE, QUEUES
from netra.jobs.collecting import crawl
from netra.jobs.errors import JobError
from netra.jobs.planning import Errand, list_errands
from netra.jobs.queueing import open_app
from netra.jobs.rhythm import get_job
from netra.jobs.running import Outcome, run_job
from netra.stopping import Stop

if TYPE_CHECKING:
    from procrastinate import App, JobContext

logger = logging.getLogger(__name__)

PLAN_PRIORITY = 10
PRIORITIES = {"review": 5, "score": 3}
"""The next free hand takes the highest: short jobs wait for no long line of crawls."""
EVERY_20_SECONDS = "* * * * * */20"
CLOCK_SLIP = timedelta(minutes=1)
"""A clock that is put back by less delays the next plan by as much, and that is all."""
LOOK_SECONDS, POLL_SECONDS = 0.2, 2.0
HEARTBEAT_SECONDS = 5.0
SILENT_BEATS = 4
"""After so many that did not come a worker counts as dead."""
FORGOTTEN_SECONDS = 86_400.0
"""After which its row goes. One that only slept fetches on when it wakes, and without its row it could not."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
GRACE_SECONDS = 20.0
"""From the word to stop to the end of the process: whoever has not heeded it by then is given back as dead."""


def choose_queues(wanted: str) -> list[str]:
    """Names by commas; all where none is given. Raises JobError."""
    names = [name.strip() for name in wanted.split(",") if name.strip()] or list(QUEUES)
    if unknown := sorted(set(names) - set(QUEUES)):
        raise JobError(f"there is no queue {', '.join(unknown)[:80]}. Queues: {', '.join(QUEUES)}.")
    return names


class Worker:
    """Any number of them share a database. Each plans for its own queues alone: of the others it may know nothing."""

    def __init__(
        self, settings: Settings, engine: Engine, queues: Sequence[str], *, concurrency: int, beat: float = HEARTBEAT_SECONDS
    ) -> None:
        self._settings, self._engine, self._stop = settings, engine, Stop()
        self._queues, self._concurrency, self._beat = list(queues), concurrency, beat

    def run(self, stop: Stop) -> None:
        """Work until asked to stop. A database that is away is waited for."""
        self._stop = stop
        asyncio.run(self._run(stop))

    async def _run(self, stop: Stop) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(self._concurrency + 1))  # And one that plans.
        pause = FIRST_PAUSE
        while not stop.is_asked:
            work = asyncio.create_task(self._work())
            begun, clock = asyncio.get_running_loop().time(), _Clock()
            while not stop.is_asked and not work.done():
                if clock.was_put_back():
                    logger.warning("the clock was put back: what runs is told to stop, then the worker begins anew")
                    _cancel(work)
                await asyncio.wait([work], timeout=LOOK_SECONDS)
            if stop.is_asked:
                _end_by_force(GRACE_SECONDS)
                _cancel(work)
            (error,) = await asyncio.gather(work, return_exceptions=True)
            if stop.is_asked:
                return
            if work.cancelled():
                continue
            pause = FIRST_PAUSE if asyncio.get_running_loop().time() - begun > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            logger.warning("the queue of jobs does not answer, trying again in %.0f s: %s", pause, error or "it ended")
            await _sleep(pause, stop)

    async def _work(self) -> None:
        """Until it is cancelled, or the connection to the queue breaks."""
        app = open_app(self._settings.database_address, concurrency=self._concurrency)
        self._add_tasks(app)
        async with app.open_async():
            for queue in self._queues:
                await self._plan(app, queue)
            await app.run_worker_async(
                queues=[*self._queues, *map(_plan_of, self._queues)],
                concurrency=self._concurrency,
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=self._beat,
                stalled_worker_timeout=FORGOTTEN_SECONDS,
                shutdown_graceful_timeout=0,  # Where fetching broke, what runs is told to stop: until it has, nothing is fetched.
                listen_notify=False,  # It would end the worker with its connection.
                fetch_job_polling_interval=POLL_SECONDS,
            )

    def _add_tasks(self, app: "App") -> None:
        for job in CATALOGUE:
            priority = PRIORITIES.get(job.queue, 0)
            app.task(name=job.name, queue=job.queue, priority=priority, pass_context=True)(partial(self._do, job.name))

        for queue in self._queues:
            self._add_plan(app, queue)

    def _add_plan(self, app: "App", queue: str) -> None:
        """One worker of a queue plans at a time. A lock would be kept by a planner that died."""
        plan = _plan_of(queue)

        @app.periodic(cron=EVERY_20_SECONDS)
        @app.task(name=plan, queue=plan, queueing_lock=plan, priority=PLAN_PRIORITY)
        async def plan_ahead(timestamp: int) -> None:
            await self._plan(app, queue)

    async def _plan(self, app: "App", queue: str) -> None:
        await give_back_stalled(app, SILENT_BEATS * self._beat)
        try:
            errands = await asyncio.to_thread(list_errands, self._settings, self._engine, queue)
        except (SourceFileError, OSError) as error:
            logger.warning("nothing is planned in the queue %s until this is mended: %s", queue, error)
            return
        for errand in errands:
            await defer(app, errand)

    def _do(self, name: str, context: "JobContext", turn: str, source: str = "") -> str:
        """One errand, in a thread of its own. Nothing is raised for a job that failed: its turn says when it is tried again."""
        stop = Stop(lambda: self._stop.is_asked or context.should_abort())
        job = get_job(self._settings, name)
        work = partial(crawl, names=[source], workers=1) if source else job.work
        outcome = run_job(self._settings, self._engine, job, stop, name=turn, work=work, only_due=not source)
        return _say(turn, outcome)


class _Clock:
    """Procrastinate plans nothing until a clock that was put back has caught up with the last plan, unless it begins anew."""

    def __init__(self) -> None:
        self._furthest = now()

    def was_put_back(self) -> bool:
        present = now()
        is_behind = present < self._furthest - CLOCK_SLIP
        self._furthest = present if is_behind else max(present, self._furthest)
        return is_behind


def _cancel(work: "asyncio.Task[None]") -> None:
    """Once: a second time would cut short its waiting for what runs."""
    if not work.cancelling():
        work.cancel()


def _plan_of(queue: str) -> str:
    return f"plan:{queue}"


async def defer(app: "App", errand: Errand) -> bool:
    """Put it into the queue; False where it stands there already."""
    from procrastinate.exceptions import AlreadyEnqueued

    task = app.tasks[errand.job.name].configure(queueing_lock=errand.turn, lock=errand.lock or None)
    try:
        await task.defer_async(turn=errand.turn, source=errand.source)
    except AlreadyEnqueued:
        return False
    return True


async def give_back_stalled(app: "App", seconds: float) -> int:
    """Clear away what workers had in hand that show no life, so that it bars nobody: its turn brings it back."""
    from procrastinate.jobs import Status

    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
    for job in stalled:
        assert job.id is not None
        logger.warning("%s: its worker died; given back", job.task_kwargs.get("turn", job.task_name))
        await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
    return len(stalled)


def _say(turn: str, outcome: Outcome | None) -> str:
    if outcome is None:
        return "held by somebody else, or not due"
    if not outcome.is_sound:
        logger.warning("%s: %s: %s", turn, outcome.state, outcome.said)
    return outcome.said


async def _sleep(seconds: float, stop: Stop) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not stop.is_asked and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(LOOK_SECONDS)


def _end_by_force(seconds: float) -> None:
    """A thread cannot be ended from outside: after the grace the process goes, and others give back what it held."""
    timer = threading.Timer(seconds, os._exit, args=(1,))
    timer.daemon = True
    timer.start()
