"""Texts that an artifact leaves aside as shadow, or on its way through an archive: it dies, breaks or hangs on them.

They stand in the trail under the artifact, each with its reason, and bind that artifact alone. The live artifact's
quarantine is `classifier.quarantine`: whoever goes live tries these texts too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from classifier.errors import TooManyAside
from classifier.quarantine import ACTOR, FailedText, TextAside
from models import AuditEvent, Item, ItemVersion, record_event

MOST_ASIDE = 1_000
"""Of one artifact: it is not the texts' fault any more."""
LEFT, AGAIN = "skor.sisih", "skor.sisih_ulang"


@dataclass(frozen=True)
class LeftAside(TextAside):
    """A text that waits until somebody asks that its artifact try it again."""

    artifact_id: int


def leave_aside(session: Session, artifact_id: int, name: str, failed: Sequence[FailedText]) -> None:
    """From now on the artifact passes over them."""
    for text in failed:
        detail = {"artefak": name, "konten": text.item_id, "versi": text.version_id, "sebab": text.reason}
        record_event(session, "skor.sisih", actor=ACTOR, subject=("aside", artifact_id), detail=detail)


def find_aside(session: Session, artifact_id: int) -> set[int]:
    """Ids of the versions that it passes over; refuses an artifact that passes over nearly everything."""
    found = {version_id for version_id, _ in _read_events(session, artifact_id)}
    if len(found) >= MOST_ASIDE:
        raise TooManyAside(
            f"{len(found)} texts were put aside, so it is the artifact that cannot score: choose another one, or mend the "
            "cause and let them be tried again (netra quarantine texts --again)"
        )
    return found


def find_newest_wish(session: Session, artifact_id: int) -> int:
    """The event by which somebody last asked that the artifact try texts again; 0 where nobody did."""
    query = select(func.max(AuditEvent.id)).where(AuditEvent.subject_type == "aside", AuditEvent.subject_id == artifact_id)
    return session.scalar(query.where(AuditEvent.action == AGAIN)) or 0


def list_left_aside(session: Session) -> list[LeftAside]:
    """Of every artifact, as far as their words still stand and are the newest of their item; the newest first."""
    events = _read_events(session)
    standing = (
        select(ItemVersion.id, ItemVersion.title)
        .join(Item, Item.current_version_id == ItemVersion.id)
        .where(ItemVersion.id.in_({version_id for version_id, _ in events}), ItemVersion.erased_at.is_(None))
    )
    titles = {row.id: row.title for row in session.execute(standing)}
    return [
        _describe(event, titles[version_id])
        for (version_id, _), event in sorted(events.items(), key=lambda pair: pair[1].id, reverse=True)
        if version_id in titles
    ]


def try_aside_again(session: Session, texts: Sequence[LeftAside], *, actor: str) -> None:
    """Their artifacts no longer pass over them."""
    for text in texts:
        detail = {"artefak": text.artifact, "konten": text.item_id, "versi": text.version_id}
        record_event(session, "skor.sisih_ulang", actor=actor, subject=("aside", text.artifact_id), detail=detail)


def _read_events(session: Session, artifact_id: int | None = None) -> dict[tuple[int, int | None], AuditEvent]:
    """By version and artifact, what put it aside, unless somebody asked since that it be tried again."""
    query = select(AuditEvent).where(AuditEvent.subject_type == "aside").order_by(AuditEvent.id)
    found = dict[tuple[int, int | None], AuditEvent]()
    for event in session.scalars(query if artifact_id is None else query.where(AuditEvent.subject_id == artifact_id)):
        key = (int(event.detail["versi"]), event.subject_id)
        if event.action == LEFT:
            found[key] = event
        else:
            found.pop(key, None)
    return found


def _describe(event: AuditEvent, title: str) -> LeftAside:
    said = event.detail
    names = (title, str(said["artefak"]), str(said["sebab"]))
    return LeftAside(int(said["konten"]), int(said["versi"]), *names, event.at, event.subject_id or 0)
