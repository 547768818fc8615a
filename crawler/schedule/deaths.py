"""Workers that died without giving back what they held."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.schedule.claims import LEASE, Claim, release
from crawler.schedule.endings import Verdict, close_run, last_run, record_ending
from models import HostClaim, RunState, Source, SourceSchedule, now
from models.base import CLOCK_SLACK


def give_back_dead(session: Session, is_gone: Callable[[str, str], bool], *, retry_minutes: float) -> list[Claim]:
    """Free the hosts of dead workers: those whose lease ran out, and those of which `is_gone(worker, slug)` knows it.

    The run is closed too, and counts as a failure: a source that kills its worker again and again makes way for others.
    A host that was held for something else is freed, and that is all.
    """
    columns = (HostClaim.host, HostClaim.worker, HostClaim.source_id, HostClaim.taken_at, HostClaim.expires_at, Source.slug)
    query = select(*columns, SourceSchedule.begun_at).join(Source, Source.id == HostClaim.source_id)
    query = query.outerjoin(SourceSchedule, SourceSchedule.source_id == Source.id).where(HostClaim.worker.is_not(None))
    moment, freed = now(), list[Claim]()
    for row in session.execute(query).all():
        if moment < row.expires_at <= moment + LEASE + CLOCK_SLACK and not is_gone(row.worker, row.slug):
            continue
        claim = Claim(row.source_id, row.slug, row.host, row.worker, row.taken_at)
        if row.begun_at != row.taken_at:
            freed += [claim] if release(session, claim) else []
            continue
        reason = f"pekerja {row.worker} mati"
        if record_ending(session, claim, Verdict.DIED, RunState.INTERRUPTED, reason, retry_minutes=retry_minutes):
            freed.append(claim)
            run = last_run(session, claim)
            if run is not None and run.state is RunState.RUNNING:
                close_run(session, claim, run, RunState.INTERRUPTED, f"terputus: {reason}")
    return freed
