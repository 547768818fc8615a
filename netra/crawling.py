"""Runs crawls, each as its own process: Scrapy's reactor starts once a process, and one bad source harms no other."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine, func, select

from crawler.catalogue import read_source_files, sync_sources
from crawler.finding.ranges import Days
from crawler.finding.steps import Reach, measure_reach
from models import CrawlRun, FetchOutcome, FrontierState, FrontierUrl, RunState, Source
from models.database import make_reading_session, make_session
from models.settings import Settings

AT_ONCE = 4
"""Crawl processes side by side; each waits for its outlet most of the time."""

POLL_SECONDS = 0.3


@dataclass(frozen=True)
class CrawlProgress:
    """How far this crawl is: pages, and for a back-fill its lists."""

    done: int
    known: int
    lists: Reach | None = None


@dataclass(frozen=True)
class CrawlOutcome:
    """How the crawl of one source ended."""

    slug: str
    is_sound: bool
    reason: str
    counts: dict[str, int]
    lists: Reach | None = None
    """Of a back-fill."""


class CrawlProcesses:
    """A queue of sources and the processes that work it."""

    def __init__(self, settings: Settings, slugs: Sequence[str], *, history: Days | None = None) -> None:
        self.settings = settings
        self.arguments = [] if history is None else ["-a", f"since={history.since}", "-a", f"until={history.until}"]
        self.waiting = list(slugs)
        self.hosts = {slug: file.hosts[0] for slug, file in read_source_files(settings.sources_dir).items()}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.exit_codes: dict[str, int] = {}

    def step(self) -> bool:
        """Collect what ended, start what may start; False when everything is over."""
        for slug, process in list(self.running.items()):
            if (code := process.poll()) is not None:
                self.exit_codes[slug] = code
                del self.running[slug]
        while len(self.running) < AT_ONCE and (slug := self._next()):
            self.waiting.remove(slug)
            self.running[slug] = self._start(slug)
        return bool(self.running)

    def stop(self) -> None:
        """Ask what runs to end soundly, and wait for it."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait()

    def log_path(self, slug: str) -> Path:
        return self.settings.home / "log" / f"crawl-{slug}.log"

    def _next(self) -> str | None:
        """The first that waits whose host nobody reads now: sections of one site take turns."""
        read_now = {self.hosts.get(slug) for slug in self.running}
        return next((slug for slug in self.waiting if self.hosts.get(slug, slug) not in read_now), None)

    def _start(self, slug: str) -> subprocess.Popen[bytes]:
        path = self.log_path(slug)
        path.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "scrapy", "crawl", slug, *self.arguments]
        with path.open("wb") as log:
            # Our own interpreter, and a slug that the catalogue has checked.
            return subprocess.Popen(command, env=environment(self.settings), stdout=log, stderr=subprocess.STDOUT)  # noqa: S603


def crawl_sources(
    settings: Settings,
    engine: Engine,
    slugs: Sequence[str],
    on_progress: Callable[[CrawlProgress], None],
    *,
    history: Days | None = None,
) -> list[CrawlOutcome]:
    """Crawl every source named and say how each ended. Whatever interrupts it, the processes are ended soundly first.

    With `history` the lists of those days are read instead of the news, as far as an earlier call left them.
    """
    meter = Meter(engine, slugs, history)
    processes = CrawlProcesses(settings, slugs, history=history)
    try:
        while processes.step():
            on_progress(meter.measure())
            time.sleep(POLL_SECONDS)
    finally:
        processes.stop()
    on_progress(meter.measure())
    return [_outcome(engine, processes, slug, history) for slug in slugs]


def sync_catalogue(settings: Settings, engine: Engine) -> None:
    """Bring the rows of sources to what their files say."""
    with make_session(engine).begin() as session:
        sync_sources(session, read_source_files(settings.sources_dir).values(), is_demo=settings.demo)


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a child process that works with these very settings."""
    values = {f"NETRA_{name.upper()}": _plain(value) for name, value in settings.model_dump().items()}
    values["NETRA_DATABASE_URL"] = settings.database_address
    return {**os.environ, **values, "SCRAPY_SETTINGS_MODULE": "crawler.settings"}


def _plain(value: object) -> str:
    """A secret as the child needs it; printed, it would be asterisks."""
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


class Meter:
    """Reads from the database how far a crawl is. It asks for little, because it asks often."""

    def __init__(self, engine: Engine, slugs: Sequence[str], history: Days | None) -> None:
        self._sessions = make_reading_session(engine)
        self._history = history
        with self._sessions() as session:
            self._source_ids = list(session.scalars(select(Source.id).where(Source.slug.in_(slugs))))
            self._last_run = session.scalar(select(func.max(CrawlRun.id))) or 0

    def measure(self) -> CrawlProgress:
        """Pages that the runs since then have seen, and those that wait."""
        mine = (CrawlRun.id > self._last_run, CrawlRun.source_id.in_(self._source_ids))
        is_waiting = (FrontierUrl.source_id.in_(self._source_ids), FrontierUrl.state == FrontierState.WAITING)
        with self._sessions() as session:
            counts = session.scalars(select(CrawlRun.counts).where(*mine))
            done = sum(pages for run in counts for name, pages in run.items() if name != FetchOutcome.LISTED)
            waiting = session.scalar(select(func.count()).select_from(FrontierUrl).where(*is_waiting)) or 0
            lists = measure_reach(session, self._source_ids, self._history) if self._history else None
        return CrawlProgress(done, done + waiting, lists)


def _outcome(engine: Engine, processes: CrawlProcesses, slug: str, history: Days | None) -> CrawlOutcome:
    query = select(CrawlRun).join(Source, Source.id == CrawlRun.source_id).where(Source.slug == slug)
    with make_reading_session(engine)() as session:
        run = session.scalars(query.order_by(CrawlRun.id.desc()).limit(1)).first()
        reach = measure_reach(session, [run.source_id], history) if run and history else None
    if processes.exit_codes.get(slug) != 0 or run is None:
        return CrawlOutcome(slug, False, _last_line(processes.log_path(slug)), {}, reach)
    return CrawlOutcome(slug, run.state is RunState.FINISHED, run.reason, run.counts, reach)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f"{lines[-1] if lines else 'it said nothing'} (all of it: {log})"
