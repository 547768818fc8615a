"""What the API says. Times are UTC, enum members are the words of the tables."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from models import Answer, FlagReason, FlagState, ItemKind, NoViolationReason, Outcome, RunState, SourceKind
from service.items.highlight import Strength
from service.sources.service import Health


class ErrorBody(BaseModel):
    code: str
    message: str


class ErrorAnswer(BaseModel):
    error: ErrorBody


class Me(BaseModel):
    id: int
    username: str
    name: str
    permissions: dict[str, list[str] | None] = Field(description="Permission → region codes; null is the nation.")


class FlagSummary(BaseModel):
    id: int
    item_id: int
    title: str
    state: FlagState
    reason: FlagReason
    priority: float
    probability: float | None
    label: str | None
    act: str | None
    source: str
    region_code: str | None
    due_on: date
    days_left: int = Field(description="Negative when the legal clock has run out.")
    holder: str | None
    held_until: datetime | None
    cluster_size: int


class FlagList(BaseModel):
    flags: list[FlagSummary]
    next: str | None = Field(description="Cursor of the next page, for the parameter `after`.")


class EvidenceSpan(BaseModel):
    text: str
    strength: Strength
    words: list[str]
    signs: list[str] = Field(description="Meanings that the classifier read there; empty for older predictions.")


class Violation(BaseModel):
    code: str
    act: str
    label: str
    level: str
    sanction: str
    legal_basis: str


class MarkedSpan(BaseModel):
    start: int
    end: int


class AssessmentAnswer(BaseModel):
    id: int
    flag_id: int
    user: str
    outcome: Outcome
    content_partisan: Answer | None
    person_asn: Answer | None
    attribution_verified: Answer | None
    act: str | None
    violation: str | None
    no_violation_reason: NoViolationReason | None
    note: str
    evidence: list[MarkedSpan] = Field(description="Spans of the stored text that the person marked as showing the act.")
    is_second: bool
    undoes_id: int | None
    created_at: datetime


class FlagDetail(FlagSummary):
    text: str = Field(description="As stored; handles of posts are masked.")
    published_at: datetime | None
    first_seen_at: datetime
    reasons: list[EvidenceSpan]
    artifact: str | None
    election: str | None
    phase: str | None
    violations: list[Violation] = Field(description="What each act would be on the day of the text.")
    assessments: list[AssessmentAnswer] = Field(description="Empty for a second reader until they have read.")
    hides_first: bool


class Lease(BaseModel):
    flag_id: int
    held_until: datetime


class Released(BaseModel):
    flag_id: int


class VersionAnswer(BaseModel):
    number: int
    title: str
    text: str
    author: str
    published_at: datetime | None
    snapshot_id: int | None
    snapshot_sha256: str | None
    created_at: datetime


class ItemAnswer(BaseModel):
    id: int
    kind: ItemKind
    url: str | None
    source: str
    region_code: str | None
    first_seen_at: datetime
    versions: list[VersionAnswer]
    flag_ids: list[int]
    cluster_item_ids: list[int] = Field(description="The same story, first seen first.")


class SourceAnswer(BaseModel):
    slug: str
    name: str
    kind: SourceKind
    rights: str
    region_code: str | None
    health: Health
    last_run_state: RunState | None
    last_run_at: datetime | None
    last_stored_at: datetime | None
    counts_24h: dict[str, int]


class SourceList(BaseModel):
    sources: list[SourceAnswer]


class EventAnswer(BaseModel):
    id: int
    at: datetime
    actor: str | None = Field(description="Null while it would tell a second reader who read first.")
    action: str
    subject_type: str
    subject_id: int | None
    detail: dict[str, Any] | None = Field(description="Null while it would tell a second reader what the first found.")
    hash: str


class EventList(BaseModel):
    events: list[EventAnswer]
    next: int | None = Field(description="For the parameter `before`.")
