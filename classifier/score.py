"""Unscored items to predictions and flags. Safe twice at once, and safe to kill.

A batch is claimed in one short transaction, scored in none, and written in another. Whoever stops in between gives
the claim back; of whoever is killed it runs out after a minute, and the versions come back. Any of them may be what
killed it, so they are scored apart.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from classifier.artifacts.artifact import PROBES
from classifier.artifacts.registry import is_still_live
from classifier.flags import hold_standing, raise_for_held, raise_missed
from classifier.labels import to_document
from classifier.quarantine import FailedText, note_failures
from classifier.reading.document import Document
from classifier.scoring.apart import CannotScoreApart, Failure, score_apart
from classifier.scoring.scorer import Evidence, Scored, Scorer
from models import Artifact, Item, ItemVersion, Prediction, now, record_event
from models.base import CLOCK_SLACK

logger = logging.getLogger(__name__)

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
    is_suspect: bool = False
    """Whoever held it before neither wrote its score nor gave it back."""


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
    at = at or now()
    with sessions.begin() as session:
        claimed = claim_versions(session, artifact, limit=limit, at=at)
    if not claimed:
        return BatchResult()
    try:
        results = _score(scorer, claimed)
        with sessions.begin() as session:
            return _record(session, artifact, results)
    except BaseException:  # Also Ctrl-C: nobody is to wait for a claim that nobody works on.
        with sessions.begin() as session:
            _give_back(session, claimed, at)
        raise


def _score(scorer: Scorer, claimed: Sequence[ClaimedVersion]) -> list[tuple[ClaimedVersion, Scored | Failure]]:
    """Together what is new, apart what may kill its process; in the order of the versions, as rows are written."""
    fresh, suspects = ([version for version in claimed if version.is_suspect is wanted] for wanted in (False, True))
    try:
        together = list[Scored | Failure](scorer.score([version.document for version in fresh]))
    except Exception:  # One of them breaks our code, and which one shows only apart.
        logger.exception("a batch cannot be scored together")
        together = score_apart(scorer, [version.document for version in fresh])
    apart = score_apart(scorer, [version.document for version in suspects])
    _require_sound(scorer, [*together, *apart])
    pairs = zip([*fresh, *suspects], [*together, *apart], strict=True)
    return sorted(pairs, key=lambda pair: pair[0].id)


def _require_sound(scorer: Scorer, results: Sequence[Scored | Failure]) -> None:
    """Refuse to blame texts where a sound one has no score either: memory ran out, or code was changed below this process."""
    if any(isinstance(own, Scored) for own in results):
        return
    (found,) = score_apart(scorer, PROBES[:1])
    if isinstance(found, Failure):
        raise CannotScoreApart(
            f"none of {len(results)} texts can be scored, nor one that is known to be sound: {found.reason}. Begin anew."
        )


def _record(session: Session, artifact: Artifact, results: Sequence[tuple[ClaimedVersion, Scored | Failure]]) -> BatchResult:
    scored = [(version, found) for version, found in results if isinstance(found, Scored)]
    failed = [FailedText(version.id, version.item_id, found.reason) for version, found in results if isinstance(found, Failure)]
    batch = record_scores(session, artifact, *zip(*scored, strict=True)) if scored else BatchResult()
    note_failures(session, artifact, failed)
    return batch + BatchResult(claimed=len(failed))


def flag_missed(sessions: sessionmaker[Session], artifact: Artifact, *, limit: int = 500) -> BatchResult:
    """Flag the texts above the line that changed while a person was reading the item; see `raise_missed`.

    Every `limit` of them in a transaction of their own, so that nobody waits long for the trail, and as long as the artifact
    is live: of an archive there may be many, and whoever rolls back wants no more of them.
    """
    flagged, after = 0, 0
    while after is not None:
        with sessions.begin() as session:
            if not is_still_live(session, artifact):
                break
            missed = raise_missed(session, artifact, after=after, limit=limit)
            if missed.raised:
                detail = {"artefak": artifact.name, "penanda": missed.raised}
                record_event(session, "skor.susulan", actor=ACTOR, subject=("artifact", artifact.id), detail=detail)
        flagged, after = flagged + len(missed.raised), missed.next_after
    return BatchResult(flagged=flagged)


def _give_back(session: Session, claimed: Sequence[ClaimedVersion], at: datetime) -> None:
    """What is still ours. The claim of a suspect runs out instead: given back, it would be tried as new and kill the next one."""
    ids = [version.id for version in claimed if not version.is_suspect]
    ours = (ItemVersion.id.in_(ids), ItemVersion.scoring_until == at + CLAIM)
    session.execute(update(ItemVersion).where(*ours).values(scoring_until=None))


def count_waiting(session: Session, artifact: Artifact) -> int:
    """How many current versions the artifact has not scored yet."""
    return session.scalar(select(func.count()).select_from(_waiting(artifact, None).subquery())) or 0


def claim_versions(session: Session, artifact: Artifact, *, limit: int, at: datetime) -> list[ClaimedVersion]:
    """Take up to `limit` current versions for a minute: the never scored first, then those of other artifacts."""
    suspects = _claim(session, _waiting(artifact, at).where(ItemVersion.scored_by_id.is_(None)), limit=limit, at=at)
    suspects = suspects or _claim(session, _waiting(artifact, at), limit=limit, at=at)
    query = (
        select(ItemVersion, Item.kind)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(ItemVersion.id.in_(suspects))
        .order_by(ItemVersion.id)
    )
    rows = session.execute(query)
    return [
        ClaimedVersion(version.id, version.item_id, to_document(version, kind), suspects[version.id]) for version, kind in rows
    ]


def record_scores(
    session: Session, artifact: Artifact, claimed: Sequence[ClaimedVersion], scores: Sequence[Scored]
) -> BatchResult:
    """Write predictions, flags and the end of the claims; another process's prediction stands.

    Of a text that was erased while it was scored nothing is written, least of all its words as evidence. An artifact that is
    no longer live raises no flag: the one that took its place scores these texts anew.
    """
    ids, is_live = [version.id for version in claimed], is_still_live(session, artifact)
    held = hold_standing(session, ids)
    found = [(version, scored) for version, scored in zip(claimed, scores, strict=True) if version.id in held]
    rows = [to_row(version.id, artifact.id, scored) for version, scored in found]
    written = insert_predictions(session, rows) if rows else set[int]()
    fresh = {version.id: version.item_id for version, _ in found if version.id in written}
    newest = {number: item_id for number, item_id in fresh.items() if is_live and held[number]}
    flags = raise_for_held(session, artifact, newest)
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
    """Ids of current versions with words and without a score of this artifact, unless somebody holds them at `at`."""
    is_current = exists().where(Item.id == ItemVersion.item_id, Item.current_version_id == ItemVersion.id)
    is_unscored = or_(ItemVersion.scored_by_id.is_(None), ItemVersion.scored_by_id != artifact.id)
    query = select(ItemVersion.id).where(is_current, is_unscored, ItemVersion.erased_at.is_(None))
    if at is None:
        return query
    until = ItemVersion.scoring_until
    return query.where(or_(until.is_(None), until < at, until > at + CLAIM + CLOCK_SLACK))


def _claim(session: Session, waiting: Select[Any], *, limit: int, at: datetime) -> dict[int, bool]:
    """Ids, and whether somebody held them before. Locked first, so that no two get the same; SQLite has one writer anyway."""
    chosen = waiting.add_columns(ItemVersion.scoring_until).order_by(ItemVersion.id).limit(limit)
    rows = session.execute(chosen.with_for_update(skip_locked=True, of=ItemVersion)).all()
    found = {number: until is not None for number, until in rows}
    if found:
        taken = update(ItemVersion).where(ItemVersion.id.in_(found)).values(scoring_until=at + CLAIM)
        session.execute(taken, execution_options={"synchronize_session": False})
    return found


def insert_predictions(session: Session, rows: list[dict[str, object]]) -> set[int]:
    """Ids of the versions whose prediction is ours. What another process wrote stands; rows go in the order of their versions."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    keys = ["item_version_id", "artifact_id"]
    statement = dialect.insert(Prediction).on_conflict_do_nothing(index_elements=keys).returning(Prediction.item_version_id)
    return set(session.scalars(statement, rows))


def to_row(version_id: int, artifact_id: int, scored: Scored) -> dict[str, object]:
    """A score as `insert_predictions` takes it."""
    return {
        "item_version_id": version_id,
        "artifact_id": artifact_id,
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
