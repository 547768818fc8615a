"""What the API says. Times are UTC, enum members are the words of the tables."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from models import Answer, FlagReason, FlagState, ItemKind, NoViolationReason, Outcome
from service.items.highlight import Strength


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
    priority: float = Field(description="Between 0 and 1 as of today; orders the queue and says nothing else.")
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
    office: str | None = Field(description="Kind of office that is named near the evidence.")
    kind: ItemKind | None
    phase: str | None
    cluster_id: int | None
    severity: str | None = Field(description="Heaviest sanction of the act on the day of the text; `tidak_ada` where it is none.")
    hold_reason: str | None


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
    is_final: bool = Field(description="The word of a third person where two disagreed.")
    undoes_id: int | None
    created_at: datetime


class FlagDetail(FlagSummary):
    text: str = Field(description="As stored; handles of posts are masked.")
    published_at: datetime | None
    first_seen_at: datetime
    gone_at: datetime | None = Field(description="When the post was found gone from its platform; its copy stays.")
    reasons: list[EvidenceSpan]
    artifact: str | None
    election: str | None
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
    url: str | None = Field(description="Of a post only its platform: the rest names an account.")
    source: str
    region_code: str | None
    first_seen_at: datetime
    versions: list[VersionAnswer]
    gone_at: datetime | None = Field(description="When the post was found gone from its platform; its copy stays.")
    picture_snapshot_id: int | None = Field(description="The copy that is a picture of its page, as a browser showed it.")
    flag_ids: list[int]
    cluster_item_ids: list[int] = Field(description="The same story, first seen first.")


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
