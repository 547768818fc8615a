"""What people decided of texts that an artifact scored, as recall is estimated from it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from classifier.answers import label_of, leaves_standing, shows_act
from classifier.reading.document import Document
from classifier.stories import identify
from models import Artifact, Assessment, AuditDraw, AuditSample, Flag, FlagReason, FlagState, ItemVersion, Outcome, Prediction


@dataclass(frozen=True)
class Decided:
    """One version of a text, by the newest decision on its words."""

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
    held against this one too. As in training, the newest decision on the same words of the same author holds, whichever
    version it was given to.
    """
    is_own = and_(Prediction.item_version_id == Assessment.item_version_id, Prediction.artifact_id == artifact.id)
    query = (
        select(Assessment, Flag.created_at, Prediction.probability, ItemVersion)
        .select_from(Flag)
        .join(Assessment, and_(Assessment.flag_id == Flag.id, _is_final()))
        .join(ItemVersion, ItemVersion.id == Assessment.item_version_id)
        .outerjoin(Prediction, is_own)
        .order_by(Assessment.created_at, Assessment.id)
        .execution_options(yield_per=1000)
    )
    answers, scored = dict[str, str](), dict[int, tuple[datetime, float, str]]()
    for assessment, raised_at, probability, version in session.execute(query):
        words = _name_words(version)
        if words not in answers or not leaves_standing(assessment):
            answers[words] = _answer(assessment)
        if probability is not None:
            first, _, _ = scored.get(version.id, (raised_at, 0.0, ""))
            scored[version.id] = (min(first, raised_at), probability, words)
    return {
        version_id: Decided(raised_at, answers[words], probability >= artifact.threshold)
        for version_id, (raised_at, probability, words) in scored.items()
    }


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


def _name_words(version: ItemVersion) -> str:
    """A short name for its words and their author; those that were erased are nobody else's."""
    if version.erased_at:
        return f"versi-{version.id}"
    identity = identify(Document(version.text, version.title, author_name=version.author_name, author_bio=version.author_bio))
    return sha256("\0".join(identity).encode()).hexdigest()


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
