"""The form of a judgement, as a browser sends it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form
from pydantic import ValidationError

from service.review.schemas import LONGEST_NOTE, Judgement, read_mark


@dataclass(frozen=True)
class Given:
    """What was filled in; it may still be nothing that can be written down."""

    values: dict[str, str]
    marks: list[str]
    covers: bool
    """Whether the decision is meant for the confirmed copies too."""

    def judge(self) -> Judgement:
        return Judgement.model_validate(self.values | {"evidence": [read_mark(mark) for mark in self.marks]})


def read_given(
    outcome: Annotated[str, Form(alias="hasil", max_length=40)] = "",
    content: Annotated[str, Form(alias="isi", max_length=10)] = "",
    person: Annotated[str, Form(alias="orang", max_length=10)] = "",
    attribution: Annotated[str, Form(alias="atribusi", max_length=10)] = "",
    act: Annotated[str, Form(alias="perbuatan", max_length=40)] = "",
    reason: Annotated[str, Form(alias="alasan", max_length=40)] = "",
    note: Annotated[str, Form(alias="catatan", max_length=2 * LONGEST_NOTE)] = "",
    marks: Annotated[list[str] | None, Form(alias="bukti")] = None,
    covers: Annotated[bool, Form(alias="kembaran")] = False,
) -> Given:
    values = {
        "outcome": outcome,
        "content_partisan": content,
        "person_asn": person,
        "attribution_verified": attribution,
        "act": act,
        "no_violation_reason": reason,
        "note": note.strip(),
    }
    return Given(values, marks or [], covers)


GivenForm = Annotated[Given, Depends(read_given)]


def problem_of(error: ValidationError) -> str:
    """Our own rules name their sentence; anything else is a value that no form of ours sends."""
    first = error.errors()[0]
    if first["type"] == "value_error" and "ctx" in first:
        return str(first["ctx"]["error"])
    if first["loc"] == ("outcome",):
        return "hasil"
    if first["loc"][:1] == ("evidence",):
        return "bukti"
    return "catatan" if first["loc"] == ("note",) else "nilai"
