"""Two readings of one text, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import Assessment, Outcome
from service.review.repository import AssessmentRow
from service.review.schemas import Judgement

QUESTIONS = ("content_partisan", "person_asn", "attribution_verified")
COMPARED = ("outcome", *QUESTIONS, "act", "no_violation_reason")


@dataclass(frozen=True)
class Difference:
    """One field, and what each reader said."""

    field: str
    values: tuple[str | None, ...]
    is_same: bool


@dataclass(frozen=True)
class Comparison:
    readings: tuple[AssessmentRow, ...]
    """First, second, and the last word where there was one."""
    fields: tuple[Difference, ...]
    agrees: bool
    """Of the first two."""


def disagrees(first: Assessment, second: Assessment | Judgement) -> bool:
    """Whether a third person must decide: another outcome, or signs of another act, for the act makes the law.

    Reasons and single answers may differ without changing what happens next.
    """
    if first.outcome is not second.outcome:
        return True
    return first.outcome is Outcome.INDICATION and first.act != second.act


def standing(rows: Sequence[AssessmentRow]) -> list[AssessmentRow]:
    """Readings that nobody withdrew."""
    undone = {row.assessment.undoes_id for row in rows}
    return [row for row in rows if row.assessment.id not in undone and row.assessment.outcome is not Outcome.WITHDRAWN]


def compare(rows: Sequence[AssessmentRow]) -> Comparison | None:
    """None of what only one person has read."""
    readings = standing(rows)
    if len(readings) < 2:
        return None
    first, second = readings[0].assessment, readings[1].assessment
    fields = [_compare_field(name, readings) for name in COMPARED]
    said = tuple(field for field in fields if any(field.values))
    return Comparison(tuple(readings), said, not disagrees(first, second))


def _compare_field(name: str, readings: Sequence[AssessmentRow]) -> Difference:
    values = tuple(getattr(row.assessment, name) for row in readings)
    return Difference(name, values, values[0] == values[1])
