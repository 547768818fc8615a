"""Artifacts in the database: registered as candidates, one of them live, one at most its shadow.

Who changes a state locks every artifact first, in the order of their ids, so that changes come one after another.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from classifier.artifacts.artifact import LoadedArtifact, load_artifact
from classifier.errors import ArtifactError, RegistryError
from models import Artifact, ArtifactState, AuditEvent, now, record_event

ACTOR = "sistem:artefak"


def register_artifact(session: Session, folder: Path, *, actor: str = ACTOR, trained_at: datetime | None = None) -> Artifact:
    """The row of an artifact on disk, made as a candidate unless it is known already.

    `trained_at` is when its texts were read: what was labelled or made golden since then, it does not know.

    Promote in a transaction after this one: it holds the trail, and a promotion takes the artifacts before the trail.
    """
    loaded = load_artifact(folder)
    row = session.scalar(select(Artifact).where(Artifact.name == loaded.name))
    if row is not None and row.sha256 != loaded.sha256:
        raise ArtifactError(f"{folder}: {loaded.name} is registered with another SHA-256; restore it or train again")
    if row is None:
        row = Artifact(
            name=loaded.name,
            sha256=loaded.sha256,
            threshold=loaded.threshold,
            read_line=loaded.parameters.lines.read,
            metrics=loaded.metrics,
            trained_at=trained_at or now(),
        )
        session.add(row)
        session.flush()
        record_event(session, "artefak.daftar", actor=actor, subject=("artifact", row.id), detail={"sha256": row.sha256})
    return row


def load_registered(artifacts_dir: Path, row: Artifact) -> LoadedArtifact:
    """The artifact of a row from its folder, which must be the very one that was registered."""
    return load_artifact(artifacts_dir / row.name, expected_sha256=row.sha256)


def list_artifacts(session: Session) -> list[Artifact]:
    """Every registered artifact, newest first."""
    return list(session.scalars(select(Artifact).order_by(Artifact.id.desc())))


def find_artifact(session: Session, name: str) -> Artifact:
    """The artifact of that name, or the only one whose name begins so."""
    rows = list_artifacts(session)
    found = [row for row in rows if row.name == name] or [row for row in rows if name and row.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(row.name for row in found)
        raise RegistryError(f"{name!r} begins the names of {len(found)} artifacts: {names}; write more of the one you mean")
    raise RegistryError(f"there is no artifact {name!r}; see them: netra artifacts list")


def live_artifact(session: Session) -> Artifact | None:
    """The artifact that scores; None before the first promotion."""
    return _newest_in(session, ArtifactState.LIVE)


def shadow_artifact(session: Session) -> Artifact | None:
    """The artifact that is tried out beside the live one; None where there is none."""
    return _newest_in(session, ArtifactState.SHADOW)


def hold_live(session: Session, expected: Artifact | None) -> None:
    """Let nobody promote until this transaction ends; refuse where another artifact is live than the one expected."""
    _lock(session)
    live = live_artifact(session)
    if (live.id if live else None) != (expected.id if expected else None):
        raise RegistryError(f"meanwhile {live.name if live else 'nothing'} became live; look again, then run this again")


def is_still_live(session: Session, row: Artifact) -> bool:
    """Whether an artifact may raise flags. Where it may, nobody promotes another one until this transaction ends.

    Artifacts come before items, versions and the trail, as in a promotion.
    """
    query = select(Artifact.state).where(Artifact.id == row.id).with_for_update(read=True)
    return session.scalar(query) is ArtifactState.LIVE


def promote(session: Session, row: Artifact, *, actor: str = ACTOR, note: dict[str, Any] | None = None) -> None:
    """Make an artifact the live one; the former retires, and its predictions stay. `note` goes into the trail."""
    _lock(session)
    former = live_artifact(session)
    if former is not None and former.id == row.id:
        return
    is_live = Artifact.state == ArtifactState.LIVE
    session.execute(update(Artifact).where(is_live).values(state=ArtifactState.RETIRED))
    row.state = ArtifactState.LIVE
    session.flush()
    detail = {"nama": row.name, "sebelumnya": former.name if former else None} | (note or {})
    record_event(session, "artefak.aktif", actor=actor, subject=("artifact", row.id), detail=detail)


def start_shadow(session: Session, row: Artifact, *, actor: str = ACTOR) -> None:
    """Make a candidate the one shadow artifact; the former shadow is a candidate again."""
    _lock(session)
    former = shadow_artifact(session)
    if former is not None and former.id == row.id:
        return
    if row.state is not ArtifactState.CANDIDATE:
        raise RegistryError(f"{row.name} is {row.state.value}, and only a candidate (calon) is tried out as shadow")
    if former is not None:
        former.state = ArtifactState.CANDIDATE
    row.state = ArtifactState.SHADOW
    session.flush()
    detail = {"nama": row.name, "sebelumnya": former.name if former else None}
    record_event(session, "artefak.bayangan", actor=actor, subject=("artifact", row.id), detail=detail)


def end_shadow(session: Session, row: Artifact, *, actor: str = ACTOR) -> None:
    """Make the shadow artifact a candidate again; what it scored stays to be read."""
    _lock(session)
    if row.state is not ArtifactState.SHADOW:
        raise RegistryError(f"{row.name} is no shadow but {row.state.value}; see them: netra artifacts list")
    row.state = ArtifactState.CANDIDATE
    session.flush()
    record_event(session, "artefak.bayangan_selesai", actor=actor, subject=("artifact", row.id), detail={"nama": row.name})


def find_former(session: Session, live: Artifact) -> Artifact:
    """The artifact to roll back to: the one that was live before this one.

    A roll-back takes the artifact that it ends out of the succession: after A, B, C and one roll-back to B, the next
    one leads to A and never to C again.
    """
    former = next((number for number in reversed(_read_succession(session)) if number != live.id), None)
    row = session.get(Artifact, former) if former is not None else None
    if row is None:
        raise RegistryError(f"nothing was live before {live.name}; promote another one: netra artifacts list")
    return row


def roll_back(session: Session, live: Artifact, former: Artifact, *, actor: str = ACTOR) -> None:
    """Make the former artifact live again, if `live` still is."""
    hold_live(session, live)
    promote(session, session.get_one(Artifact, former.id), actor=actor, note={"kembali": True})


def _read_succession(session: Session) -> list[int]:
    """Ids of the artifacts that became live, in order, without those that a roll-back ended."""
    query = select(AuditEvent).where(AuditEvent.subject_type == "artifact", AuditEvent.action == "artefak.aktif")
    ids = list[int]()
    for event in session.scalars(query.order_by(AuditEvent.id)):
        if event.subject_id is None:
            continue
        if event.detail.get("kembali") and event.subject_id in ids:
            ids = ids[: len(ids) - ids[::-1].index(event.subject_id)]
        else:
            ids.append(event.subject_id)
    return ids


def _lock(session: Session) -> None:
    """All rows, not only the live one: who waited for that one alone would not see the row that took its place.

    Scoring goes on meanwhile: a prediction only needs its artifact's key.
    """
    query = select(Artifact).order_by(Artifact.id).with_for_update(key_share=True)
    session.scalars(query, execution_options={"populate_existing": True}).all()


def _newest_in(session: Session, state: ArtifactState) -> Artifact | None:
    return session.scalars(select(Artifact).where(Artifact.state == state).order_by(Artifact.id.desc())).first()
