"""What people decided of texts that an artifact scored, as recall is estimated from it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from classifier.answers import label_of, leaves_standing, shows_act
from models import Artifact, Assessment, AuditDraw, AuditSample, Flag, FlagReason, FlagState, Outcome, Prediction


@dataclass(frozen=True)
class Decided:
    """One version of a text, by the newest decision on it."""

    raised_at: datetime
    """When its first flag was raised: since then it is no text that nobody flagged."""
    answer: str
    """missed, clean or undecided, as of a text below the line."""
    is_found: bool
    """The artifact itself puts it at or above its line."""

    @property
    def is_act(self) -> bool:
        return self.answer == "missed"


def list_decided(session: Session, artifact: Artifact) -> dict[int, Decided]:
    """Every version that people finished with, by its number.

    The artifact's own prediction decides what is found, not the flag's reason: flags of a former artifact and tips are
    held against this one too.
    """
    query = (
        select(Assessment, Flag.created_at, Prediction.probability)
        .select_from(Flag)
        .join(Assessment, and_(Assessment.flag_id == Flag.id, _is_final()))
        .join(Prediction, and_(Prediction.item_version_id == Assessment.item_version_id, Prediction.artifact_id == artifact.id))
        .order_by(Assessment.id)
        .execution_options(yield_per=1000)
    )
    decided = dict[int, Decided]()
    for assessment, raised_at, probability in session.execute(query):
        before = decided.get(assessment.item_version_id)
        if before is None or not leaves_standing(assessment):
            first = min(raised_at, before.raised_at) if before else raised_at
            decided[assessment.item_version_id] = Decided(first, _answer(assessment), probability >= artifact.threshold)
    return decided


def read_samples(session: Session, draws: Sequence[AuditDraw], decided: Mapping[int, Decided]) -> dict[int, Counter[str]]:
    """Answers to the texts of each draw: missed, clean, undecided, pending or unread."""
    answers = {draw.id: Counter[str]() for draw in draws}
    query = (
        select(AuditSample.draw_id, AuditSample.item_version_id, Assessment.item_version_id, _is_pending())
        .join(Flag, Flag.id == AuditSample.flag_id)
        .outerjoin(Assessment, and_(Assessment.flag_id == Flag.id, _is_final()))
        .where(AuditSample.draw_id.in_(answers))
    )
    for draw_id, drawn, read, is_pending in session.execute(query):
        if is_pending:
            answer = "pending"
        elif read is None:
            answer = "unread"
        else:  # A reading of other words than those that were drawn says nothing of these.
            answer = decided[drawn].answer if read == drawn and drawn in decided else "undecided"
        answers[draw_id][answer] += 1
    return answers


def count_waiting(session: Session, artifact: Artifact, before: datetime) -> int:
    """Flags that the artifact raised before that moment and that nobody has finished."""
    query = (
        select(func.count(Flag.id))
        .join(Prediction, Prediction.id == Flag.prediction_id)
        .where(Flag.reason == FlagReason.MODEL, Flag.state != FlagState.ASSESSED, Flag.created_at < before)
        .where(Prediction.artifact_id == artifact.id)
    )
    return session.scalar(query) or 0


def _answer(assessment: Assessment) -> str:
    if shows_act(assessment):
        return "missed"
    return "undecided" if label_of(assessment, None) is None else "clean"


def _is_final() -> ColumnElement[bool]:
    """The newest assessment of a finished flag that nobody withdrew."""
    later, undoing = aliased(Assessment), aliased(Assessment)
    return and_(
        Flag.state == FlagState.ASSESSED,
        Assessment.outcome != Outcome.WITHDRAWN,
        ~exists().where(later.flag_id == Assessment.flag_id, later.id > Assessment.id),
        ~exists().where(undoing.undoes_id == Assessment.id),
    )


def _is_pending() -> ColumnElement[bool]:
    """Somebody's reading of the flag stands, and it is not finished. What lies still on request may never be: unread."""
    reading, undoing = aliased(Assessment), aliased(Assessment)
    is_undone = exists().where(undoing.undoes_id == reading.id)
    is_read = exists().where(reading.flag_id == Flag.id, reading.outcome != Outcome.WITHDRAWN, ~is_undone)
    return and_(Flag.state.not_in((FlagState.ASSESSED, FlagState.RESTRICTED)), is_read)
