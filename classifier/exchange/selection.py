"""Which texts leave: what people labelled, the corpus, or what they are to label next."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from classifier.corpus import CorpusText, load_corpus
from classifier.exchange.records import ASSESSED, IMPORTED, LABELS, Guess, Task, hash_document
from classifier.labels import read_golden, read_labels, read_spans, to_document
from classifier.stories import name_event, words_of
from models import (
    Artifact,
    Assessment,
    ClusterMember,
    Flag,
    FlagReason,
    FlagState,
    GoldenItem,
    Item,
    ItemVersion,
    Prediction,
    Rights,
    Source,
    TrainingText,
)

EXCERPT = 600
"""Characters of a text that may leave this house where its publisher allows an excerpt only, as in the API."""


@dataclass(frozen=True)
class Selection:
    tasks: list[Task]
    withheld: int = 0
    """Texts that stay here: they are long, and their publisher allows an excerpt only, or nobody knows what it allows."""


@dataclass(frozen=True)
class LabelCount:
    """How many texts carry a label, by where it comes from."""

    label: str
    corpus: int
    assessments: int
    imports: int

    @property
    def total(self) -> int:
        return self.corpus + self.assessments + self.imports


def select_labelled(session: Session, *, with_corpus: bool, full_text: bool) -> Selection:
    """What people labelled, and the corpus before it when asked."""
    labelled = read_labels(session)
    bound = set[str]() if full_text else _list_bound(session, labelled)
    open_texts = [text for text in labelled if text.id not in bound or len(text.document.text) <= EXCERPT]
    corpus = load_corpus() if with_corpus else []
    return Selection([Task(text) for text in (*corpus, *open_texts)], len(labelled) - len(open_texts))


def select_unlabelled(session: Session, artifact: Artifact, *, most: int, full_text: bool) -> Selection:
    """Current texts that nobody labelled, nearest to the artifact's line first, and one of each story."""
    known = {(digest, kind.value) for digest, kind in session.execute(select(TrainingText.text_sha256, TrainingText.kind))}
    golden = {name for text in read_golden(session) for name in (words_of(text.document), text.event)}
    tasks, events, withheld = list[Task](), set[str](), 0
    with session.execute(_near(artifact)) as rows:
        for row in rows:
            task = _to_task(row, artifact)
            document = task.text.document
            if task.text.event in events or (hash_document(document), document.kind.value) in known:
                continue
            if not golden.isdisjoint((words_of(document), task.text.event)):  # Nobody could import what is said of it.
                continue
            if not full_text and row.rights is not Rights.FULL_TEXT and len(document.text) > EXCERPT:
                withheld += 1
                continue
            events.add(task.text.event)
            tasks.append(task)
            if len(tasks) == most:
                break
    return Selection(tasks, withheld)


def count_labels(session: Session) -> list[LabelCount]:
    """Every label that we know, in the order of the classes."""
    labelled = read_labels(session)
    corpus = Counter(text.label for text in load_corpus())
    assessed = Counter(text.label for text in labelled if text.id.startswith(ASSESSED))
    imported = Counter(text.label for text in labelled if text.id.startswith(IMPORTED))
    return [LabelCount(label, corpus[label], assessed[label], imported[label]) for label in LABELS]


def _list_bound(session: Session, labelled: Sequence[CorpusText]) -> set[str]:
    """Ids of texts whose publisher allows less than all of it; of what came in by a file nobody says what it allows."""
    query = (
        select(Assessment.id)
        .join(Flag, Flag.id == Assessment.flag_id)
        .join(Item, Item.id == Flag.item_id)
        .join(Source, Source.id == Item.source_id)
        .where(Source.rights != Rights.FULL_TEXT)
    )
    imported = {text.id for text in labelled if text.id.startswith(IMPORTED)}
    return imported | {f"{ASSESSED}{assessment_id}" for assessment_id in session.scalars(query)}


def _to_task(row: Row[*tuple[Any, ...]], artifact: Artifact) -> Task:
    prediction, version, item = row.Prediction, row.ItemVersion, row.Item
    event = name_event(item.id, row.cluster_id)
    text = CorpusText(f"versi-{version.id}", to_document(version, item.kind), "", "-", item.region_code, (), event)
    spans = read_spans(prediction.evidence, version.text)
    return Task(text, Guess(prediction.label, prediction.probability, spans, artifact.name))


def _near(artifact: Artifact) -> Select[*tuple[Any, ...]]:
    golden = aliased(ItemVersion)
    is_asked = or_(Flag.state != FlagState.OPEN, Flag.reason == FlagReason.OBJECTION)  # Without the machine's estimate.
    is_read = exists().where(Flag.item_id == Item.id, is_asked)
    is_golden = exists().where(GoldenItem.item_version_id == golden.id, golden.item_id == Item.id)
    return (
        select(Prediction, ItemVersion, Item, Source.rights, ClusterMember.cluster_id)
        .join(ItemVersion, ItemVersion.id == Prediction.item_version_id)
        .join(Item, Item.current_version_id == ItemVersion.id)
        .join(Source, Source.id == Item.source_id)
        .outerjoin(ClusterMember, ClusterMember.item_id == Item.id)
        .where(Prediction.artifact_id == artifact.id, Prediction.probability.between(artifact.read_line / 2, 1.0))
        .where(ItemVersion.erased_at.is_(None), ~is_read, ~is_golden)
        .order_by(func.abs(Prediction.probability - artifact.threshold), Prediction.id)
        .execution_options(yield_per=200)
    )


def sum_labels(counts: Iterable[LabelCount]) -> LabelCount:
    """All labels together."""
    rows = list(counts)
    return LabelCount(
        "all", sum(row.corpus for row in rows), sum(row.assessments for row in rows), sum(row.imports for row in rows)
    )
