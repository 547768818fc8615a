"""How a turn ended: the host goes back, and the plan learns when to try again."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from crawler.schedule.claims import Claim, release
from models import CrawlRun, FetchEvent, RunState, Source, SourceSchedule, now, record_event

ACTOR = "sistem:jadwal"
RETRY_MINUTES = 5.0
"""The first pause after a failure, where nobody sets another."""
LONGEST_PAUSE = 24 * 60
"""Minutes between two tries of a source that fails."""
SETTLED = 1
"""Minutes after every success, so that no slip in the plan can make a source run round in a circle."""


class Verdict(StrEnum):
    """What the end of a run means for its next turn."""

    SOUND = "sehat"
    FAILED = "gagal"
    """Try again after a pause, twice as long with each failure in a row."""
    DIED = "mati"
    """Killed from outside: try again at once, and from the second death on as after failures."""
    STOPPED = "dihentikan"
    """By us: whatever is left is due at once."""


def record_ending(
    session: Session,
    claim: Claim,
    verdict: Verdict,
    outcome: RunState,
    reason: str,
    *,
    retry_minutes: float,
    next_at: datetime | None = None,
) -> bool:
    """Give the host back and write down how it went. False, and nothing, where the claim was no longer held."""
    if not release(session, claim):
        return False
    schedule = session.get_one(SourceSchedule, claim.source_id, populate_existing=True)
    schedule.failures = _failures(schedule.failures, verdict)
    schedule.not_before = now() + timedelta(minutes=_pause(schedule.failures, verdict, retry_minutes))
    schedule.next_at = next_at or schedule.next_at
    schedule.ended_at, schedule.outcome, schedule.reason = _end_of(schedule), outcome, reason
    session.flush()
    return True


def postpone(session: Session, claim: Claim, *, minutes: float) -> None:
    """Give the host back unread, because somebody on this machine reads the source by hand. That is no failure."""
    if release(session, claim):
        schedule = session.get_one(SourceSchedule, claim.source_id, populate_existing=True)
        schedule.ended_at, schedule.not_before = _end_of(schedule), now() + timedelta(minutes=minutes)
        session.flush()


def forget_failures(session: Session, slug: str) -> None:
    """After a sound run by hand: whoever mended a source need not wait for its pause to end."""
    mine = select(Source.id).where(Source.slug == slug).scalar_subquery()
    failing = update(SourceSchedule).where(SourceSchedule.source_id == mine, SourceSchedule.failures > 0)
    session.execute(failing.values(failures=0, not_before=None))


def last_run(session: Session, claim: Claim) -> CrawlRun | None:
    """The run that was opened under this claim; None where its process did not come so far."""
    mine = select(CrawlRun).where(CrawlRun.source_id == claim.source_id, CrawlRun.started_at >= claim.taken_at)
    return session.scalar(mine.order_by(CrawlRun.id.desc()).limit(1).execution_options(populate_existing=True))


def last_progress(session: Session, claim: Claim) -> datetime:
    """When this run last wrote that an address was asked."""
    mine = (FetchEvent.source_id == claim.source_id, FetchEvent.at >= claim.taken_at)
    return session.scalar(select(func.max(FetchEvent.at)).where(*mine)) or claim.taken_at


def close_run(session: Session, claim: Claim, run: CrawlRun | None, state: RunState, reason: str) -> None:
    """End a run in place of its process, which hung, was ended or died; the trail says why."""
    if run is not None:
        run.state, run.reason, run.finished_at = state, reason, now()
    detail = {"sumber": claim.slug, "keadaan": str(state), "sebab": reason, "pekerja": claim.worker}
    if run is None:
        record_event(session, "perayapan.diakhiri", actor=ACTOR, subject=("source", claim.source_id), detail=detail)
    else:
        record_event(session, "perayapan.diakhiri", actor=ACTOR, subject=("crawl_run", run.id), detail=detail)


def _end_of(schedule: SourceSchedule) -> datetime:
    """Never before its beginning, though the clock was put back meanwhile: a run without an end keeps its source for ever."""
    return max(now(), schedule.begun_at or now())


def _failures(before: int, verdict: Verdict) -> int:
    if verdict is Verdict.SOUND:
        return 0
    return before if verdict is Verdict.STOPPED else before + 1


def _pause(failures: int, verdict: Verdict, retry_minutes: float) -> float:
    if verdict is Verdict.STOPPED:
        return 0
    if verdict is Verdict.SOUND:
        return SETTLED
    tries = failures - 1 if verdict is Verdict.DIED else failures
    return min(retry_minutes * 2 ** min(tries - 1, 30), LONGEST_PAUSE) if tries > 0 else 0
