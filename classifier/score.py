"""Unscored items to predictions and flags. Safe twice at once, and safe to kill.

A batch is claimed in one short transaction, scored in none, and written in another. Whoever stops in between gives
the claim back; of whoever is killed it runs out after a minute, and the versions come back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from classifier.flags import raise_flags, raise_missed
from classifier.labels import to_document
from classifier.reading.document import Document
from classifier.scoring.scorer import Evidence, Scored, Scorer
from models import Artifact, Item, ItemVersion, Prediction, now, record_event

CLAIM = timedelta(minutes=1)
ACTOR = "sistem:skor"


@dataclass(frozen=True)
class BatchResult:
    """What one batch, or a row of them, did."""

    claimed: int = 0
    flagged: int = 0
    """Flags raised; a flag that moved to a newer version is not counted again."""

    def __add__(self, other: "BatchResult") -> "BatchResult":
        return BatchResult(self.claimed + other.claimed, self.flagged + other.flagged)


@dataclass(frozen=True)
class ClaimedVersion:
    """A version that this process holds, with what scoring reads of it."""

    id: int
    item_id: int
    document: Document


def score_all(
    sessions: sessionmaker[Session],
    scorer: Scorer,
    artifact: Artifact,
    *,
    limit: int = 200,
    on_progress: Callable[[BatchResult], None] | None = None,
) -> BatchResult:
    """Score batch by batch until nothing waits that nobody else holds; `on_progress` hears of each batch."""
    done = flag_missed(sessions, artifact)
    while (batch := score_batch(sessions, scorer, artifact, limit=limit)).claimed:
        done += batch
        if on_progress:
            on_progress(batch)
    return done


def score_batch(
    sessions: sessionmaker[Session], scorer: Scorer, artifact: Artifact, *, limit: int = 200, at: datetime | None = None
) -> BatchResult:
    """Score one batch, in transactions of its own. Nothing claimed means that nothing waits."""
    with sessions.begin() as session:
        claimed = claim_versions(session, artifact, limit=limit, at=at or now())
    if not claimed:
        return BatchResult()
    try:
        scores = scorer.score([version.document for version in claimed])
        with sessions.begin() as session:
            return record_scores(session, artifact, claimed, scores)
    except BaseException:  # Also Ctrl-C: nobody is to wait for a claim that nobody works on.
        with sessions.begin() as session:
            _give_back(session, claimed)
        raise


def flag_missed(sessions: sessionmaker[Session], artifact: Artifact) -> BatchResult:
    """Flag the texts above the line that changed while a person was reading the item; see `raise_missed`."""
    with sessions.begin() as session:
        flags = raise_missed(session, artifact)
        if flags:
            detail = {"artefak": artifact.name, "penanda": flags}
            record_event(session, "skor.susulan", actor=ACTOR, subject=("artifact", artifact.id), detail=detail)
    return BatchResult(flagged=len(flags))


def _give_back(session: Session, claimed: Sequence[ClaimedVersion]) -> None:
    ids = [version.id for version in claimed]
    session.execute(update(ItemVersion).where(ItemVersion.id.in_(ids)).values(scoring_until=None))


def count_waiting(session: Session, artifact: Artifact) -> int:
    """How many current versions the artifact has not scored yet."""
    return session.scalar(select(func.count()).select_from(_waiting(artifact, None).subquery())) or 0


def claim_versions(session: Session, artifact: Artifact, *, limit: int, at: datetime) -> list[ClaimedVersion]:
    """Take up to `limit` current versions for a minute: the never scored first, then those of other artifacts."""
    ids = _claim(session, _waiting(artifact, at).where(ItemVersion.scored_by_id.is_(None)), limit=limit, at=at)
    ids = ids or _claim(session, _waiting(artifact, at), limit=limit, at=at)
    query = (
        select(ItemVersion, Item.kind)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(ItemVersion.id.in_(ids))
        .order_by(ItemVersion.id)
    )
    return [ClaimedVersion(version.id, version.item_id, to_document(version, kind)) for version, kind in session.execute(query)]


def record_scores(
    session: Session, artifact: Artifact, claimed: Sequence[ClaimedVersion], scores: Sequence[Scored]
) -> BatchResult:
    """Write predictions, flags and the end of the claims; another process's prediction stands."""
    rows = [_to_row(version, artifact, scored) for version, scored in zip(claimed, scores, strict=True)]
    written = _insert_predictions(session, rows)
    fresh = [version for version in claimed if version.id in written]
    flags = raise_flags(session, artifact, [(version.id, version.item_id) for version in fresh])
    ids = [version.id for version in claimed]
    session.execute(update(ItemVersion).where(ItemVersion.id.in_(ids)).values(scored_by_id=artifact.id, scoring_until=None))
    detail = {
        "artefak": artifact.name,
        "diambil": len(claimed),
        "diskor": len(fresh),
        "penanda": flags.raised,
        "pindah": flags.moved,
    }
    record_event(session, "skor.batch", actor=ACTOR, subject=("artifact", artifact.id), detail=detail)
    return BatchResult(len(claimed), len(flags.raised))


def _waiting(artifact: Artifact, at: datetime | None) -> Select[Any]:
    """Ids of current versions without a score of this artifact, unless somebody holds them at `at`."""
    is_current = exists().where(Item.id == ItemVersion.item_id, Item.current_version_id == ItemVersion.id)
    is_unscored = or_(ItemVersion.scored_by_id.is_(None), ItemVersion.scored_by_id != artifact.id)
    query = select(ItemVersion.id).where(is_current, is_unscored)
    return query.where(or_(ItemVersion.scoring_until.is_(None), ItemVersion.scoring_until < at)) if at else query


def _claim(session: Session, waiting: Select[Any], *, limit: int, at: datetime) -> list[int]:
    """One statement, so that no two processes get the same version. SQLite has one writer and needs no SKIP LOCKED."""
    chosen = waiting.order_by(ItemVersion.id).limit(limit).with_for_update(skip_locked=True, of=ItemVersion)
    statement = update(ItemVersion).where(ItemVersion.id.in_(chosen)).values(scoring_until=at + CLAIM).returning(ItemVersion.id)
    return list(session.scalars(statement, execution_options={"synchronize_session": False}))


def _insert_predictions(session: Session, rows: list[dict[str, object]]) -> set[int]:
    """Ids of the versions whose prediction is ours."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    keys = ["item_version_id", "artifact_id"]
    statement = dialect.insert(Prediction).on_conflict_do_nothing(index_elements=keys).returning(Prediction.item_version_id)
    return set(session.scalars(statement, rows))


def _to_row(version: ClaimedVersion, artifact: Artifact, scored: Scored) -> dict[str, object]:
    return {
        "item_version_id": version.id,
        "artifact_id": artifact.id,
        "probability": scored.probability,
        "label": scored.label,
        "act": scored.act,
        "evidence": [_to_span(found) for found in scored.evidence],
    }


def _to_span(found: Evidence) -> dict[str, object]:
    return {
        "start": found.start,
        "end": found.end,
        "weight": found.weight,
        "words": list(found.words),
        "signs": list(found.signs),
    }
