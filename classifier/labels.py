"""Assessments and imported labels to texts that training reads. Only what people agreed on teaches."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from classifier.classes import ACTS, LOOK_ALIKES
from classifier.corpus import CorpusText
from classifier.decisions import read_assessed, read_spans, to_document
from classifier.reading.document import Document, Kind
from classifier.stories import identify, name_event, words_of
from models import Assessment, ClusterMember, GoldenItem, Item, ItemVersion, Outcome, TrainingText

CHUNK = 500

_ITEM_EVENT = re.compile(r"konten-([1-9][0-9]{0,17})")


def read_labels(session: Session) -> list[CorpusText]:
    """Everything that people labelled outside of the corpus: imports first, then assessments by time.

    The same words teach once: what came in by import and was assessed here counts as assessed, and the newest decision
    holds. Neither a golden item teaches nor a text of the same words or the same story.
    """
    golden, assessed = read_golden(session), read_assessed(session)
    words, events = {words_of(text.document) for text in golden}, {text.event for text in golden}
    known = {identify(text.document) for text in assessed}
    texts = chain((text for text in _read_imports(session) if identify(text.document) not in known), assessed)
    return [text for text in texts if text.event not in events and words_of(text.document) not in words]


def date_labels(session: Session) -> dict[str, datetime]:
    """When words, and stories by their names, were first labelled by anybody, whatever became of it."""
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
    imported = ((own.labelled_at, words_of(own.document), own.event) for own in _read_imports(session) if own.labelled_at)
    dates = dict[str, datetime]()
    for at, words, event in chain(rows, imported):
        dates |= {name: min(at, dates.get(name, at)) for name in (words, event)}
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
    rows = list(session.scalars(select(TrainingText).order_by(TrainingText.id)))
    clusters = _find_clusters(session, [int(found[1]) for row in rows if (found := _ITEM_EVENT.fullmatch(row.event))])
    for row in rows:
        document = Document(row.text, row.title, Kind(row.kind), row.author_name, row.author_bio)
        if row.label in (*ACTS, *LOOK_ALIKES):
            spans = read_spans(row.evidence, row.text)
            event = clusters.get(row.event, row.event) or f"impor-{row.id}"
            yield CorpusText(f"impor-{row.id}", document, row.label, "-", None, spans, event, row.created_at)


def _find_clusters(session: Session, item_ids: list[int]) -> dict[str, str]:
    """The names of stories that items joined after their own names had gone out with a file."""
    names = dict[str, str]()
    for start in range(0, len(item_ids), CHUNK):
        query = select(ClusterMember.item_id, ClusterMember.cluster_id)
        rows = session.execute(query.where(ClusterMember.item_id.in_(item_ids[start : start + CHUNK])))
        names |= {name_event(item_id, None): name_event(item_id, cluster_id) for item_id, cluster_id in rows}
    return names
