"""The loop of `netra schedule`: claims what is due, has it crawled, ends what hangs, and says what became of it.

What it knows stands in the database. It may be killed at any line: the next one finds the claims of the dead, and goes on.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from crawler.errors import SourceFileError
from crawler.schedule import LEASE, claim_next, give_back_dead, is_free, is_gone, name_worker, postpone, renew_claims
from models import now
from models.database import make_reading_session, make_session
from models.health.watching import watch_sources
from models.settings import Settings
from netra.crawls.catalogue import WatchedCatalogue
from netra.crawls.claimed import ClaimedCrawls
from netra.crawls.endings import DISABLED, LEASE_RAN_OUT, Limits, find_hang
from netra.crawls.state import EndedSource, SchedulerState, read_state
from netra.stopping import Stop

logger = logging.getLogger(__name__)

STEP_SECONDS = 0.25
CLAIM_SECONDS = 1.0
WATCH_SECONDS = 2.0
"""Between two looks for runs that hang and for changed files, and between two pictures of the state."""
BEAT_SECONDS = LEASE.total_seconds() / 8
ALARM_SECONDS = 300.0
"""Between two looks for sources that fell silent, broke or mended."""
BY_HAND_MINUTES = 1.0
"""After which a source is tried again that somebody crawls by hand."""
SHOWN = 200
"""Ended runs that are remembered."""


class Scheduler:
    """One worker of the plan; any number of them share a database."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        limits: Limits,
        *,
        names: Collection[str] = (),
        on_end: Callable[[EndedSource], None] = lambda _: None,
        on_change: Callable[[SchedulerState], None] | None = None,
        is_part: bool = False,
    ) -> None:
        """As a part it is one of several in a process that has patience with the database: alarms are others' work."""
        self.worker = name_worker()
        self.ended = deque[EndedSource](maxlen=SHOWN)
        self.failed = 0
        self.postponed = set[str]()
        """Sources that were due while somebody on this machine crawled their host by hand."""
        self._home, self._limits = settings.home, limits
        self.catalogue = WatchedCatalogue(settings, engine, names)
        self._claimed = ClaimedCrawls(settings, engine, retry_minutes=limits.retry_minutes)
        self._sessions, self._reading_sessions = make_session(engine), make_reading_session(engine)
        self._on_end, self.on_change, self._is_part = on_end, on_change, is_part
        self._due_by: datetime | None = None
        self._beaten_at = time.monotonic()
        self._done_at: dict[str, float] = {}

    def run(self, stop: Stop, *, once: bool = False) -> None:
        """Work until asked to stop; with `once` until nothing is left of what is due at this moment."""
        self.catalogue.refresh()
        self._give_back_dead()
        self._due_by = now() if once else None
        try:
            while not stop.is_asked:
                has_worked = self._step_safely(stop, once=once)
                if once and has_worked and not self._claimed.crawls:
                    break
                stop.wait(STEP_SECONDS)
        finally:
            self._tell(self._claimed.stop(self.catalogue.files))

    def read_state(self) -> SchedulerState:
        """The picture at this moment, from the database."""
        crawls = self._claimed.crawls.values()
        running = [(crawl.claim, crawl.ending.reason if crawl.ending else "") for crawl in crawls]
        with self._reading_sessions() as session:
            return read_state(session, list(self.catalogue.files), running, self.ended)

    def _step_safely(self, stop: Stop, *, once: bool) -> bool:
        """A database that is away for a while ends nothing for good; but our claims are anybody's once their lease ran out."""
        try:
            self._step()
        except (InterfaceError, OperationalError) as error:
            if once and not self._is_part:
                raise
            logger.warning("the database does not answer, trying again: %s", str(error.orig).strip())
            if time.monotonic() - self._beaten_at > LEASE.total_seconds() / 2:
                for crawl in self._claimed.crawls.values():
                    self._claimed.end(crawl, LEASE_RAN_OUT)
            stop.wait(WATCH_SECONDS)
            return False
        return True

    def _step(self) -> None:
        if self._is_time("files", WATCH_SECONDS):
            self._refresh()
        if self._is_time("beat", BEAT_SECONDS):
            self._beat()
            self._give_back_dead()
        ended = self._claimed.settle(self.catalogue.files)
        self._tell(ended)
        if self._is_time("hang", WATCH_SECONDS):
            self._end_hanging()
        if self._is_time("claim", CLAIM_SECONDS) or ended:
            self._claim_due()
        if not self._is_part and self._is_time("alarms", ALARM_SECONDS):
            self._watch()
        if self.on_change is not None and (self._is_time("state", WATCH_SECONDS) or ended):
            self.on_change(self.read_state())

    def _refresh(self) -> None:
        """Heed changed files; a folder that is away for a while leaves the plan as it was."""
        try:
            has_changed = self.catalogue.refresh()
        except (SourceFileError, OSError) as error:
            logger.warning("the source files cannot be read, going on without: %s", error)
            return
        for slug, crawl in self._claimed.crawls.items():
            if has_changed and slug not in self.catalogue.files:
                self._claimed.end(crawl, DISABLED)

    def _claim_due(self) -> None:
        while len(self._claimed.crawls) < self._limits.workers:
            with self._sessions.begin() as session:
                claim = claim_next(session, self.worker, list(self.catalogue.files), due_by=self._due_by)
                if claim is None:
                    return
                try:
                    if not is_free(self._home, claim.slug, claim.host):
                        postpone(session, claim, minutes=BY_HAND_MINUTES)
                        self.postponed.add(claim.slug)
                        continue
                except OSError as error:  # A lock file that cannot be opened keeps back nobody but its own source.
                    self._claimed.refuse(claim, error)
                    continue
            self._claimed.start(claim)

    def _end_hanging(self) -> None:
        with self._reading_sessions() as session:
            for crawl in self._claimed.crawls.values():
                if crawl.ending is None and (ending := find_hang(session, crawl.claim, self._limits)):
                    self._claimed.end(crawl, ending)

    def _watch(self) -> None:
        for change in watch_sources(self._sessions):
            word = "alarm opened" if change.is_open else "alarm closed"
            logger.warning("%s: %s: %s", change.slug, word, change.alarm.message)

    def _beat(self) -> None:
        crawls = self._claimed.crawls.values()
        with self._sessions.begin() as session:
            mine = renew_claims(session, self.worker, [crawl.claim.source_id for crawl in crawls])
        self._beaten_at = time.monotonic()
        for crawl in crawls:
            if crawl.claim.source_id not in mine:
                self._claimed.end(crawl, LEASE_RAN_OUT)

    def _give_back_dead(self) -> None:
        with self._sessions.begin() as session:
            for claim in give_back_dead(session, partial(is_gone, self._home), retry_minutes=self._limits.retry_minutes):
                logger.warning("%s: the worker %s died; given back", claim.slug, claim.worker)

    def _tell(self, ended: Sequence[EndedSource]) -> None:
        for source in ended:
            self.ended.append(source)
            self.failed += not source.is_sound
            self._on_end(source)

    def _is_time(self, what: str, seconds: float) -> bool:
        if time.monotonic() - self._done_at.get(what, -seconds) < seconds:
            return False
        self._done_at[what] = time.monotonic()
        return True
