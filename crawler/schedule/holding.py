"""A host held for work that is no turn of the plan, as strictly as crawls hold it: on this machine and on all others."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from crawler.catalogue import SourceFile
from crawler.errors import SourceBusy
from crawler.runs.lock import hold_source
from crawler.schedule.claims import Claim, claim_host, release, renew_claims
from crawler.schedule.deaths import give_back_dead
from crawler.schedule.endings import RETRY_MINUTES
from crawler.schedule.plan import host_of, plan_sources
from crawler.schedule.workers import is_gone, name_worker
from models import Source


class HeldHost:
    """Nobody else asks it while its claim is renewed often enough: at least once within a lease."""

    def __init__(self, sessions: sessionmaker[Session], claim: Claim) -> None:
        self._sessions, self._claim = sessions, claim

    def renew(self) -> None:
        """A sign of life; raises SourceBusy where the host was given to somebody else meanwhile."""
        with self._sessions.begin() as session:
            mine = renew_claims(session, self._claim.worker, [self._claim.source_id])
        if self._claim.source_id not in mine:
            raise SourceBusy(f"{self._claim.host} was given to another worker, because no sign of life came from here")


@contextmanager
def hold_host(sessions: sessionmaker[Session], home: Path, file: SourceFile) -> Iterator[HeldHost]:
    """Hold the host of a source of the database until the block ends. Raises SourceBusy where somebody else reads it."""
    host = host_of(file)
    with sessions.begin() as session:
        plan_sources(session, [file])
        # Where no schedule runs, nobody else would ever free what a killed round held.
        give_back_dead(session, partial(is_gone, home), retry_minutes=RETRY_MINUTES)
        source = session.scalars(select(Source).where(Source.slug == file.slug)).one()
        claim = claim_host(session, name_worker(), source, host)
    if claim is None:
        raise SourceBusy(f"{host} is being read by another worker; wait for it or stop it")
    try:
        with hold_source(home, file.slug, host):
            yield HeldHost(sessions, claim)
    finally:
        with sessions.begin() as session:
            release(session, claim)
