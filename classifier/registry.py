"""Artifacts in the database: registered as candidates, one of them live."""

from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from classifier.artifact import load_artifact
from classifier.errors import ArtifactError
from models import Artifact, ArtifactState, record_event

ACTOR = "sistem:artefak"


def register_artifact(session: Session, folder: Path, *, actor: str = ACTOR) -> Artifact:
    """The row of an artifact on disk, made as a candidate unless it is known already."""
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
        )
        session.add(row)
        session.flush()
        record_event(session, "artefak.daftar", actor=actor, subject=("artifact", row.id), detail={"sha256": row.sha256})
    return row


def promote(session: Session, row: Artifact, *, actor: str = ACTOR) -> None:
    """Make an artifact the live one; the former retires, and its predictions stay."""
    former = live_artifact(session)
    if former is not None and former.id == row.id:
        return
    is_live = Artifact.state == ArtifactState.LIVE
    session.execute(update(Artifact).where(is_live).values(state=ArtifactState.RETIRED))
    row.state = ArtifactState.LIVE
    session.flush()
    detail = {"nama": row.name, "sebelumnya": former.name if former else None}
    record_event(session, "artefak.aktif", actor=actor, subject=("artifact", row.id), detail=detail)


def live_artifact(session: Session) -> Artifact | None:
    """The artifact that scores; None before the first promotion."""
    return session.scalars(select(Artifact).where(Artifact.state == ArtifactState.LIVE).order_by(Artifact.id.desc())).first()
