"""Predictions above the line to flags: one unfinished flag an item."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from models import Artifact, Flag, FlagReason, FlagState, Item, ItemVersion, Prediction, now
from models.queue.raising import move_flag, raise_flag


@dataclass(frozen=True)
class FlagChanges:
    """Ids of the flags that a batch raised, and of those that it moved to a newer reading."""

    raised: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class MissedFlags:
    raised: list[int]
    next_after: int | None
    """Id of the last prediction that was looked at; None where no more are left."""


def raise_flags(session: Session, artifact: Artifact, scored: Sequence[tuple[int, int]]) -> FlagChanges:
    """Flags for freshly scored versions, given as pairs of version and item.

    The items are locked first: a version that ceased to be current while it was scored raises nothing.
    """
    changes = FlagChanges()
    version_ids = [version_id for version_id, _ in scored]
    current = _lock_items(session, sorted({item_id for _, item_id in scored}))
    query = (
        select(Prediction, ItemVersion)
        .join(ItemVersion, ItemVersion.id == Prediction.item_version_id)
        .where(Prediction.artifact_id == artifact.id, Prediction.item_version_id.in_(version_ids))
        .order_by(ItemVersion.id)
    )
    for prediction, version in session.execute(query):
        item = current[version.item_id]
        if item.current_version_id == version.id:
            _follow(session, artifact, item, version, prediction, changes)
    return changes


def raise_missed(session: Session, artifact: Artifact, *, after: int = 0, limit: int) -> MissedFlags:
    """Flags for current versions above the line whose item was still being read when they were scored.

    Up to `limit` of them, those of predictions with ids over `after`: a promoted artifact may have scored a whole archive.
    """
    other = aliased(Flag)
    asked = exists().where(Flag.item_version_id == Prediction.item_version_id)
    unfinished = exists().where(other.item_id == Item.id, other.state != FlagState.ASSESSED)
    query = (
        select(Item, ItemVersion, Prediction)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .join(Prediction, Prediction.item_version_id == ItemVersion.id)
        .where(Prediction.artifact_id == artifact.id, Prediction.probability >= artifact.threshold, ~asked, ~unfinished)
        .where(Prediction.id > after)
        .order_by(Prediction.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    raised = [raise_flag(session, item, version, found) for item, version, found in rows]
    return MissedFlags([flag_id for flag_id in raised if flag_id is not None], rows[-1][2].id if len(rows) == limit else None)


def _lock_items(session: Session, item_ids: list[int]) -> dict[int, Item]:
    query = select(Item).where(Item.id.in_(item_ids)).order_by(Item.id).with_for_update(key_share=True)
    return {item.id: item for item in session.scalars(query, execution_options={"populate_existing": True})}


def _follow(
    session: Session, artifact: Artifact, item: Item, version: ItemVersion, prediction: Prediction, changes: FlagChanges
) -> None:
    is_above = prediction.probability >= artifact.threshold
    moved = _move_unfinished(session, item, version, prediction, raise_to=prediction.probability if is_above else None)
    if moved is not None:
        changes.moved.append(moved)
    elif is_above and not _is_assessed(session, version):
        raised = raise_flag(session, item, version, prediction)
        if raised is not None:
            changes.raised.append(raised)


def _move_unfinished(
    session: Session, item: Item, version: ItemVersion, prediction: Prediction, *, raise_to: float | None
) -> int | None:
    """Point the item's unfinished flag at the newer reading. No machine takes a flag back or moves it down the queue.

    A flag that somebody holds, or that a first person has read, keeps the words that this person sees or saw;
    `raise_missed` asks about the newer words once it is assessed.
    """
    query = select(Flag).where(Flag.item_id == item.id, Flag.state != FlagState.ASSESSED).with_for_update()
    flag = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if flag is None or flag.state is FlagState.RESTRICTED or flag.reason is FlagReason.OBJECTION:
        return None  # Its person asked that it lies still, or that no machine's score is joined to it.
    is_read = flag.state is not FlagState.OPEN or (flag.held_until is not None and flag.held_until > now())
    if is_read and flag.item_version_id != prediction.item_version_id:
        return None
    move_flag(session, flag, item, version, prediction, score=raise_to or 0.0)
    return flag.id


def _is_assessed(session: Session, version: ItemVersion) -> bool:
    """A person has spoken about these very words: a newer artifact does not ask again."""
    query = select(Flag.id).where(Flag.item_version_id == version.id, Flag.state == FlagState.ASSESSED).limit(1)
    return session.scalar(query) is not None
