"""Days, runs and events of a source, with as few words as a test needs."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import CrawlRun, FetchCause, FetchEvent, FetchOutcome, RunState, Source, SourceDay, SourceDayCause, now
from models.health.judgement import Health, judge
from models.health.reading import read_facts
from models.health.tally import SUMS, day_of
from tests.factories import make_source

LONG_AGO = timedelta(days=400)


def old_source(session: Session, slug: str = "a", **values: Any) -> Source:
    """One that has been read for long, and has just been read well."""
    source = make_source(session, slug=slug, created_at=now() - LONG_AGO, **values)
    ran(session, source)
    return source


def ran(
    session: Session, source: Source, state: RunState = RunState.FINISHED, *, hours_ago: float = 0, reason: str = ""
) -> CrawlRun:
    at = now() - timedelta(hours=hours_ago)
    run = CrawlRun(source_id=source.id, state=state, started_at=at, finished_at=at, reason=reason)
    session.add(run)
    session.flush()
    return run


def add_day(session: Session, source: Source, days_ago: int, *, at: datetime | None = None, **counts: Any) -> None:
    """A day on which its list was read."""
    day = day_of(at or now()) - timedelta(days=days_ago)
    given = dict.fromkeys(SUMS, 0) | {"lists": 1} | counts
    stored_at = (at or now()) - timedelta(days=days_ago) if given["stored"] else None
    session.add(SourceDay(source_id=source.id, on_day=day, last_stored_at=stored_at, **given))
    session.flush()


def add_days(session: Session, source: Source, stored: int, *, first: int = 1, last: int = 56, **counts: Any) -> None:
    for days_ago in range(first, last + 1):
        add_day(session, source, days_ago, stored=stored, **counts)


def add_events(
    session: Session,
    source: Source,
    count: int,
    outcome: FetchOutcome,
    cause: FetchCause = FetchCause.NONE,
    *,
    hours_ago: float = 1,
) -> None:
    same = {"run_id": ran(session, source).id, "source_id": source.id, "at": now() - timedelta(hours=hours_ago)}
    for number in range(count):
        session.add(FetchEvent(url=f"https://a.test/{number}", outcome=outcome, cause=cause, **same))
    session.flush()


def add_causes(session: Session, source: Source, cause: FetchCause, count: int, *, days_ago: int) -> None:
    day = day_of(now()) - timedelta(days=days_ago)
    session.add(SourceDayCause(source_id=source.id, on_day=day, cause=cause, count=count))
    session.flush()


def health_of(session: Session, slug: str = "a", *, at: datetime | None = None) -> Health:
    session.flush()
    (facts,) = read_facts(session, slug=slug, moment=at)
    return judge(facts)
