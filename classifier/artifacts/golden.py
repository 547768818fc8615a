"""The golden items: texts whose label experienced people agree on, kept, and suggested from finished flags."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from classifier.answers import LABEL_OF_REASON, label_of
from classifier.classes import ACTS, LOOK_ALIKES
from classifier.errors import GoldenError
from classifier.labels import date_labels, select_golden, to_document
from classifier.reading.document import Document
from classifier.stories import name_event, words_of
from models import Artifact, Assessment, Flag, FlagState, GoldenItem, Item, ItemVersion, Outcome, now, record_event

READERS = 2
"""Signs of a violation are agreed on by this many persons."""
SHOWN = 80
"""Characters of a text that stand for a title where it has none."""


@dataclass(frozen=True)
class GoldenText:
    """A golden item as people list it and as the classifier reads it."""

    id: int
    item_id: int
    label: str
    title: str
    note: str
    added_by: str
    is_current: bool
    """The item still has these words."""
    document: Document
    event: str
    """The story that it tells, as training names it."""
    created_at: datetime
    """Since then training passes it over."""

    @property
    def is_act(self) -> bool:
        return self.label in ACTS


@dataclass(frozen=True)
class Exam:
    """The golden items that artifacts may be held against."""

    texts: list[GoldenText]
    aside: int
    """Others, which one of the artifacts may have learned: it would remember what the other has to find out."""


@dataclass(frozen=True)
class Suggestion:
    """An item that people agreed on, and the class that they gave it."""

    item_id: int
    label: str
    title: str
    readers: int


def add_golden(session: Session, item_id: int, label: str, *, note: str = "", actor: str) -> bool:
    """Make an item's current words golden; False when they are already, with the same label."""
    if label not in (*ACTS, *LOOK_ALIKES):
        raise GoldenError(f"{label!r} is no class. Acts: {', '.join(ACTS)}. Look-alikes: {', '.join(LOOK_ALIKES)}")
    item = session.get(Item, item_id, with_for_update={"key_share": True})  # Whoever erases it waits, or we do.
    if item is None or item.current_version_id is None:
        raise GoldenError(f"there is no item {item_id}; `netra golden suggest` lists items by their numbers")
    if session.get_one(ItemVersion, item.current_version_id).erased_at is not None:
        raise GoldenError(f"the words of item {item_id} were erased; `netra golden suggest` lists items that have theirs")
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"item_version_id": item.current_version_id, "label": label, "note": note, "added_by": actor, "created_at": now()}
    added = session.scalar(dialect.insert(GoldenItem).values(values).on_conflict_do_nothing().returning(GoldenItem.id))
    if added is None:
        _refuse_other_label(session, item, label)
        return False
    detail = {"konten": item.id, "versi": item.current_version_id, "kelas": label}
    record_event(session, "emas.tambah", actor=actor, subject=("golden", added), detail=detail)
    return True


def remove_golden(session: Session, item_id: int, *, actor: str) -> None:
    """Make an item golden no more, in whichever of its versions it was."""
    versions = select(ItemVersion.id).where(ItemVersion.item_id == item_id)
    statement = delete(GoldenItem).where(GoldenItem.item_version_id.in_(versions))
    removed = session.execute(statement.returning(GoldenItem.id, GoldenItem.item_version_id, GoldenItem.label)).all()
    if not removed:
        raise GoldenError(f"item {item_id} is not golden; see which are: netra golden list")
    for golden_id, version_id, label in removed:
        detail = {"konten": item_id, "versi": version_id, "kelas": label}
        record_event(session, "emas.hapus", actor=actor, subject=("golden", golden_id), detail=detail)


def list_golden(session: Session) -> list[GoldenText]:
    """Every golden item, in the order in which they were added."""
    return [
        GoldenText(
            id=golden.id,
            item_id=item.id,
            label=golden.label,
            title=version.title or version.text[:SHOWN],
            note=golden.note,
            added_by=golden.added_by,
            is_current=item.current_version_id == version.id,
            document=to_document(version, item.kind),
            event=name_event(item.id, cluster_id),
            created_at=golden.created_at,
        )
        for golden, version, item, cluster_id in session.execute(select_golden())
    ]


