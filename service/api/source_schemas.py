"""What the API says of sources. Messages and mends are Indonesian, as operators read them."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from models import FetchCause, FetchOutcome, HealthState, QuarantineState, RunState, SourceKind


class FindingAnswer(BaseModel):
    state: HealthState
    message: str
    mend: str


class AlarmAnswer(BaseModel):
    id: int
    kind: HealthState
    message: str
    opened_at: datetime
    closed_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None = Field(description="Null in lists of sources.")


class SourceAnswer(BaseModel):
    slug: str
    name: str
    kind: SourceKind
    rights: str
    region_code: str | None
    health: HealthState
    message: str
    mend: str
    findings: list[FindingAnswer] = Field(description="All that is wrong, the worst first.")
    last_run_state: RunState | None
    last_run_at: datetime | None
    last_stored_at: datetime | None
    counts_24h: dict[FetchOutcome, int]
    causes_24h: dict[FetchCause, int]
    usual_24h: float | None = Field(description="New items that 24 hours usually bring; null while its past is too short.")
    expected_min_per_day: int
    expected_max_per_day: int | None
    unchanged_share: float | None = Field(description="Part of the lists of seven days that answered 304.")
    alarms: list[AlarmAnswer] = Field(description="Open ones.")
    quarantined: int = Field(description="Pages that wait to be read again.")


class SourceList(BaseModel):
    sources: list[SourceAnswer]
    counts: dict[HealthState, int] = Field(description="Of all that fit the filter but for its state.")


class DayAnswer(BaseModel):
    on_day: date
    stored: int
    changed: int
    unchanged: int
    lists: int
    lists_unchanged: int
    refused: int
    blocked: int
    failed: int
    articles: int
    undated: int
    unsigned: int
    untitled: int
    quality: float | None = Field(description="Mean of the day's articles.")


class FeedAnswer(BaseModel):
    url: str
    kind: str
    is_enabled: bool
    failures: int
    last_polled_at: datetime | None
    last_new_at: datetime | None
    next_poll_at: datetime | None


class RunAnswer(BaseModel):
    id: int
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    reason: str
    counts: dict[str, int]


class RobotsAnswer(BaseModel):
    host: str
    sha256: str
    status: int | None
    is_readable: bool
    forbidden: list[str]
    crawl_delay: float | None
    checked_at: datetime
    changed_at: datetime


class QuarantineAnswer(BaseModel):
    id: int
    url: str
    cause: FetchCause
    reason: str
    attempts: int
    state: QuarantineState
    at: datetime
    snapshot_id: int


class SourceDetail(SourceAnswer):
    days: list[DayAnswer] = Field(description="Of the last 28 days, those in which something happened.")
    causes_28d: dict[FetchCause, int]
    feeds: list[FeedAnswer]
    runs: list[RunAnswer]
    history: list[AlarmAnswer] = Field(description="Alarms, the open ones first.")
    robots: list[RobotsAnswer]
    quarantine: list[QuarantineAnswer]
