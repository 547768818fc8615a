"""Estimates of recall, kept: what people's readings of random draws told on a day, so that a later day can be held against it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.learning.recall import CONFIDENCE, ArtifactRecall, Estimate
from models import Artifact, RecallEstimate, RecallMethod, record_event

ACTOR = "sistem:taksiran"
COUNTS = ("population", "drawn", "read", "undecided", "missed", "found", "known_missed", "waiting")


def keep_estimates(session: Session, found: Sequence[ArtifactRecall], on_day: date) -> list[RecallEstimate]:
    """Add a row for each artifact whose draws say something; the same figures of the same day stand once."""
    kept = list[RecallEstimate]()
    for own in found:
        if own.pooled.is_told and (row := _keep(session, own, on_day)):
            kept.append(row)
    return kept


def _keep(session: Session, own: ArtifactRecall, on_day: date) -> RecallEstimate | None:
    artifact_id = session.scalars(select(Artifact.id).where(Artifact.name == own.name).with_for_update()).one()
    values = _figures(own.pooled) | {"on_day": on_day, "method": RecallMethod.POOLED_DRAWS, "confidence": CONFIDENCE}
    newest = _find_newest(session, artifact_id)
    if newest is not None and all(getattr(newest, name) == value for name, value in values.items()):
        return None
    row = RecallEstimate(artifact_id=artifact_id, **values)
    session.add(row)
    session.flush()
    detail = {"taksiran": row.id, "dibaca": row.read, "terlewat": row.missed, "recall": row.recall}
    record_event(session, "taksiran.catat", actor=ACTOR, subject=("artifact", artifact_id), detail=detail)
    return row


def _figures(pooled: Estimate) -> dict[str, Any]:
    share, recall = pooled.share, pooled.recall
    counts = {name: int(getattr(pooled, name)) for name in COUNTS}
    values = {"share": share.value, "share_low": share.low, "share_high": share.high}
    lows = (recall.value, recall.low, recall.high) if recall else (None, None, None)
    return counts | values | dict(zip(("recall", "recall_low", "recall_high"), lows, strict=True))


def _find_newest(session: Session, artifact_id: int) -> RecallEstimate | None:
    own = select(RecallEstimate).where(RecallEstimate.artifact_id == artifact_id)
    return session.scalars(own.order_by(RecallEstimate.id.desc()).limit(1)).first()
