"""`netra up` and `netra worker` as real processes, and what they leave in the rows."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
from sqlalchemy import Engine, select

from models import AlertSubscription, Cadence, JobRun, RunState, now
from models.database import make_reading_session, make_session
from models.legal.deadline import local_day
from models.settings import Settings
from netra.crawls.crawling import environment
from tests.factories import make_flag, make_item, make_user
from tests.processes import NETRA

PATIENCE = 120.0
WORK = """
from models.database import make_engine
from models.settings import Settings
from netra.jobs.working import Worker
from netra.stopping import stop_on_signals

settings = Settings(_env_file=None)
with stop_on_signals() as stop:
    Worker(settings, make_engine(settings.database_address), {queues}, concurrency=2, beat={beat}).run(stop)
"""


@dataclass
class Begun:
    """A process that runs, and the file of what it says."""

    process: subprocess.Popen[bytes]
    said_in: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self.said_in.read_text(encoding="utf-8", errors="replace")

    def children(self) -> list[int]:
        return list_children(self.pid)


@contextmanager
def begun(settings: Settings, *arguments: str) -> Iterator[Begun]:
    """A command of netra that is gone with all of its children when the block ends."""
    with _process(settings, [str(NETRA), *arguments]) as process:
        yield process


@contextmanager
def worker(settings: Settings, *queues: str, beat: float = 0.5) -> Iterator[Begun]:
    """A worker whose signs of life come so often that its death is soon known."""
    with _process(settings, [sys.executable, "-c", WORK.format(queues=list(queues), beat=beat)]) as process:
        yield process


@contextmanager
def _process(settings: Settings, command: list[str]) -> Iterator[Begun]:
    settings.home.mkdir(parents=True, exist_ok=True)
    said_in = settings.home / f"said-{time.monotonic_ns()}.txt"
    with said_in.open("wb") as said:
        process = subprocess.Popen(command, env=environment(settings), stdout=said, stderr=subprocess.STDOUT)
        try:
            yield Begun(process, said_in)
        finally:
            for number in [*list_children(process.pid), process.pid]:
                _kill(number)
            process.wait()


def list_children(number: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(number).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def find_child(number: int, name: str) -> psutil.Process | None:
    """A process below this one by the name that `ps` shows; a crawl has that of its source."""
    for child in list_children(number):
        try:
            if psutil.Process(child).name() == name:
                return psutil.Process(child)
        except psutil.NoSuchProcess:
            continue
    return None


def are_gone(numbers: list[int]) -> bool:
    return not any(map(_is_alive, numbers))


def _is_alive(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)


def list_runs(engine: Engine, job: str) -> list[RunState]:
    with make_reading_session(engine)() as session:
        return list(session.scalars(select(JobRun.state).where(JobRun.job == job).order_by(JobRun.id)))


def subscribe(engine: Engine) -> None:
    """Somebody whose digest is due, and one flag whose last day is today."""
    with make_session(engine).begin() as session:
        user = make_user(session, role="koordinator")
        session.add(
            AlertSubscription(
                user_id=user.id, email="sari@contoh.test", cadence=Cadence.HOURLY, next_at=now() - timedelta(minutes=1)
            )
        )
        make_flag(session, make_item(session, region_code="33.24"), due_on=local_day(now(), "33"))


def _kill(number: int) -> None:
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return
