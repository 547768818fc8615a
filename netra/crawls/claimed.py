"""The crawls that this worker has claimed: begun, told to end, and written down when their process is over."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from crawler.catalogue import SourceFile
from crawler.schedule import Claim, Verdict, close_run, last_run, record_ending
from models import RunState, now
from models.database import make_session
from models.settings import Settings
from netra.crawls.endings import WITH_US, Ending, judge
from netra.crawls.pool import CrawlPool
from netra.crawls.state import EndedSource

logger = logging.getLogger(__name__)

ONLY_DUE = ("-a", "due=1")


@dataclass
class ClaimedCrawl:
    claim: Claim
    ending: Ending | None = None
    """Why it was told to end, once it was."""
    exit_code: int | None = None


class ClaimedCrawls:
    """A crawl leaves this list with the commit that gives its claim back, and not before: no host is forgotten."""

    def __init__(self, settings: Settings, engine: Engine, *, retry_minutes: float) -> None:
        self._pool = CrawlPool(settings)
        self._sessions = make_session(engine)
        self._retry_minutes = retry_minutes
        self.crawls: dict[str, ClaimedCrawl] = {}

    def start(self, claim: Claim) -> None:
        crawl = self.crawls[claim.slug] = ClaimedCrawl(claim)
        try:
            self._pool.start(claim.slug, ONLY_DUE)
        except OSError as error:  # No process or no log file.
            _refuse(crawl, error)

    def refuse(self, claim: Claim, error: OSError) -> None:
        """It cannot be begun: the claim goes back like that of a run that failed."""
        crawl = self.crawls[claim.slug] = ClaimedCrawl(claim)
        _refuse(crawl, error)

    def end(self, crawl: ClaimedCrawl, ending: Ending) -> None:
        """Tell it to end, once; it is killed where it does not heed us."""
        if crawl.ending is None and crawl.exit_code is None:
            logger.warning("%s: %s", crawl.claim.slug, ending.reason)
            crawl.ending = ending
            self._pool.end(crawl.claim.slug)

    def settle(self, files: Mapping[str, SourceFile]) -> list[EndedSource]:
        """Write down what ended since."""
        self._note_exits(self._pool.collect())
        ended = list[EndedSource]()
        for slug, crawl in list(self.crawls.items()):
            if crawl.exit_code is not None:
                ended.append(self._settle(crawl, crawl.exit_code, files.get(slug)))
                del self.crawls[slug]
        return ended

    def stop(self, files: Mapping[str, SourceFile]) -> list[EndedSource]:
        """End what runs, soundly where it heeds us, and give everything back."""
        for crawl in self.crawls.values():
            self.end(crawl, WITH_US)
        self._note_exits(self._pool.stop())
        return self.settle(files)

    def _note_exits(self, exits: list[tuple[str, int]]) -> None:
        for slug, code in exits:
            self.crawls[slug].exit_code = code

    def _settle(self, crawl: ClaimedCrawl, code: int, file: SourceFile | None) -> EndedSource:
        claim = crawl.claim
        with self._sessions.begin() as session:
            run = last_run(session, claim)
            ending = judge(crawl.ending, run, code, lambda: self._pool.last_line(claim.slug))
            counts = dict(run.counts) if run is not None else {}
            is_open = run is not None and run.state is RunState.RUNNING
            if self._give_back(session, claim, ending, file) and (ending.closes_run or is_open):
                close_run(session, claim, run, ending.state, ending.reason)
        seconds = max((now() - claim.taken_at).total_seconds(), 0)  # The clock may have been put back.
        return EndedSource(claim.slug, ending.state, ending.reason, counts, claim.taken_at, seconds)

    def _give_back(self, session: Session, claim: Claim, ending: Ending, file: SourceFile | None) -> bool:
        """Feeds plan their own polls; a platform is asked again after the cadence of its source, or at once where it was cut."""
        is_over = ending.verdict in (Verdict.SOUND, Verdict.FAILED)
        next_at = claim.taken_at + timedelta(minutes=file.cadence_minutes) if is_over and file and file.connector else None
        return record_ending(
            session,
            claim,
            ending.verdict,
            ending.state,
            ending.reason,
            retry_minutes=self._retry_minutes,
            next_at=next_at,
        )


def _refuse(crawl: ClaimedCrawl, error: OSError) -> None:
    crawl.ending = Ending(Verdict.FAILED, RunState.FAILED, f"tidak dapat dimulai: {error}")
    crawl.exit_code = 1