def set_exam(session: Session, artifacts: Sequence[Artifact]) -> Exam:
    """Golden items that were golden already when the artifacts were trained, or that nobody had labelled yet."""
    texts = list_golden(session)
    dates = date_labels(session, {name for text in texts for name in (words_of(text.document), text.event)}) if texts else {}
    fair = [text for text in texts if not any(_may_have_learned(artifact, text, dates) for artifact in artifacts)]
    return Exam(fair, len(texts) - len(fair))


def suggest_golden(session: Session, limit: int) -> list[Suggestion]:
    """Items whose current words all their readers gave the same class, the newest first; none that is golden."""
    with closing(_suggest(session)) as suggestions:
        return list(islice(suggestions, limit))


def title_of(version: type[ItemVersion]) -> ColumnElement[str]:
    """In SQL, the title of a version, or how its text begins."""
    return func.coalesce(func.nullif(version.title, ""), func.substr(version.text, 1, SHOWN))


def _may_have_learned(artifact: Artifact, text: GoldenText, dates: Mapping[str, datetime]) -> bool:
    """Whether its words, or others of its story, had a label when the artifact was trained and it was not golden."""
    labelled = [dates[name] for name in (words_of(text.document), text.event) if name in dates]
    return text.created_at >= artifact.trained_at and any(at < artifact.trained_at for at in labelled)


def _refuse_other_label(session: Session, item: Item, label: str) -> None:
    known = session.scalar(select(GoldenItem.label).where(GoldenItem.item_version_id == item.current_version_id))
    if known != label:
        raise GoldenError(f"item {item.id} is golden as {known}; to change that, first: netra golden remove {item.id}")


def _suggest(session: Session) -> Generator[Suggestion, None, None]:
    with session.execute(_newest_flags().execution_options(yield_per=200)) as flags:
        for flag_id, item_id, version_id, title in flags:
            readings = _standing_assessments(session, flag_id)
            label = _agreed_label(readings)
            if label and all(own.item_version_id == version_id for own in readings):
                yield Suggestion(item_id, label, title, len({own.user_id for own in readings}))


def _newest_flags() -> Select[Any, Any, Any, Any]:
    """Finished flags that no later one followed, with the current words of their items, of which no version is golden."""
    other, later = aliased(ItemVersion), aliased(Flag)
    is_golden = exists().where(GoldenItem.item_version_id == other.id, other.item_id == Item.id)
    is_asked_again = exists().where(later.item_id == Flag.item_id, later.id > Flag.id)
    return (
        select(Flag.id, Item.id, ItemVersion.id, title_of(ItemVersion))
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Flag.state == FlagState.ASSESSED, ItemVersion.erased_at.is_(None), ~is_golden, ~is_asked_again)
        .order_by(Flag.assessed_at.desc(), Flag.id.desc())
    )


def _standing_assessments(session: Session, flag_id: int) -> list[Assessment]:
    """The assessments of a flag that nobody withdrew."""
    undoing = aliased(Assessment)
    is_undone = exists().where(undoing.undoes_id == Assessment.id)
    query = select(Assessment).where(Assessment.flag_id == flag_id, Assessment.outcome != Outcome.WITHDRAWN, ~is_undone)
    return list(session.scalars(query.order_by(Assessment.id)))


def _agreed_label(readings: Sequence[Assessment]) -> str | None:
    """The class that every reader gave: an act by two persons, or a look-alike by a reason that says which one."""
    labels, outcomes = {label_of(own, None) for own in readings}, {own.outcome for own in readings}
    if len(labels) != 1:
        return None
    if outcomes == {Outcome.INDICATION}:
        is_agreed = len({own.user_id for own in readings}) >= READERS
    else:
        is_agreed = outcomes == {Outcome.NO_VIOLATION} and all(own.no_violation_reason in LABEL_OF_REASON for own in readings)
    return labels.pop() if is_agreed else None
