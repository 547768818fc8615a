"""What the API says of readings: disagreements, the last word, and how well readers agree."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from models import Outcome
from service.api.schemas import AssessmentAnswer


class Readings(BaseModel):
    """A flag on which two people disagree."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"flag_id": 12, "title": "Camat Wanasari diklarifikasi", "may_resolve": True, "readings": []}]
        }
    )

    flag_id: int
    title: str
    may_resolve: bool = Field(description="False for whoever is one of the two readers.")
    readings: list[AssessmentAnswer] = Field(description="First and second reading, as they stand.")


class DisagreementList(BaseModel):
    disagreements: list[Readings]
    next: int | None = Field(description="For the parameter `after`.", examples=[None])


class ShareAnswer(BaseModel):
    count: int = Field(examples=[8])
    total: int = Field(examples=[10])
    value: float | None = Field(examples=[0.8])
    low: float = Field(description="Wilson's interval, 95 %.", examples=[0.49])
    high: float = Field(examples=[0.94])


class AgreementAnswer(BaseModel):
    names: list[str] = Field(description="What or whom it is about.", examples=[["content_partisan"]])
    raw: ShareAnswer
    kappa: float | None = Field(description="Cohen's kappa; null where it cannot be told.", examples=[0.61])
    low: float | None = Field(examples=[0.42])
    high: float | None = Field(examples=[0.8])


class GoldenAnswer(BaseModel):
    name: str = Field(examples=["Rina"])
    right: ShareAnswer
    unsaid: int = Field(description="Answers that tell neither act nor look-alike.", examples=[1])


class QualityAnswer(BaseModel):
    since: date
    disputes: int
    resolved: int
    groups: list[AgreementAnswer] = Field(description="The outcome: all second readings, those of signs, those by lot.")
    questions: list[AgreementAnswer]
    outcomes: list[AgreementAnswer]
    pairs: list[AgreementAnswer]
    people: list[AgreementAnswer]
    golden: list[GoldenAnswer]


class NearestDecision(BaseModel):
    flag_id: int = Field(examples=[7])
    title: str = Field(examples=["Lurah diklarifikasi"])
    outcome: Outcome
    act: str | None = Field(examples=["kegiatan_berpihak"])
    shared: list[str] = Field(description="Of perbuatan, jabatan, wilayah, klaster, kata.", examples=[["perbuatan", "wilayah"]])


class NearestList(BaseModel):
    nearest: list[NearestDecision] = Field(description="At most three; empty for whoever reads blind.")


class DateDoubt(BaseModel):
    doubt: str = Field(examples=["lama_saat_terlihat"])
    earlier_on: date | None = Field(examples=["2020-11-02"])
    later_on: date = Field(examples=["2024-10-16"])
    year: int | None = Field(examples=[None])


class DateDoubts(BaseModel):
    warnings: list[DateDoubt] = Field(description="Days of the text that do not fit one another; nothing is decided by them.")
