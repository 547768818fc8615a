"""Assessments and imported labels to texts that training reads. Only what people agreed on teaches."""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from datetime import datetime
from itertools import chain

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from classifier.classes import ACTS, LOOK_ALIKES
from classifier.corpus import CorpusText
from classifier.decisions import Decision, read_newest, read_spans, to_document
from classifier.reading.document import Document, Kind
from classifier.stories import Identity, identify, name_event, words_of
from models import Assessment, AuditEvent, ClusterMember, GoldenItem, Item, ItemVersion, Outcome, TrainingText

CHUNK = 500
REPLACED = "label.ganti"
"""The event by which a file's word takes the place of an earlier one's."""

_ITEM_EVENT = re.compile(r"konten-([1-9][0-9]{0,17})")


def read_labels(session: Session) -> list[CorpusText]:
    """Everything that people labelled outside of the corpus: imports first, then assessments by time.

    The same words teach once: the newest import of them, or the newest decision on them if that is later, even one that
    teaches nothing. Neither a golden item teaches nor a text of the same words or the same story.
    """
    golden, decisions, imports = read_golden(session), read_newest(session), _keep_newest(_read_imports(session))
    words, events = {words_of(text.document) for text in golden}, {text.event for text in golden}
    holding = {own: text for own, text in imports.items() if own not in decisions or _corrects(text, decisions[own])}
    assessed = (decision.text for own, decision in decisions.items() if decision.teaches and own not in holding)
    texts = chain(holding.values(), assessed)
    return [text for text in texts if text.event not in events and words_of(text.document) not in words]


def _keep_newest(texts: Iterable[CorpusText]) -> dict[Identity, CorpusText]:
    newest = dict[Identity, CorpusText]()
    for text in texts:
        identity = identify(text.document)
        if identity not in newest or not _is_later(newest[identity], text):
            newest[identity] = text
    return newest


def _corrects(imported: CorpusText, decision: Decision) -> bool:
    """Whether an import came after the decision. What only says it again, as a file that had gone out does, is none."""
    own = decision.text
    return _is_later(imported, own) and (imported.label, imported.evidence) != (own.label, own.evidence)


def _is_later(one: CorpusText, other: CorpusText) -> bool:
    return one.labelled_at is not None and other.labelled_at is not None and one.labelled_at > other.labelled_at


def date_labels(session: Session, asked: Set[str]) -> dict[str, datetime]:
    """When the words and stories that are asked for were first labelled by anybody, whatever became of it.

    Words are given as `words_of` has them, stories by their names.
    """
    query = (
        select(Assessment.created_at, ItemVersion.text, ItemVersion.title, Item.id, ClusterMember.cluster_id)
        .join(ItemVersion, ItemVersion.id == Assessment.item_version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .outerjoin(ClusterMember, ClusterMember.item_id == Item.id)
        .where(Assessment.outcome != Outcome.WITHDRAWN)
        .execution_options(yield_per=1000)
    )
    rows = (
        (at, words_of(Document(text, title)), name_event(item_id, cluster_id))
        for at, text, title, item_id, cluster_id in session.execute(query)
    )
    imported = ((row.created_at, words_of(own.document), own.event) for row, own in _read_rows(session))
    dates = dict[str, datetime]()
    for at, words, event in chain(rows, imported):
        for name in {words, event} & asked:
            dates[name] = min(at, dates.get(name, at))
    return dates


def select_golden() -> Select[GoldenItem, ItemVersion, Item, int]:
    """Golden items with their texts and clusters, in the order in which they were added."""
    return (
        select(GoldenItem, ItemVersion, Item, ClusterMember.cluster_id)
        .join(ItemVersion, ItemVersion.id == GoldenItem.item_version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .outerjoin(ClusterMember, ClusterMember.item_id == Item.id)
        .order_by(GoldenItem.id)
    )


def read_golden(session: Session) -> list[CorpusText]:
    """The golden items, which are never trained on."""
    return [
        CorpusText(
            f"emas-{golden.id}",
            to_document(version, item.kind),
            golden.label,
            "-",
            item.region_code,
            (),
            name_event(item.id, cluster_id),
        )
        for golden, version, item, cluster_id in session.execute(select_golden())
    ]


def _read_imports(session: Session) -> Iterator[CorpusText]:
    """Each dated by the day on which it came in, or on which a later file took its place."""
    query = select(AuditEvent.subject_id, func.max(AuditEvent.at)).group_by(AuditEvent.subject_id)
    of_imports = query.where(AuditEvent.subject_type == "training_text", AuditEvent.action == REPLACED)
    replaced = dict(session.execute(of_imports).all())
    for row, text in _read_rows(session):
        yield replace(text, labelled_at=replaced.get(row.id, row.created_at))


def _read_rows(session: Session) -> Iterator[tuple[TrainingText, CorpusText]]:
    rows = list(session.scalars(select(TrainingText).order_by(TrainingText.id)))
    clusters = _find_clusters(session, [int(found[1]) for row in rows if (found := _ITEM_EVENT.fullmatch(row.event))])
    for row in rows:
        document = Document(row.text, row.title, Kind(row.kind), row.author_name, row.author_bio)
        if row.label in (*ACTS, *LOOK_ALIKES):
            spans = read_spans(row.evidence, row.text)
            event = clusters.get(row.event, row.event) or f"impor-{row.id}"
            yield row, CorpusText(f"impor-{row.id}", document, row.label, "-", None, spans, event)


def _find_clusters(session: Session, item_ids: list[int]) -> dict[str, str]:
    """The names of stories that items joined after their own names had gone out with a file."""
    names = dict[str, str]()
    for start in range(0, len(item_ids), CHUNK):
        query = select(ClusterMember.item_id, ClusterMember.cluster_id)
        rows = session.execute(query.where(ClusterMember.item_id.in_(item_ids[start : start + CHUNK])))
        names |= {name_event(item_id, None): name_event(item_id, cluster_id) for item_id, cluster_id in rows}
    return names
