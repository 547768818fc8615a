"""What a decision on a flag rests on: its text with the reasons, its law, and what was said of it before.

Machines are told just this; a page shows more beside it.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import Artifact, Flag, FlagState, GoldenReading
from service.accounts.actor import Actor
from service.errors import NotFound
from service.items import repository
from service.items.highlight import Reason, Span, list_reasons, read_spans
from service.items.service import clean_for
from service.readings import golden
from service.review import repository as review
from service.review.law import LawOfDay, law_of
from service.review.repository import AssessmentRow, QueueRow


@dataclass(frozen=True)
class Basis:
    row: QueueRow
    law: LawOfDay
    text: str
    """As it may be shown."""
    spans: list[Span]
    reasons: list[Reason]
    artifact: Artifact | None
    assessments: list[AssessmentRow]
    """Empty while they are hidden."""
    reading: GoldenReading | None
    """What this person reads as if nobody had read it yet."""
    hides_first: bool
    """The first reading is kept from whoever may become the second reader."""


def read_basis(session: Session, actor: Actor, flag_id: int) -> Basis:
    row = review.get_row(session, actor, flag_id)
    if row is None:
        raise NotFound
    reading = golden.find_open(session, actor, flag_id)
    row = golden.blind(row, reading) if reading else row
    text = clean_for(row.item.kind, row.version.method)(row.version.text)
    spans = read_spans(row.prediction.evidence if row.prediction else [], len(text))
    hides_first = _hides_first(row.flag, actor)
    return Basis(
        row=row,
        law=law_of(session, row.flag, row.item, row.version),
        text=text,
        spans=spans,
        reasons=list_reasons(text, spans),
        artifact=repository.get_artifact(session, row.prediction),
        assessments=[] if hides_first or reading else review.list_assessments(session, flag_id),
        reading=reading,
        hides_first=hides_first,
    )


def _hides_first(flag: Flag, actor: Actor) -> bool:
    lies_still = flag.state is FlagState.RESTRICTED and flag.first_assessor_id is not None
    return (flag.state is FlagState.SECOND or lies_still) and flag.first_assessor_id != actor.id and actor.assesses
