"""Runs crawls, each as its own process: Scrapy's reactor starts once a process, and one bad source harms no other."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from crawler.catalogue import disable_missing, read_source_files, sync_sources
from crawler.finding.ranges import Days
from crawler.finding.steps import Reach, measure_reach
from crawler.schedule import forget_failures, host_of
from models import CrawlRun, FetchOutcome, FrontierState, FrontierUrl, RunState, Source
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.crawls.pool import CrawlPool, environment
from netra.crawls.process import CrawlProcess

__all__ = ["CrawlOutcome", "CrawlProcesses", "CrawlProgress", "crawl_sources", "environment", "sync_catalogue"]

AT_ONCE = 4
"""Crawl processes side by side; each waits for its outlet most of the time."""

POLL_SECONDS = 0.3
COUNT_SECONDS, COUNT_REST = 2.0, 50
"""What waits is counted every two seconds, and so seldom that counting takes a fiftieth of the time."""


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
    """A queue of sources that are crawled now, whatever the plan says, and the pool that works it."""

    def __init__(self, settings: Settings, slugs: Sequence[str], *, history: Days | None = None) -> None:
        self.pool = CrawlPool(settings)
        self.arguments = [] if history is None else ["-a", f"since={history.since}", "-a", f"until={history.until}"]
        self.waiting = list(slugs)
        self.hosts = {slug: host_of(file) for slug, file in read_source_files(settings.sources_dir).items()}
        self.exit_codes: dict[str, int] = {}

    @property
    def running(self) -> dict[str, CrawlProcess]:
        return self.pool.running

    def step(self) -> bool:
        """Collect what ended, start what may start; False when everything is over."""
        self.exit_codes.update(self.pool.collect())
        while len(self.running) < AT_ONCE and (slug := self._next()):
            self.waiting.remove(slug)
            self.pool.start(slug, self.arguments)
        return bool(self.running)

    def stop(self) -> None:
        """Ask what runs to end soundly, and wait for it."""
        self.exit_codes.update(self.pool.stop())

    def _next(self) -> str | None:
        """The first that waits whose host nobody reads now: sections of one site take turns."""
        read_now = {self.hosts.get(slug) for slug in self.running}
        return next((slug for slug in self.waiting if self.hosts.get(slug, slug) not in read_now), None)


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
    on_progress(meter.measure(exactly=True))
    outcomes = [_outcome(engine, processes, slug, history) for slug in slugs]
    with make_session(engine).begin() as session:
        for outcome in outcomes:
            if outcome.is_sound:
                forget_failures(session, outcome.slug)
    return outcomes


def sync_catalogue(settings: Settings, engine: Engine) -> None:
    """Bring the rows of sources to what their files say; those without a file are disabled."""
    files = read_source_files(settings.sources_dir)
    with make_session(engine).begin() as session:
        sync_sources(session, files.values())
        disable_missing(session, files)


class Meter:
    """Reads from the database how far a crawl is. It is asked often, so what is dear to count is counted seldom."""

    def __init__(self, engine: Engine, slugs: Sequence[str], history: Days | None) -> None:
        self._sessions = make_reading_session(engine)
        self._history = history
        self._counted = CrawlProgress(0, 0)
        self._count_at = 0.0
        with self._sessions() as session:
            self._source_ids = list(session.scalars(select(Source.id).where(Source.slug.in_(slugs))))
            self._last_run = session.scalar(select(func.max(CrawlRun.id))) or 0

    def measure(self, *, exactly: bool = False) -> CrawlProgress:
        """Pages that the runs since then have seen, and all that are known, as they were when last counted."""
        with self._sessions() as session:
            done = self._count_done(session)
            if exactly or time.monotonic() >= self._count_at:
                started = time.monotonic()
                self._counted = self._count_all(session, done)
                self._count_at = time.monotonic() + COUNT_SECONDS + COUNT_REST * (time.monotonic() - started)
        return CrawlProgress(done, max(done, self._counted.known), self._counted.lists)

    def _count_done(self, session: Session) -> int:
        mine = (CrawlRun.id > self._last_run, CrawlRun.source_id.in_(self._source_ids))
        counts = session.scalars(select(CrawlRun.counts).where(*mine))
        return sum(pages for run in counts for name, pages in run.items() if name != FetchOutcome.LISTED)

    def _count_all(self, session: Session, done: int) -> CrawlProgress:
        is_waiting = (FrontierUrl.source_id.in_(self._source_ids), FrontierUrl.state == FrontierState.WAITING)
        waiting = session.scalar(select(func.count()).select_from(FrontierUrl).where(*is_waiting)) or 0
        lists = measure_reach(session, self._source_ids, self._history) if self._history else None
        return CrawlProgress(done, done + waiting, lists)


def _outcome(engine: Engine, processes: CrawlProcesses, slug: str, history: Days | None) -> CrawlOutcome:
    query = select(CrawlRun).join(Source, Source.id == CrawlRun.source_id).where(Source.slug == slug)
    with make_reading_session(engine)() as session:
        run = session.scalars(query.order_by(CrawlRun.id.desc()).limit(1)).first()
        reach = measure_reach(session, [run.source_id], history) if run and history else None
    if processes.exit_codes.get(slug) != 0 or run is None:
        return CrawlOutcome(slug, False, processes.pool.last_line(slug), {}, reach)
    return CrawlOutcome(slug, run.state is RunState.FINISHED, run.reason, run.counts, reach)
