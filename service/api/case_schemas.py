"""What the API says of cases. Names are masked in every answer but the one that opens them."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models import Answer, ExternalStatus, FlagState, Stage, SubjectStatus
from models.legal.requirements import RequirementKind
from service.cases.page import ClockState

SUMMARY = {
    "id": 7,
    "title": "Camat mengajak memilih",
    "region_code": "33.24",
    "office": "camat",
    "agency": "Kecamatan Wanasari",
    "status": "diregistrasi",
    "status_on": "2024-10-18",
    "leads": 2,
    "next_due_on": "2024-10-25",
    "expired_clocks": 0,
}


def _example(values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [values]})


class CaseSummary(BaseModel):
    id: int
    title: str
    region_code: str | None
    office: str
    agency: str
    status: ExternalStatus | None = Field(description="The newest entry of the mirror.")
    status_on: date | None
    leads: int
    next_due_on: date | None = Field(description="Last day of the running clock that ends first; null where none runs.")
    expired_clocks: int


class CaseList(BaseModel):
    model_config = _example({"cases": [SUMMARY], "next": None})

    cases: list[CaseSummary]
    next: str | None = Field(description="For the parameter `after`.")


class CaseLeadAnswer(BaseModel):
    flag_id: int
    title: str
    state: FlagState
    is_confirmed: bool = Field(description="Two different people saw signs of a violation in it.")
    snapshot_sha256: str | None


class ClockAnswer(BaseModel):
    rule: str
    starts_on: date
    due_on: date
    met_on: date | None
    days_left: int = Field(description="Negative when it ran out; it is marked and stays.")
    state: ClockState
    legal_basis: str
    confidence: str = Field(description="`2` two sources, `V` one, `X` they conflict, `?` not verified.")


class RequirementAnswerOut(BaseModel):
    key: str
    kind: RequirementKind
    answer: Answer | None
    note: str


class EntryAnswer(BaseModel):
    model_config = _example(
        {
            "id": 3,
            "case_id": 7,
            "status": "diregistrasi",
            "stage": None,
            "on_day": "2024-10-18",
            "document_number": "001/Reg/X/2024",
            "note": "",
            "corrects_id": None,
            "is_withdrawal": False,
            "created_at": "2024-10-18T04:00:00Z",
        }
    )

    id: int
    case_id: int
    status: ExternalStatus | None = Field(description="Of an entry of the mirror.")
    stage: Stage | None = Field(description="Of a follow-up.")
    on_day: date
    document_number: str
    note: str
    corrects_id: int | None
    is_withdrawal: bool
    created_at: datetime


class StepAnswer(BaseModel):
    key: str = Field(description="`penilai_kedua`, `syarat`, `teruskan`, `tunggu_ppk` and so on; the page says it in words.")
    due_on: date | None = Field(description="Last day of the clock that it is to be done within.")


class CaseDetail(CaseSummary):
    subject_name: str = Field(description="Initials.")
    subject_status: SubjectStatus
    act: str | None
    happened_on: date | None
    place: str
    description: str
    witnesses: str
    law_day: date
    violation: str | None = Field(description="Code of the kind of violation on that day.")
    merged_into_id: int | None
    completeness: dict[str, int] = Field(description="`met` of `total` requirements.")
    lead_list: list[CaseLeadAnswer]
    clocks: list[ClockAnswer]
    requirements: list[RequirementAnswerOut]
    entries: list[EntryAnswer] = Field(description="All entries of mirror and follow-up that hold, by day.")
    next_steps: list[StepAnswer] = Field(description="What is to be done next, in that order.")


class CaseDeed(BaseModel):
    model_config = _example({"case_id": 7})

    case_id: int


class MergeAnswer(BaseModel):
    model_config = _example({"id": 2, "kept_id": 7, "merged_id": 9})

    id: int
    kept_id: int
    merged_id: int


class SplitAnswer(BaseModel):
    model_config = _example({"id": 2, "kept_id": 7, "new_id": 12})

    id: int
    kept_id: int
    new_id: int


class ReferralAnswer(BaseModel):
    model_config = _example({"id": 1, "case_id": 7, "agency": "bkn", "dossier_sha256": "0" * 64})

    id: int
    case_id: int
    agency: str = Field(description="Slug of the agency that the calendar named on that day.")
    dossier_sha256: str


class NameAnswer(BaseModel):
    model_config = _example({"name": "Nama Rekaan", "number": ""})

    name: str
    number: str


class StageCount(BaseModel):
    stage: Stage
    cases: int
    share: float | None = Field(description="Of the stage before.")


class AgencyAgeAnswer(BaseModel):
    agency: str
    waiting: int
    median_days: float
    oldest_days: int
    over: int


class PublishedAnswer(BaseModel):
    as_of: date
    event: str
    publisher: str
    population: str
    reported: int | None
    recommended: int | None
    followed_up: int | None
    followed_up_share: float | None
    url: str


class FunnelAnswer(BaseModel):
    model_config = _example(
        {
            "stages": [{"stage": "dilaporkan", "cases": 40, "share": None}],
            "ended": 3,
            "limit_days": 10,
            "agencies": [{"agency": "Kecamatan Wanasari", "waiting": 2, "median_days": 12.5, "oldest_days": 20, "over": 1}],
            "published": [
                {
                    "as_of": "2020-09-30",
                    "event": "Pilkada 2020",
                    "publisher": "KASN",
                    "population": "ASN yang dilaporkan dalam Pilkada 2020",
                    "reported": 694,
                    "recommended": 492,
                    "followed_up": 256,
                    "followed_up_share": 0.5203,
                    "url": "https://contoh.test/",
                }
            ],
        }
    )

    stages: list[StageCount]
    ended: int = Field(description="Reported cases that an institution closed without a sanction.")
    limit_days: int
    agencies: list[AgencyAgeAnswer]
    published: list[PublishedAnswer] = Field(description="What institutions published; do not add the rows up.")
