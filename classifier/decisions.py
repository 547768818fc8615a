"""Decisions of people on stored texts, to texts that training reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from classifier.answers import label_of, leaves_standing, names_class, shows_act
from classifier.classes import ACTS
from classifier.corpus import CorpusText
from classifier.reading.document import Document, Kind
from classifier.reading.text import Span
from classifier.stories import Identity, identify, name_event
from models import (
    OF_ONE_DECISION,
    Assessment,
    BulkAction,
    ClusterMember,
    Flag,
    FlagState,
    Item,
    ItemVersion,
    Outcome,
    Prediction,
)

PREDICTED_SPANS = 2


@dataclass(frozen=True)
class Decision:
    """What a finished flag says of its text."""

    text: CorpusText
    """Its label is empty where it teaches nothing."""
    deed: int | None
    """The deed on copies of one story that it belongs to."""
    is_covered: bool
    """Another text was read, of which this one is a copy."""

    @property
    def teaches(self) -> bool:
        """One that covers copies teaches by the text that was read alone."""
        return bool(self.text.label) and not self.is_covered


def read_newest(session: Session) -> dict[Identity, Decision]:
    """The newest decision on each text, by time, whether it teaches anything or not."""
    newest = dict[Identity, Decision]()
    for own in _read_decisions(session):
        identity = identify(own.text.document)
        before = newest.pop(identity, None)
        newest[identity] = before if before and own.is_covered and before.deed == own.deed else own
    return newest


def to_document(version: ItemVersion, kind: str) -> Document:
    """A stored text as the classifier reads it."""
    return Document(version.text, version.title, Kind(kind), version.author_name, version.author_bio)


def read_spans(values: list[dict[str, Any]], text: str) -> tuple[Span, ...]:
    """Spans of stored JSON that lie inside of the text."""
    spans = (Span(int(value["start"]), int(value["end"])) for value in values)
    return tuple(span for span in spans if 0 <= span.start < span.end <= len(text))


def _read_decisions(session: Session) -> Iterator[Decision]:
    """The newest assessment of each finished flag that nobody withdrew, by time; the first of a deed on copies was read."""
    deeds = set[int]()
    for assessment, item, version, prediction, cluster_id, values in session.execute(_finished()):
        if leaves_standing(assessment):
            continue
        deed = assessment.bulk_id if values and OF_ONE_DECISION in values else None
        label = label_of(assessment, prediction.label if prediction else None) or ""
        text = CorpusText(
            id=f"penilaian-{assessment.id}",
            document=to_document(version, item.kind),
            label=label,
            phase="-",
            region=item.region_code,
            evidence=_find_spans(session, assessment, prediction, version) if label in ACTS else (),
            event=name_event(item.id, cluster_id),
            labelled_at=assessment.created_at,
            is_class_known=names_class(assessment, label),
        )
        yield Decision(text, deed, deed in deeds)
        if deed:
            deeds.add(deed)


def _finished() -> Select[Any, Any, Any, Any, Any, Any]:
    """Signs of a violation are finished only after the second reading."""
    later, undoing = aliased(Assessment), aliased(Assessment)
    is_newest = ~exists().where(later.flag_id == Assessment.flag_id, later.id > Assessment.id)
    is_undone = exists().where(undoing.undoes_id == Assessment.id)
    return (
        select(Assessment, Item, ItemVersion, Prediction, ClusterMember.cluster_id, BulkAction.values)
        .join(Flag, Flag.id == Assessment.flag_id)
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Assessment.item_version_id)
        .outerjoin(Prediction, Prediction.id == Flag.prediction_id)
        .outerjoin(ClusterMember, ClusterMember.item_id == Item.id)
        .outerjoin(BulkAction, BulkAction.id == Assessment.bulk_id)
        .where(Flag.state == FlagState.ASSESSED, is_newest, ~is_undone, Assessment.outcome != Outcome.WITHDRAWN)
        .where(ItemVersion.erased_at.is_(None))
        .order_by(Assessment.created_at, Assessment.id)
        .execution_options(yield_per=1000)
    )


def _find_spans(
    session: Session, assessment: Assessment, prediction: Prediction | None, version: ItemVersion
) -> tuple[Span, ...]:
    """What the person marked, or who read it before and saw an act too, or else the reasons that they agreed with."""
    marks = assessment.evidence or _find_earlier_marks(session, assessment)
    if not marks and prediction is not None and prediction.item_version_id == version.id:
        marks = [mark for mark in prediction.evidence if _speaks_for(mark)][:PREDICTED_SPANS]
    return read_spans(marks, version.text)


def _speaks_for(mark: Mapping[str, Any]) -> bool:
    """Predictions of before kept the best sentence also where the title alone told of an act."""
    return mark.get("weight", 1.0) > 0


def _find_earlier_marks(session: Session, assessment: Assessment) -> list[dict[str, Any]]:
    undoing = aliased(Assessment)
    query = (
        select(Assessment)
        .where(Assessment.flag_id == assessment.flag_id, Assessment.item_version_id == assessment.item_version_id)
        .where(Assessment.id < assessment.id, ~exists().where(undoing.undoes_id == Assessment.id))
        .order_by(Assessment.id.desc())
    )
    return next((own.evidence for own in session.scalars(query) if own.evidence and shows_act(own)), [])
