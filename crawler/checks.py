"""After the runs: did a source keep its promise? In words, from the rows alone."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import CrawlRun, Feed, Item, RunState, Source, now

FAILED_POLLS = 3
LATE_FACTOR = 3


class HealthState(StrEnum):
    HEALTHY = "sehat"
    RUNNING = "berjalan"
    NEVER_RUN = "belum_pernah"
    LATE = "terlambat"
    FAILING = "gagal"
    SILENT = "sunyi"
    DISABLED = "dimatikan"


@dataclass(frozen=True)
class Health:
    state: HealthState
    message: str


def check_source(session: Session, source: Source) -> Health:
    """The first thing that is wrong with a source; what is worst comes first."""
    if not source.is_enabled:
        return Health(HealthState.DISABLED, "sumber dimatikan")
    last = session.scalar(select(CrawlRun).where(CrawlRun.source_id == source.id).order_by(CrawlRun.id.desc()).limit(1))
    if last is None:
        return Health(HealthState.NEVER_RUN, "belum pernah dirayapi")
    if last.state is RunState.RUNNING:
        return Health(HealthState.RUNNING, f"sedang dirayapi sejak {last.started_at:%Y-%m-%d %H:%M} UTC")
    if last.state in (RunState.FAILED, RunState.INTERRUPTED):
        return Health(HealthState.FAILING, f"perayapan terakhir {last.state}: {last.reason}")
    return _failing_feed(session, source) or _late(source, last) or _too_few(session, source) or _healthy(session, source)


def _failing_feed(session: Session, source: Source) -> Health | None:
    query = select(Feed).where(Feed.source_id == source.id, Feed.is_enabled, Feed.failures >= FAILED_POLLS).limit(1)
    feed = session.scalar(query)
    return Health(HealthState.FAILING, f"kanal {feed.url} gagal {feed.failures} kali berturut-turut") if feed else None


def _late(source: Source, last: CrawlRun) -> Health | None:
    age = now() - last.started_at
    if age <= timedelta(minutes=source.cadence_minutes * LATE_FACTOR):
        return None
    hours = age.total_seconds() / 3600
    return Health(HealthState.LATE, f"terakhir dirayapi {hours:.0f} jam lalu, padahal tiap {source.cadence_minutes} menit")


def _too_few(session: Session, source: Source) -> Health | None:
    """Fewer new items than promised in the last full day; a source younger than a day is not judged."""
    if not source.expected_min_per_day or now() - source.created_at < timedelta(days=1):
        return None
    count = _stored_since(session, source, hours=24)
    if count >= source.expected_min_per_day:
        return None
    newest = session.scalar(select(func.max(Item.first_seen_at)).where(Item.source_id == source.id))
    since = f"; sunyi sejak {newest:%Y-%m-%d %H:%M} UTC" if newest and count == 0 else ""
    return Health(HealthState.SILENT, f"{count} konten baru dalam 24 jam, diharapkan {source.expected_min_per_day}{since}")


def _healthy(session: Session, source: Source) -> Health:
    return Health(HealthState.HEALTHY, f"{_stored_since(session, source, hours=24)} konten baru dalam 24 jam")


def _stored_since(session: Session, source: Source, *, hours: int) -> int:
    since = now() - timedelta(hours=hours)
    return session.scalar(select(func.count()).where(Item.source_id == source.id, Item.first_seen_at >= since)) or 0
