"""Assessments and imported labels to texts that training reads. Only what people agreed on teaches."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from classifier.classes import ACTS, LOOK_ALIKES
from classifier.corpus import CorpusText
from classifier.reading.document import Document, Kind
from classifier.reading.text import Span
from models import (
    Answer,
    Assessment,
    ClusterMember,
    Flag,
    FlagState,
    GoldenItem,
    Item,
    ItemVersion,
    NoViolationReason,
    Outcome,
    Prediction,
    TrainingText,
)

LABEL_OF_REASON = {
    NoViolationReason.APPEAL: "imbauan",
    NoViolationReason.EXPLAINER: "aturan",
    NoViolationReason.ALLOWED: "diperbolehkan",
    NoViolationReason.MEANINGLESS_SIGN: "tidak_terbukti",
    NoViolationReason.SATIRE: "tidak_terbukti",
    NoViolationReason.IRRELEVANT: "lain",
}
"""OLD has none: the text shows an act, only not a new one. NOT_ASN is answered by `_label_other_actor`."""
OTHER_ACTORS = ("kepala_desa", "tni_polri", "honorer", "mantan_asn", "penyelenggara", "pejabat_politik")
PREDICTED_SPANS = 2


def read_labels(session: Session) -> list[CorpusText]:
    """Everything that people labelled outside of the corpus: imports first, then assessments by time; no golden item.

    The same words teach once: what came in by import and was assessed here counts as assessed.
    """
    golden = {text.document.text for text in read_golden(session)}
    assessed = list(_read_assessments(session))
    known = golden | {text.document.text for text in assessed}
    return [*(text for text in _read_imports(session) if text.document.text not in known), *assessed]


def select_golden() -> Select[GoldenItem, ItemVersion, Item]:
    """Golden items with their texts, in the order in which they were added."""
    return (
        select(GoldenItem, ItemVersion, Item)
        .join(ItemVersion, ItemVersion.id == GoldenItem.item_version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .order_by(GoldenItem.id)
    )


def read_golden(session: Session) -> list[CorpusText]:
    """The golden items, which are never trained on."""
    return [
        CorpusText(
            f"emas-{golden.id}", to_document(version, item.kind), golden.label, "-", item.region_code, (), f"emas-{golden.id}"
        )
        for golden, version, item in session.execute(select_golden())
    ]


def to_document(version: ItemVersion, kind: str) -> Document:
    """A stored text as the classifier reads it."""
    return Document(version.text, version.title, Kind(kind), version.author_name, version.author_bio)


def label_of(assessment: Assessment, predicted: str | None) -> str | None:
    """The class that an assessment gives its text; None where it teaches nothing.

    What could not be verified, lies elsewhere or is a copy teaches only when content and person were both answered.
    """
    if assessment.outcome is Outcome.INDICATION:
        return assessment.act if assessment.act in ACTS else "lainnya"
    if assessment.outcome is Outcome.NO_VIOLATION and assessment.no_violation_reason is NoViolationReason.NOT_ASN:
        return _label_other_actor(predicted)
    if assessment.outcome is Outcome.NO_VIOLATION:
        return LABEL_OF_REASON.get(assessment.no_violation_reason) if assessment.no_violation_reason else None
    answers = (assessment.content_partisan, assessment.person_asn)
    if answers == (Answer.YES, Answer.YES) and assessment.outcome is not Outcome.WITHDRAWN:
        return assessment.act if assessment.act in ACTS else "lainnya"
    return None


def _label_other_actor(predicted: str | None) -> str:
    """The form asks only whether the person is ASN; which other office it is, the classifier's guess says best."""
    return predicted if predicted in OTHER_ACTORS else "lain"


def _read_assessments(session: Session) -> Iterator[CorpusText]:
    """The newest assessment of each finished flag that nobody withdrew; signs of a violation only after the second reading."""
    later, undoing = aliased(Assessment), aliased(Assessment)
    is_newest = ~exists().where(later.flag_id == Assessment.flag_id, later.id > Assessment.id)
    is_undone = exists().where(undoing.undoes_id == Assessment.id)
    is_golden = exists().where(GoldenItem.item_version_id == Assessment.item_version_id)
    query = (
        select(Assessment, Item, ItemVersion, Prediction, ClusterMember.cluster_id)
        .join(Flag, Flag.id == Assessment.flag_id)
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Assessment.item_version_id)
        .outerjoin(Prediction, Prediction.id == Flag.prediction_id)
        .outerjoin(ClusterMember, ClusterMember.item_id == Item.id)
        .where(Flag.state == FlagState.ASSESSED, is_newest, ~is_undone, ~is_golden, Assessment.outcome != Outcome.WITHDRAWN)
        .where(ItemVersion.erased_at.is_(None))
        .order_by(Assessment.created_at, Assessment.id)
    )
    for assessment, item, version, prediction, cluster_id in session.execute(query.execution_options(yield_per=1000)):
        label = label_of(assessment, prediction.label if prediction else None)
        if label is None:
            continue
        yield CorpusText(
            id=f"penilaian-{assessment.id}",
            document=to_document(version, item.kind),
            label=label,
            phase="-",
            region=item.region_code,
            evidence=_find_spans(assessment, prediction, version) if label in ACTS else (),
            event=f"klaster-{cluster_id}" if cluster_id else f"konten-{item.id}",
            labelled_at=assessment.created_at,
        )


def _find_spans(assessment: Assessment, prediction: Prediction | None, version: ItemVersion) -> tuple[Span, ...]:
    """What the person marked, or else the reasons that they saw and agreed with."""
    if assessment.evidence:
        return read_spans(assessment.evidence, version.text)
    is_same = prediction is not None and prediction.item_version_id == version.id
    return read_spans(prediction.evidence[:PREDICTED_SPANS], version.text) if prediction and is_same else ()


def read_spans(values: list[dict[str, Any]], text: str) -> tuple[Span, ...]:
    """Spans of stored JSON that lie inside of the text."""
    spans = (Span(int(value["start"]), int(value["end"])) for value in values)
    return tuple(span for span in spans if 0 <= span.start < span.end <= len(text))


def _read_imports(session: Session) -> Iterator[CorpusText]:
    for row in session.scalars(select(TrainingText).order_by(TrainingText.id)):
        document = Document(row.text, row.title, Kind(row.kind), row.author_name, row.author_bio)
        if row.label in (*ACTS, *LOOK_ALIKES):
            spans = read_spans(row.evidence, row.text)
            yield CorpusText(
                f"impor-{row.id}", document, row.label, "-", None, spans, row.event or f"impor-{row.id}", row.created_at
            )
