"""Texts on which scoring fails: tried three times, a minute apart, then put aside with the reason. All others go on.

What was put aside counts as seen by the artifact that failed on it; the next one to go live tries it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from models import Artifact, AuditEvent, Item, ItemVersion, Prediction, record_event

ACTOR = "sistem:skor"
MOST_TRIES = 3
FAILED, PUT_ASIDE = "skor.gagal", "skor.karantina"


@dataclass(frozen=True)
class FailedText:
    """A version of an item without a score, and why."""

    version_id: int
    item_id: int
    reason: str


@dataclass(frozen=True)
class TextAside:
    """A text that waits in quarantine."""

    item_id: int
    version_id: int
    title: str
    artifact: str
    reason: str
    since: datetime


def note_failures(session: Session, artifact: Artifact, failed: Sequence[FailedText]) -> None:
    """Count a try of each in the trail; the third one puts a text aside. Until then the claim that runs out brings it back."""
    for text in failed:
        tries = _count_tries(session, artifact, text) + 1
        detail = {"artefak": artifact.name, "versi": text.version_id, "percobaan": tries, "sebab": text.reason}
        if tries < MOST_TRIES:
            record_event(session, "skor.gagal", actor=ACTOR, subject=("item", text.item_id), detail=detail)
            continue
        aside = update(ItemVersion).where(ItemVersion.id == text.version_id)
        session.execute(aside.values(scored_by_id=artifact.id, scoring_until=None))
        record_event(session, "skor.karantina", actor=ACTOR, subject=("item", text.item_id), detail=detail)


def list_aside(session: Session) -> list[TextAside]:
    """Current texts that the artifact which saw them last could not score, the newest first."""
    unscored = ~exists().where(Prediction.item_version_id == ItemVersion.id, Prediction.artifact_id == ItemVersion.scored_by_id)
    query = (
        select(AuditEvent, ItemVersion)
        .join(Item, Item.id == AuditEvent.subject_id)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(AuditEvent.subject_type == "item", AuditEvent.action == PUT_ASIDE, ItemVersion.scored_by_id.is_not(None), unscored)
        .order_by(AuditEvent.id.desc())
    )
    found = dict[int, TextAside]()
    for event, version in session.execute(query):
        if event.detail["versi"] == version.id and version.id not in found:
            names = (str(event.detail["artefak"]), str(event.detail["sebab"]))
            found[version.id] = TextAside(version.item_id, version.id, version.title, *names, event.at)
    return list(found.values())


def try_again(session: Session, texts: Sequence[TextAside], *, actor: str) -> None:
    """Let them wait to be scored once more, with three tries."""
    for text in texts:
        session.execute(update(ItemVersion).where(ItemVersion.id == text.version_id).values(scored_by_id=None))
        detail = {"versi": text.version_id}
        record_event(session, "skor.ulangi", actor=actor, subject=("item", text.item_id), detail=detail)


def _count_tries(session: Session, artifact: Artifact, text: FailedText) -> int:
    """Of this artifact, since it was put aside last."""
    of_item = (AuditEvent.subject_type == "item", AuditEvent.subject_id == text.item_id)
    last = select(func.coalesce(func.max(AuditEvent.id), 0)).where(*of_item, AuditEvent.action == PUT_ASIDE)
    query = select(AuditEvent).where(*of_item, AuditEvent.action == FAILED, AuditEvent.id > last.scalar_subquery())
    details = [event.detail for event in session.scalars(query)]
    return sum(detail["versi"] == text.version_id and detail["artefak"] == artifact.name for detail in details)
