"""Who is at work on a database just now: what they do from here on will not be in a copy of it."""

from sqlalchemy import Engine, func, select

from models import CrawlRun, Flag, HostClaim, JobTurn, RunState, now
from models.database import make_reading_session


def list_busy(engine: Engine) -> list[str]:
    """In words, one line each; empty where nobody holds anything."""
    moment = now()
    held = select(func.count()).select_from(Flag).where(Flag.holder_id.is_not(None), Flag.held_until > moment)
    claimed = select(func.count()).select_from(HostClaim).where(HostClaim.worker.is_not(None), HostClaim.expires_at > moment)
    running = select(func.count()).select_from(CrawlRun).where(CrawlRun.state == RunState.RUNNING)
    done = select(func.count()).select_from(JobTurn).where(JobTurn.holder.is_not(None), JobTurn.expires_at > moment)
    words = {"flags are held by monitors": held, "hosts are claimed by a schedule": claimed, "crawls are running": running}
    words["jobs are done by `netra up` or a worker"] = done
    with make_reading_session(engine)() as session:
        counts = {said: session.scalar(query) or 0 for said, query in words.items()}
    return [f"{count} {said}" for said, count in counts.items() if count]
