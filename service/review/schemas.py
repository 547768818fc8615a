"""What a person says about a flag."""

import re
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, field_validator, model_validator

from models import Answer, NoViolationReason, Outcome

LONGEST_NOTE = 5000
MOST_MARKS = 20

_MARK = re.compile("([0-9]{1,9})-([0-9]{1,9})")


class Mark(BaseModel):
    """A span of the stored text that shows the act, in characters and half open."""

    model_config = ConfigDict(extra="forbid")

    start: StrictInt = Field(ge=0)
    end: StrictInt = Field(ge=1)

    @model_validator(mode="after")
    def hold_something(self) -> Self:
        if self.start >= self.end:
            raise ValueError("bukti")
        return self


def read_mark(value: str) -> dict[str, int] | str:
    """A mark as our form sends it, `12-87`. Anything else stays as it is, and is refused with the rest."""
    found = _MARK.fullmatch(value)
    return {"start": int(found[1]), "end": int(found[2])} if found else value


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
    evidence: list[Mark] = Field(
        default_factory=list[Mark],
        max_length=MOST_MARKS,
        description="Sentences that show the act. Kept only where the content is called partisan.",
    )

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
    def show_only_partisan_content(self) -> Self:
        """The form comes with the machine's reasons checked: they are a person's marks once that person sees an act there."""
        is_shown = not self.evidence or self.content_partisan is Answer.YES
        return self if is_shown else self.model_copy(update={"evidence": []})

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
