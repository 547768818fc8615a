"""Why a crawl that the scheduler began came to its end, or has to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from crawler.schedule import RETRY_MINUTES, Claim, Verdict, last_progress
from models import CrawlRun, RunState, now


@dataclass(frozen=True)
class Limits:
    """How much a scheduler does at once, and how long it is patient."""

    workers: int = 4
    """Crawl processes side by side."""
    hang_minutes: float = 15
    longest_minutes: float = 180
    retry_minutes: float = RETRY_MINUTES
    """The first pause after a failure."""


@dataclass(frozen=True)
class Ending:
    verdict: Verdict
    state: RunState
    reason: str
    closes_run: bool = False
    """Even where the process wrote an end of its own while it was made to go."""


WITH_US = Ending(Verdict.STOPPED, RunState.INTERRUPTED, "dihentikan bersama penjadwal")
DISABLED = Ending(Verdict.STOPPED, RunState.INTERRUPTED, "dihentikan: sumber dimatikan")
LEASE_RAN_OUT = Ending(Verdict.STOPPED, RunState.INTERRUPTED, "dihentikan: klaimnya habis waktu")


def find_hang(session: Session, claim: Claim, limits: Limits) -> Ending | None:
    """Whether a run has to be ended, and in which words."""
    age = now() - claim.taken_at
    if age > timedelta(minutes=limits.longest_minutes):
        # It got on, and what is left waits for the next poll: that is no failure of the source.
        reason = f"dihentikan: berjalan lebih dari {limits.longest_minutes:g} menit"
        return Ending(Verdict.STOPPED, RunState.FAILED, reason, closes_run=True)
    patience = timedelta(minutes=limits.hang_minutes)
    if age <= patience or now() - last_progress(session, claim) <= patience:
        return None
    reason = f"dihentikan: tidak ada kemajuan selama {limits.hang_minutes:g} menit"
    return Ending(Verdict.FAILED, RunState.FAILED, reason, closes_run=True)


def judge(ending: Ending | None, run: CrawlRun | None, code: int, last_line: Callable[[], str]) -> Ending:
    """What became of a run whose process is over; `ending` is why it was told to end, if it was."""
    if ending is not None and (ending.closes_run or run is None or run.state is RunState.RUNNING):
        return ending
    if run is None:
        return Ending(Verdict.FAILED, RunState.FAILED, last_line())
    if run.state is RunState.RUNNING:
        how = f"sinyal {-code}" if code < 0 else f"kode {code}"
        return Ending(Verdict.DIED, RunState.INTERRUPTED, f"terputus: proses mati ({how})")
    verdicts = {RunState.FINISHED: Verdict.SOUND, RunState.INTERRUPTED: Verdict.STOPPED}
    return Ending(verdicts.get(run.state, Verdict.FAILED), run.state, run.reason)
