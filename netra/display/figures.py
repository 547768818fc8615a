"""What the database says of crawls under way, by queries whose cost does not grow with what is stored or was done before."""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Engine, func, literal, or_, select
from sqlalchemy.orm import Session

from models import CrawlRun, FetchEvent, FetchOutcome, FrontierState, FrontierUrl, RunState, Source, now
from models.database import make_reading_session

SHOWN_PROBLEMS = 4
LONGEST_PATH = 60
COUNT_SECONDS = 2.0
"""How often pages that wait are counted: of all the questions the only one whose answer may be large."""
MOST_WAITING = 100_000
RATE_SECONDS = 60.0
"""The rate of the whole is that of the last minute."""
TROUBLES = (FetchOutcome.FAILED, FetchOutcome.BLOCKED)
PAGES = tuple(outcome for outcome in FetchOutcome if outcome is not FetchOutcome.LISTED)


@dataclass(frozen=True)
class RunFigures:
    """One crawl of one source."""

    id: int
    slug: str
    name: str
    host: str
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    reason: str
    counts: Mapping[str, int]
    waiting: int = 0

    @property
    def seconds(self) -> float:
        return max(((self.finished_at or now()) - self.started_at).total_seconds(), 0.0)

    @property
    def pages(self) -> int:
        return sum(self.counts.get(outcome, 0) for outcome in PAGES)

    @property
    def pages_a_minute(self) -> float:
        return 60 * self.pages / max(self.seconds, 1.0)


@dataclass(frozen=True)
class Problem:
    slug: str
    words: str


@dataclass
class Figures:
    """All that a board shows."""

    running: list[RunFigures] = field(default_factory=list[RunFigures])
    ended: list[RunFigures] = field(default_factory=list[RunFigures])
    """Since the last reading."""
    problems: list[Problem] = field(default_factory=list[Problem])
    """The last few, the newest last."""
    waiting_slugs: list[str] = field(default_factory=list[str])
    """Sources that were not begun, in their order."""
    sources: int = 0
    sources_begun: int = 0
    runs_ended: int = 0
    pages_ended: int = 0
    """Of runs that ended."""
    seconds: float = 0.0
    pages_a_minute: float = 0.0

    @property
    def sources_done(self) -> int:
        return self.sources_begun - len(self.running)

    @property
    def pages(self) -> int:
        return self.pages_ended + sum(run.pages for run in self.running)

    @property
    def pages_waiting(self) -> int:
        return sum(run.waiting for run in self.running)


class FiguresReader:
    """Remembers what it has seen, and asks only for runs and events that came after."""

    def __init__(self, engine: Engine, slugs: Sequence[str]) -> None:
        self._sessions = make_reading_session(engine)
        self._began = time.monotonic()
        self._counted_at = -COUNT_SECONDS
        self._waiting: dict[int, int] = {}
        self._running: dict[int, RunFigures] = {}
        self._begun = set[str]()
        self._recent = deque[tuple[float, int]]()
        with self._sessions() as session:
            query = select(Source.id, Source.slug, Source.name, Source.home_url).where(Source.slug.in_(slugs))
            self._sources = {
                row.id: (row.slug, row.name, urlsplit(row.home_url).hostname or "") for row in session.execute(query)
            }
            self._last_run = session.scalar(select(func.max(CrawlRun.id))) or 0
            self._last_event = session.scalar(select(func.max(FetchEvent.id))) or 0
        known = {slug for slug, _, _ in self._sources.values()}
        self._slugs = [slug for slug in dict.fromkeys(slugs) if slug in known]
        self._figures = Figures(sources=len(self._slugs))

    def read(self) -> Figures:
        figures = self._figures
        with self._sessions() as session:
            runs = self._read_runs(session)
            found = self._read_problems(session, [run.id for run in runs])
        figures.problems = [*figures.problems, *found][-SHOWN_PROBLEMS:]
        figures.running = sorted((run for run in runs if run.finished_at is None), key=lambda run: run.id)
        figures.ended = [run for run in runs if run.finished_at is not None]
        figures.runs_ended += len(figures.ended)
        figures.pages_ended += sum(run.pages for run in figures.ended)
        self._running = {run.id: run for run in figures.running}
        self._begun.update(run.slug for run in runs)
        figures.waiting_slugs = [slug for slug in self._slugs if slug not in self._begun]
        figures.sources_begun = len(self._begun)
        figures.seconds = time.monotonic() - self._began
        figures.pages_a_minute = self._rate(figures.seconds, figures.pages)
        return figures

    def _rate(self, seconds: float, pages: int) -> float:
        self._recent.append((seconds, pages))
        while len(self._recent) > 2 and self._recent[1][0] < seconds - RATE_SECONDS:
            self._recent.popleft()
        began, before = self._recent[0] if len(self._recent) > 1 else (0.0, 0)
        return 60 * (pages - before) / max(seconds - began, 1.0)

    def _read_runs(self, session: Session) -> list[RunFigures]:
        """Runs that came since the last reading, and those that were running then."""
        query = select(CrawlRun).where(or_(CrawlRun.id > self._last_run, CrawlRun.id.in_(self._running)))
        rows = session.scalars(query.order_by(CrawlRun.id)).all()
        self._last_run = max([self._last_run, *(run.id for run in rows)])
        mine = [run for run in rows if run.source_id in self._sources]
        waiting = self._count_waiting(session, [run.source_id for run in mine if run.finished_at is None])
        return [_figures_of(run, self._sources[run.source_id], waiting.get(run.source_id, 0)) for run in mine]

    def _count_waiting(self, session: Session, source_ids: Sequence[int]) -> dict[int, int]:
        if time.monotonic() - self._counted_at >= COUNT_SECONDS:
            self._counted_at = time.monotonic()
            word = literal(FrontierState.WAITING, FrontierUrl.state.type, literal_execute=True)
            mine = select(FrontierUrl.source_id).where(FrontierUrl.state == word, FrontierUrl.source_id.in_(source_ids))
            some = mine.limit(MOST_WAITING).subquery()
            counted = select(some.c.source_id, func.count()).group_by(some.c.source_id)
            self._waiting = dict(session.execute(counted).all())
        return self._waiting

    def _read_problems(self, session: Session, run_ids: Sequence[int]) -> list[Problem]:
        newest = session.scalar(select(func.max(FetchEvent.id))) or 0
        query = (
            select(FetchEvent.source_id, FetchEvent.reason, FetchEvent.outcome, FetchEvent.url)
            .where(FetchEvent.id > self._last_event, FetchEvent.id <= newest)
            .where(FetchEvent.run_id.in_(run_ids), FetchEvent.outcome.in_(TROUBLES))
            .order_by(FetchEvent.id.desc())
            .limit(SHOWN_PROBLEMS)
        )
        self._last_event = newest
        found = reversed(session.execute(query).all())
        return [
            Problem(self._sources[source_id][0], f"{reason or outcome} ({urlsplit(url).path[:LONGEST_PATH] or '/'})")
            for source_id, reason, outcome, url in found
        ]


def _figures_of(run: CrawlRun, names: tuple[str, str, str], waiting: int) -> RunFigures:
    counts = {word: count for word, count in run.counts.items() if isinstance(count, int)}
    left = 0 if run.finished_at else waiting
    return RunFigures(run.id, *names, run.state, run.started_at, run.finished_at, run.reason, counts, left)
