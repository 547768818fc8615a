"""Runs crawls, each as its own process: Scrapy's reactor starts once a process, and one bad source harms no other."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, select

from crawler.catalogue import read_source_files, sync_sources
from models import CrawlRun, FrontierState, FrontierUrl, RunState, Source
from models.database import make_reading_session, make_session
from models.settings import Settings

AT_ONCE = 4
"""Crawl processes side by side; each waits for its outlet most of the time."""

POLL_SECONDS = 0.3


@dataclass(frozen=True)
class CrawlProgress:
    """Pages of the frontier of the sources asked for."""

    done: int
    known: int


@dataclass(frozen=True)
class CrawlOutcome:
    """How the crawl of one source ended."""

    slug: str
    is_sound: bool
    reason: str
    counts: dict[str, int]


class CrawlProcesses:
    """A queue of sources and the processes that work it."""

    def __init__(self, settings: Settings, slugs: Sequence[str]) -> None:
        self.settings = settings
        self.waiting = list(slugs)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.exit_codes: dict[str, int] = {}

    def step(self) -> bool:
        """Collect what ended, start what may start; False when everything is over."""
        for slug, process in list(self.running.items()):
            if (code := process.poll()) is not None:
                self.exit_codes[slug] = code
                del self.running[slug]
        while self.waiting and len(self.running) < AT_ONCE:
            slug = self.waiting.pop(0)
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

    def _start(self, slug: str) -> subprocess.Popen[bytes]:
        path = self.log_path(slug)
        path.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "scrapy", "crawl", slug]
        with path.open("wb") as log:
            # Our own interpreter, and a slug that the catalogue has checked.
            return subprocess.Popen(command, env=environment(self.settings), stdout=log, stderr=subprocess.STDOUT)  # noqa: S603


def crawl_sources(
    settings: Settings, engine: Engine, slugs: Sequence[str], on_progress: Callable[[CrawlProgress], None]
) -> list[CrawlOutcome]:
    """Crawl every source named and say how each ended. Whatever interrupts it, the processes are ended soundly first."""
    processes = CrawlProcesses(settings, slugs)
    try:
        while processes.step():
            on_progress(_measure(engine, slugs))
            time.sleep(POLL_SECONDS)
    finally:
        processes.stop()
    on_progress(_measure(engine, slugs))
    return [_outcome(engine, processes, slug) for slug in slugs]


def sync_catalogue(settings: Settings, engine: Engine) -> None:
    """Bring the rows of sources to what their files say."""
    with make_session(engine).begin() as session:
        sync_sources(session, read_source_files(settings.sources_dir).values(), is_demo=settings.demo)


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a child process that works with these very settings."""
    values = {f"NETRA_{name.upper()}": str(value) for name, value in settings.model_dump().items()}
    values["NETRA_DATABASE_URL"] = settings.database_address
    return {**os.environ, **values, "SCRAPY_SETTINGS_MODULE": "crawler.settings"}


def _measure(engine: Engine, slugs: Sequence[str]) -> CrawlProgress:
    query = (
        select(FrontierUrl.state, func.count().label("pages"))
        .join(Source, Source.id == FrontierUrl.source_id)
        .where(Source.slug.in_(slugs))
        .group_by(FrontierUrl.state)
    )
    with make_reading_session(engine)() as session:
        counts = {row.state: row.pages for row in session.execute(query)}
    known = sum(counts.values())
    return CrawlProgress(known - counts.get(FrontierState.WAITING, 0), known)


def _outcome(engine: Engine, processes: CrawlProcesses, slug: str) -> CrawlOutcome:
    query = select(CrawlRun).join(Source, Source.id == CrawlRun.source_id).where(Source.slug == slug)
    with make_reading_session(engine)() as session:
        run = session.scalars(query.order_by(CrawlRun.id.desc()).limit(1)).first()
    if processes.exit_codes.get(slug) != 0 or run is None:
        return CrawlOutcome(slug, False, _last_line(processes.log_path(slug)), {})
    return CrawlOutcome(slug, run.state is RunState.FINISHED, run.reason, run.counts)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f"{lines[-1] if lines else 'it said nothing'} (all of it: {log})"
