"""Sources in the plan, made with as few words as a test needs."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.catalogue import SourceFile, sync_sources
from crawler.schedule import Turn, list_turns, plan_sources
from models import CrawlRun, Feed, FrontierUrl, RunState, Source, now

HOUR = timedelta(hours=1)


def make_file(slug: str, *, host: str = "", **values: Any) -> SourceFile:
    host = host or f"{slug}.test"
    fixed: dict[str, Any] = {"name": slug, "kind": "berita", "rights": "full_text", "rights_note": "rekaan", "confidence": "A"}
    more = {"cadence_minutes": 60, "expected_min_per_day": 0, "home_url": f"https://{host}"}
    feeds = [] if "connector" in values else [{"kind": "rss", "url": f"https://{host}/{slug}"}]
    return SourceFile.model_validate({"slug": slug, **fixed, **more, "feeds": feeds, **values})


def plan(session: Session, *files: SourceFile) -> list[Source]:
    """In the database and in the plan; their feeds were never polled."""
    sources = sync_sources(session, files)
    plan_sources(session, files)
    return sources


def poll_at(session: Session, source: Source, moment: datetime) -> None:
    """As if its feeds had been polled, and wanted to be again at this moment."""
    for feed in session.scalars(select(Feed).where(Feed.source_id == source.id)):
        feed.next_poll_at = moment
    session.flush()


def add_run(session: Session, source: Source, state: RunState, *, ago: timedelta = HOUR) -> CrawlRun:
    ended = None if state is RunState.RUNNING else now() - ago + timedelta(minutes=1)
    run = CrawlRun(source_id=source.id, state=state, started_at=now() - ago, finished_at=ended, reason="uji", counts={})
    session.add(run)
    session.flush()
    return run


def add_page(session: Session, source: Source, *, ago: timedelta = HOUR) -> None:
    """One that waits in its frontier."""
    key = f"{source.id:032d}{int(ago.total_seconds()):032d}"
    session.add(FrontierUrl(source_id=source.id, url=f"https://x.test/{key}", url_key=key, discovered_at=now() - ago))
    session.flush()


def turn_of(session: Session, source: Source) -> Turn:
    (turn,) = list_turns(session, [source.slug])
    return turn
