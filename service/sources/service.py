"""How well each source is read, in one word that an operator acts on."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from models import FetchOutcome, RunState, now
from service.sources import repository
from service.sources.repository import WINDOW, SourceRow


class Health(StrEnum):
    OFF = "mati"
    """Switched off on purpose."""
    NEVER = "belum"
    """No run yet."""
    BROKEN = "gagal"
    """The last run failed, or a feed keeps failing."""
    SILENT = "diam"
    """It promised news and brought none for a day."""
    GOOD = "baik"


@dataclass(frozen=True)
class SourceHealth:
    row: SourceRow
    health: Health


def list_health(session: Session) -> list[SourceHealth]:
    return [SourceHealth(row, health_of(row)) for row in repository.list_sources(session)]


def health_of(row: SourceRow) -> Health:
    if not row.source.is_enabled:
        return Health.OFF
    if row.last_run is None:
        return Health.NEVER
    if row.last_run.state is RunState.FAILED or row.failing_feeds:
        return Health.BROKEN
    return Health.SILENT if _is_silent(row) else Health.GOOD


def _is_silent(row: SourceRow) -> bool:
    promised = row.source.expected_min_per_day > 0
    stored_lately = row.last_stored_at is not None and row.last_stored_at > now() - WINDOW
    return promised and not stored_lately and not row.counts.get(FetchOutcome.CHANGED)
