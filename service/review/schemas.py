"""What a person says about a flag."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from models import Answer, NoViolationReason, Outcome

LONGEST_NOTE = 5000


class Judgement(BaseModel):
    """Three questions and one outcome. Signs of a violation need all three answers, fitting ones, and the act."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    content_partisan: Answer | None = None
    person_asn: Answer | None = None
    attribution_verified: Answer | None = None
    act: str | None = Field(None, max_length=40)
    no_violation_reason: NoViolationReason | None = None
    note: str = Field("", max_length=LONGEST_NOTE)

    @field_validator("content_partisan", "person_asn", "attribution_verified", "act", "no_violation_reason", mode="before")
    @classmethod
    def empty_is_none(cls, value: object) -> object:
        """A form sends an empty field where nothing was chosen."""
        return None if value == "" else value

    @field_validator("note")
    @classmethod
    def hold_no_null(cls, note: str) -> str:
        """PostgreSQL keeps no NUL in a text."""
        return note.replace("\0", "")

    @model_validator(mode="after")
    def fit_the_outcome(self) -> Self:
        if self.outcome is Outcome.WITHDRAWN:
            raise ValueError("hasil")
        if self.outcome is Outcome.NO_VIOLATION and self.no_violation_reason is None:
            raise ValueError("alasan")
        if self.outcome is not Outcome.INDICATION:
            return self.model_copy(update={"act": None}) if self.act else self
        if None in (self.content_partisan, self.person_asn, self.attribution_verified):
            raise ValueError("tiga_pertanyaan")
        if self.content_partisan is not Answer.YES or self.person_asn is Answer.NO:
            raise ValueError("bertentangan")
        if self.act is None:
            raise ValueError("perbuatan")
        return self
