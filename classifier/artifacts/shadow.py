"""The shadow artifact: it scores what the live one has scored, raises no flag, and shows where the two disagree."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, and_, case, exists, func, select, text, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from classifier.artifacts.golden import title_of
from classifier.aside import find_aside, find_newest_wish, leave_aside
from classifier.labels import to_document
from classifier.quarantine import FailedText
from classifier.reading.document import Document
from classifier.scoring.apart import Failure, ScorerApart, require_some
from classifier.scoring.scorer import Scored
from models import Artifact, Item, ItemVersion, Prediction, ShadowScore, now, record_event
from models.database import make_reading_session, make_session

ACTOR = "sistem:bayangan"
LATE = 2_000
"""Predictions behind which a run stays: PostgreSQL draws a number a moment before its transaction counts as open."""
OPEN = text("SELECT pg_snapshot_xmin(own)::text, pg_snapshot_xmax(own)::text FROM pg_current_snapshot() AS own")


@dataclass(frozen=True)
class Disagreement:
    """A current text that one of two artifacts flags and the other does not."""

    item_id: int
    title: str
    first: float
    second: float


@dataclass(frozen=True)
class Difference:
    """How many current texts two artifacts have both scored, and how many each of them alone flags."""

    texts: int
    only_first: int
    only_second: int


@dataclass(frozen=True)
class ShadowBatch:
    """What one batch of a shadow did; `written` is less where another process was faster, or where texts were put aside."""

    scored: int = 0
    """Texts, also those that are still at hand."""
    written: int = 0


@dataclass(frozen=True)
class _Waiting:
    """A text that the live artifact has scored and the shadow has not."""

    prediction_id: int
    version_id: int
    item_id: int
    document: Document


class _Fence:
    """Up to which prediction everybody who wrote one has ended: on PostgreSQL numbers are drawn long before they are committed.

    A number counts once every transaction that was open when it was the newest has ended. SQLite has one writer.
    """

    def __init__(self) -> None:
        self.settled = 0
        self._newest, self._next = 0, 0
        """The newest prediction when we last looked up, and the transaction that came next."""

    def move(self, session: Session, newest: int) -> None:
        """Before the predictions are read on which a mark is to move."""
        if session.get_bind().dialect.name != "postgresql":
            self.settled = newest
            return
        oldest, following = map(int, session.execute(OPEN).one())
        if oldest >= self._next:
            self.settled, self._newest, self._next = self._newest, newest, following
        if oldest == following:
            self.settled = newest


class ShadowRun:
    """Walks through the live artifact's predictions in the order in which they were made.

    A run begins at the first one, and reads each once, until somebody asks that what was put aside be tried again; what
    was erased is passed over. Two runs at once may score the same text; one row is written. The shadow has a process of
    its own: a text that hangs it, breaks it or kills it must not end the live artifact's work. Such a text is put aside.
    """

    def __init__(self, engine: Engine, scorer: ScorerApart, shadow: Artifact, live: Artifact):
        self.shadow, self.live = shadow, live
        self._scorer = scorer
        self._reading, self._writing = make_reading_session(engine), make_session(engine)
        self._after, self._newest_wish, self._fence = 0, 0, _Fence()
        self._at_hand: Sequence[_Waiting] = ()
        self._found = list[Scored | Failure]()
        """Of the first texts at hand, not written yet."""
        self._is_proven = False
        """Some text of the batch got its score, or had all of its time: failures are the texts' own."""

    def score_batch(self, *, limit: int = 200, seconds: float = math.inf) -> ShadowBatch:
        """Score one batch. Nothing scored means that nothing waits.

        Of a batch that takes longer, the texts that are done are written now, and the others by later calls.
        """
        if not self._at_hand and not self._take(limit):
            return ShadowBatch()
        is_over, at_hand = self._scorer.collect(seconds) is not None, len(self._at_hand)
        self._found += self._scorer.take()
        self._is_proven |= any(isinstance(own, Scored) or own.is_slow for own in self._found)
        return ShadowBatch(at_hand, self._write_found(is_over=is_over))

    def _write_found(self, *, is_over: bool) -> int:
        """How many scores were written. Failures wait until the batch is proven, or over."""
        if not self._found or not (is_over or self._is_proven):
            return 0
        found, self._found = self._found, []
        waiting, self._at_hand = self._at_hand[: len(found)], self._at_hand[len(found) :]
        if not self._is_proven:
            require_some(found)
        written = self._write(waiting, found)
        self._pass(waiting[-1].prediction_id)
        return written

    def _take(self, limit: int) -> bool:
        """Begin the next batch, if there is one."""
        with self._reading() as session:
            self._look_again(session)
            newest = self._newest_prediction(session)
            self._fence.move(session, newest)
            waiting = self._list_waiting(session, limit)
        if not waiting:
            self._pass(newest)
            return False
        self._scorer.begin([text.document for text in waiting])
        self._at_hand, self._found, self._is_proven = waiting, [], False
        return True

    def _look_again(self, session: Session) -> None:
        """From the start, where somebody asked for it since."""
        wish = find_newest_wish(session, self.shadow.id)
        if wish > self._newest_wish:
            self._newest_wish, self._after = wish, 0

    def _write(self, waiting: Sequence[_Waiting], scores: Sequence[Scored | Failure]) -> int:
        pairs = list(zip(waiting, scores, strict=True))
        found = [(text.version_id, score) for text, score in pairs if isinstance(score, Scored)]
        failed = [FailedText(text.version_id, text.item_id, score.reason) for text, score in pairs if isinstance(score, Failure)]
        with self._writing.begin() as session:
            written = record_shadow(session, self.shadow, *zip(*found, strict=True)) if found else 0
            leave_aside(session, self.shadow.id, self.shadow.name, failed)
        return written

    def _pass(self, prediction_id: int) -> None:
        self._after = max(self._after, min(prediction_id, self._fence.settled) - LATE)

    def count_waiting(self) -> int:
        with self._reading() as session:
            return session.scalar(select(func.count()).select_from(self._waiting(session).subquery())) or 0

    def _list_waiting(self, session: Session, limit: int) -> list[_Waiting]:
        query = self._waiting(session).add_columns(ItemVersion, Item.kind).order_by(Prediction.id).limit(limit)
        return [
            _Waiting(number, version.id, version.item_id, to_document(version, kind))
            for number, version, kind in session.execute(query)
        ]

    def _waiting(self, session: Session) -> Select[Any]:
        is_scored = exists().where(
            ShadowScore.artifact_id == self.shadow.id, ShadowScore.item_version_id == Prediction.item_version_id
        )
        return (
            select(Prediction.id)
            .join(ItemVersion, ItemVersion.id == Prediction.item_version_id)
            .join(Item, and_(Item.id == ItemVersion.item_id, Item.current_version_id == ItemVersion.id))
            .where(Prediction.artifact_id == self.live.id, Prediction.id > self._after, ~is_scored)
            .where(ItemVersion.erased_at.is_(None), ItemVersion.id.not_in(find_aside(session, self.shadow.id)))
        )

    def _newest_prediction(self, session: Session) -> int:
        return session.scalar(select(func.max(Prediction.id)).where(Prediction.artifact_id == self.live.id)) or 0


