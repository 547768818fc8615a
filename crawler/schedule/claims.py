"""Claims: one worker a host, whoever else runs the same plan here or on other machines."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, literal, select, update
from sqlalchemy.orm import Session

from crawler.schedule.plan import turns_of
from models import HostClaim, Source, SourceSchedule, now
from models.base import CLOCK_SLACK, UTCDateTime

LEASE = timedelta(seconds=120)
"""A claim that was not renewed for so long is given back by anybody."""


@dataclass(frozen=True)
class Claim:
    """A source whose host is this worker's alone until it gives it back."""

    source_id: int
    slug: str
    host: str
    worker: str
    taken_at: datetime


def claim_next(session: Session, worker: str, slugs: Collection[str], *, due_by: datetime | None = None) -> Claim | None:
    """Take the most overdue of these sources whose host is free, in one statement. None where there is nothing to take.

    PostgreSQL skips what another claim is taking at this moment; SQLite has one writer at a time.
    """
    moment = now()
    turns = turns_of(slugs)
    picked = (
        select(HostClaim.host, turns.c.source_id)
        .join(turns, turns.c.host == HostClaim.host)
        .join(SourceSchedule, SourceSchedule.source_id == turns.c.source_id)
        .where(HostClaim.worker.is_(None), turns.c.due_at <= (due_by or moment))
        # Asked of the row itself: it is looked at again once it is locked, and a run that ended meanwhile has set it.
        .where(
            SourceSchedule.not_before.is_(None)
            | (SourceSchedule.not_before <= moment)
            | (SourceSchedule.ended_at > moment + CLOCK_SLACK)
        )
        # A source whose file moved to another host in the middle of its run is still read under the old one.
        .where(SourceSchedule.begun_at.is_(None) | (SourceSchedule.ended_at >= SourceSchedule.begun_at))
        .order_by(turns.c.due_at, turns.c.source_id)
        .limit(1)
        .with_for_update(of=[HostClaim, SourceSchedule], skip_locked=True)
        .cte("picked")
    )
    take = (
        update(HostClaim)
        .where(HostClaim.host == picked.c.host)
        .values(worker=worker, source_id=picked.c.source_id, taken_at=moment, expires_at=moment + LEASE)
        .returning(HostClaim.host, HostClaim.source_id)
    )
    taken = session.execute(take).first()
    if taken is None:
        return None
    mine = SourceSchedule.source_id == taken.source_id
    # It is due: a later moment is of a clock that was put back, and would hold again once this turn was cut.
    next_at = case((SourceSchedule.next_at > moment, literal(moment, UTCDateTime())), else_=SourceSchedule.next_at)
    session.execute(update(SourceSchedule).where(mine).values(begun_at=moment, next_at=next_at))
    slug = session.scalar(select(Source.slug).where(Source.id == taken.source_id)) or ""
    return Claim(taken.source_id, slug, taken.host, worker, moment)


def claim_host(session: Session, worker: str, source: Source, host: str) -> Claim | None:
    """Take the host of a source for something else than its turn, which waits meanwhile; None where somebody has it."""
    moment = now()
    free = update(HostClaim).where(HostClaim.host == host, HostClaim.worker.is_(None))
    take = free.values(worker=worker, source_id=source.id, taken_at=moment, expires_at=moment + LEASE)
    if session.execute(take.returning(HostClaim.host)).first() is None:
        return None
    return Claim(source.id, source.slug, host, worker, moment)


def renew_claims(session: Session, worker: str, source_ids: Collection[int]) -> set[int]:
    """A sign of life for these. Returns the sources that are still this worker's: what was given back must not be read on."""
    mine = (HostClaim.worker == worker, HostClaim.source_id.in_(source_ids))
    renew = update(HostClaim).where(*mine).values(expires_at=now() + LEASE)
    renewed = session.scalars(renew.returning(HostClaim.source_id))
    return {source_id for source_id in renewed if source_id is not None}


def release(session: Session, claim: Claim) -> bool:
    """Give the host back; False where it was no longer this claim's to give."""
    mine = (HostClaim.host == claim.host, HostClaim.worker == claim.worker, HostClaim.taken_at == claim.taken_at)
    freed = update(HostClaim).where(*mine).values(worker=None, source_id=None, taken_at=None, expires_at=None)
    return session.execute(freed.returning(HostClaim.host)).first() is not None
