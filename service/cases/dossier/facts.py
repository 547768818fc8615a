"""The facts of a dossier, as JSON says them. The page and the PDF are laid out from these and from nothing else."""

import hashlib
from datetime import date, datetime

from pydantic import BaseModel, Field, computed_field

from models import Answer, ExternalStatus, ItemKind, Outcome, Stage, SubjectStatus, When
from models.base import canonical_json
from models.legal.clocks import DayCount
from models.legal.requirements import RequirementKind
from service.cases.schemas import Purpose

VERSION = "netra-berkas-1"


class Reporter(BaseModel):
    """Pelapor or penemu: by role and area, never by name."""

    roles: list[str]
    region: str | None
    opened_at: datetime


class Subject(BaseModel):
    """Terlapor."""

    name: str = Field(description="Initials, unless the dossier was made with names.")
    number: str = Field(description="NIP or NIK; masked as the name is.")
    status: SubjectStatus
    office: str
    agency: str
    region: str | None
    region_code: str | None


class Event(BaseModel):
    happened_on: date | None
    known_on: date = Field(description="When the first lead was seen: the day from which the legal clocks count.")
    place: str
    description: str
    witnesses: str = Field(description="By office or initials.")
    act: str | None


class Law(BaseModel):
    """What held on the day of the act."""

    day: date
    election: str | None
    phase: str | None
    part: When | None
    rule_set: str | None
    code: str | None
    label: str | None
    level: str | None
    sanction: str | None
    legal_basis: str | None


class ClockFact(BaseModel):
    rule: str
    starts_on: date
    due_on: date
    met_on: date | None
    days: int
    count: DayCount
    legal_basis: str
    confidence: str


class RequirementFact(BaseModel):
    key: str
    kind: RequirementKind
    legal_basis: str
    answer: Answer | None
    note: str
    answered_at: datetime | None
    roles: list[str]


class Evidence(BaseModel):
    number: int
    flag_id: int
    title: str
    source: str
    kind: ItemKind
    url: str | None = Field(description="Of a post only its platform, unless names are shown.")
    published_at: datetime | None
    first_seen_at: datetime
    quotes: list[str] = Field(description="Sentences that people marked as showing the act.")
    fetched_at: datetime | None
    sha256: str | None
    byte_count: int | None
    warc_file: str | None
    warc_offset: int | None
    warc_length: int | None
    warc_sha256: str | None = Field(description="Of the records in that file, as they were written.")


class Decision(BaseModel):
    evidence_number: int
    at: datetime
    is_second: bool
    outcome: Outcome
    is_withdrawn: bool
    roles: list[str]
    code: str | None = Field(description="Of the kind of violation.")
    note: str


class StatusFact(BaseModel):
    status: ExternalStatus
    on_day: date
    document_number: str
    note: str


class FollowUpFact(BaseModel):
    stage: Stage
    on_day: date
    document_number: str
    note: str


class ReferralFact(BaseModel):
    agency: str
    legal_basis: str
    on_day: date
    document_number: str
    dossier_sha256: str
    roles: list[str]


class CorrectionFact(BaseModel):
    """What the house says now, on request of the person concerned; what was published stands unchanged."""

    noted_at: datetime
    item_id: int | None = Field(description="Null where it is about the case as a whole.")
    text: str


class CustodyEvent(BaseModel):
    evidence_number: int
    at: datetime
    action: str
    roles: list[str]
    is_whole: bool | None = Field(description="Whether the bytes matched their hash.")
    authority: str | None = Field(description="Of a time-stamp: who gave it.")


class ChronologyEntry(BaseModel):
    day: date
    what: str = Field(description="terbit, peristiwa, terlihat, perkara_dibuka, penilaian, keadaan, penerusan, tindak_lanjut")
    code: str | None = Field(description="The outcome, status or stage, where there is one.")
    detail: str


class Letter(BaseModel):
    """What a letter of referral needs; its sentences are the catalogue's."""

    addressee: str
    legal_basis: str
    day: date


class DossierContent(BaseModel):
    case_id: int
    title: str
    names_shown: bool
    reporter: Reporter
    subject: Subject
    event: Event
    law: Law
    clocks: list[ClockFact]
    requirements: list[RequirementFact]
    evidence: list[Evidence]
    decisions: list[Decision]
    statuses: list[StatusFact]
    referrals: list[ReferralFact]
    follow_ups: list[FollowUpFact]
    corrections: list[CorrectionFact] = []
    custody: list[CustodyEvent]
    chronology: list[ChronologyEntry]


class ChangedPart(BaseModel):
    section: str = Field(description="As its heading is named: terlapor, bukti, penilaian and so on.")
    before: int | None = Field(description="Entries that it had; null where it is no list.")
    now: int | None


class Since(BaseModel):
    """What is different from the dossier of this case before, a referral's among them. Nothing changed: the same hash."""

    at: datetime
    sha256: str
    changed: list[ChangedPart]


class Dossier(BaseModel):
    version: str = VERSION
    made_at: datetime
    made_by: list[str] = Field(description="Roles.")
    purpose: Purpose
    since: Since | None = Field(default=None, description="Null for the first dossier of a case.")
    letter: Letter | None = Field(description="None where nobody has the task on that day.")
    content: DossierContent

    @computed_field(description="SHA-256 of `content` as canonical JSON (sorted keys, no spaces, UTF-8).")
    @property
    def content_sha256(self) -> str:
        return hashlib.sha256(canonical_json(self.content.model_dump(mode="json")).encode()).hexdigest()