def record_shadow(session: Session, shadow: Artifact, version_ids: Sequence[int], scores: Sequence[Scored]) -> int:
    """Write the scores that nobody else wrote meanwhile, and their number into the trail."""
    rows = [_to_row(version_id, shadow, scored) for version_id, scored in zip(version_ids, scores, strict=True)]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(ShadowScore).on_conflict_do_nothing(index_elements=["artifact_id", "item_version_id"])
    written = len(session.scalars(statement.returning(ShadowScore.id), rows).all())
    if written:
        detail = {"artefak": shadow.name, "diskor": written}
        record_event(session, "skor.bayangan", actor=ACTOR, subject=("artifact", shadow.id), detail=detail)
    return written


def count_differences(session: Session, first: Artifact, second: Artifact) -> Difference:
    """Compare what is stored of two artifacts: predictions and shadow scores of current texts, each at its own line."""
    pairs = _pair_scores(first, second).subquery()
    is_first, is_second = pairs.c.first >= first.threshold, pairs.c.second >= second.threshold
    query = select(func.count(), _count(is_first & ~is_second), _count(is_second & ~is_first)).select_from(pairs)
    texts, only_first, only_second = session.execute(query).one()
    return Difference(texts, only_first, only_second)


def list_disagreements(session: Session, first: Artifact, second: Artifact, *, limit: int) -> list[Disagreement]:
    """Current texts that one of the two flags and the other does not, the largest difference first."""
    pairs = _pair_scores(first, second).subquery()
    query = (
        select(ItemVersion.item_id, title_of(ItemVersion), pairs.c.first, pairs.c.second)
        .join(ItemVersion, ItemVersion.id == pairs.c.version_id)
        .where((pairs.c.first >= first.threshold) != (pairs.c.second >= second.threshold))
        .order_by(func.abs(pairs.c.first - pairs.c.second).desc(), ItemVersion.item_id)
        .limit(limit)
    )
    return [Disagreement(*row) for row in session.execute(query)]


def _pair_scores(first: Artifact, second: Artifact) -> Select[Any, Any, Any]:
    one, other = _scores_of(first).subquery(), _scores_of(second).subquery()
    return (
        select(one.c.version_id, one.c.probability.label("first"), other.c.probability.label("second"))
        .join(other, other.c.version_id == one.c.version_id)
        .join(ItemVersion, ItemVersion.id == one.c.version_id)
        .join(Item, and_(Item.id == ItemVersion.item_id, Item.current_version_id == ItemVersion.id))
    )


def _scores_of(artifact: Artifact):
    """Its predictions, and its shadow scores of texts for which it has no prediction."""
    is_predicted = exists().where(
        Prediction.artifact_id == artifact.id, Prediction.item_version_id == ShadowScore.item_version_id
    )
    predicted = select(Prediction.item_version_id.label("version_id"), Prediction.probability)
    shadowed = select(ShadowScore.item_version_id.label("version_id"), ShadowScore.probability)
    return union_all(
        predicted.where(Prediction.artifact_id == artifact.id),
        shadowed.where(ShadowScore.artifact_id == artifact.id, ~is_predicted),
    )


def _count(condition):
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _to_row(version_id: int, shadow: Artifact, scored: Scored) -> dict[str, object]:
    return {
        "artifact_id": shadow.id,
        "item_version_id": version_id,
        "probability": scored.probability,
        "label": scored.label,
        "scored_at": now(),
    }
