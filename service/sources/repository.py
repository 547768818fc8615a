"""Questions about sources and their health."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models import CrawlRun, Feed, FetchEvent, FetchOutcome, Item, Region, Source, now

WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class SourceRow:
    source: Source
    region: Region | None
    last_run: CrawlRun | None
    last_stored_at: datetime | None
    failing_feeds: int
    counts: dict[FetchOutcome, int]
    """What came of the fetches of the last 24 hours."""


def list_sources(session: Session) -> list[SourceRow]:
    newer = aliased(CrawlRun)
    last_run_id = select(func.max(newer.id)).where(newer.source_id == Source.id).correlate(Source).scalar_subquery()
    last_item_id = select(func.max(Item.id)).where(Item.source_id == Source.id).correlate(Source).scalar_subquery()
    failing = select(func.count()).select_from(Feed).where(Feed.source_id == Source.id, Feed.failures > 0, Feed.is_enabled)
    query = (
        select(Source, Region, CrawlRun, Item.first_seen_at, failing.correlate(Source).scalar_subquery())
        .outerjoin(Region, Region.code == Source.region_code)
        .outerjoin(CrawlRun, CrawlRun.id == last_run_id)
        .outerjoin(Item, Item.id == last_item_id)
        .order_by(Source.name, Source.id)
    )
    counts = _count_fetches(session)
    rows = session.execute(query)
    return [
        SourceRow(source, region, last_run, last_stored_at, failing_feeds, counts.get(source.id, {}))
        for source, region, last_run, last_stored_at, failing_feeds in rows
    ]


def _count_fetches(session: Session) -> dict[int, dict[FetchOutcome, int]]:
    query = (
        select(FetchEvent.source_id, FetchEvent.outcome, func.count())
        .where(FetchEvent.at > now() - WINDOW)
        .group_by(FetchEvent.source_id, FetchEvent.outcome)
    )
    counts: dict[int, dict[FetchOutcome, int]] = {}
    for source_id, outcome, count in session.execute(query):
        counts.setdefault(source_id, {})[outcome] = count
    return counts
