"""Predictions above the line to flags: one unfinished flag an item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import exists, or_, select
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


def hold_standing(session: Session, version_ids: Sequence[int]) -> dict[int, bool]:
    """Those of these versions that still have their words, and whether each is the newest of its item.

    Both stay so until the transaction ends. Items are locked before their versions, as whoever erases takes them too.
    """
    query = (
        select(ItemVersion.id, Item.current_version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(ItemVersion.id.in_(version_ids), ItemVersion.erased_at.is_(None))
        .order_by(Item.id, ItemVersion.id)
    )
    held = session.execute(query.with_for_update(key_share=True, of=(Item, ItemVersion)))
    return {version_id: version_id == current_id for version_id, current_id in held}


def raise_flags(session: Session, artifact: Artifact, scored: Sequence[tuple[int, int]]) -> FlagChanges:
    """Flags for freshly scored versions, given as pairs of version and item.

    They are locked first: one that was erased, or ceased to be current, while it was scored raises nothing.
    """
    held = hold_standing(session, [version_id for version_id, _ in scored])
    return raise_for_held(session, artifact, {version_id: item_id for version_id, item_id in scored if held.get(version_id)})


def raise_for_held(session: Session, artifact: Artifact, fresh: Mapping[int, int]) -> FlagChanges:
    """Flags for newest versions that `hold_standing` holds, given with their items.

    Only those are read whole that lie above the line or have an unfinished flag, a few of a hundred.
    """
    changes = FlagChanges()
    unfinished = _lock_unfinished(session, list(fresh.values()))
    query = (
        select(Item, ItemVersion, Prediction)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .join(Prediction, Prediction.item_version_id == ItemVersion.id)
        .where(Prediction.artifact_id == artifact.id, ItemVersion.id.in_(fresh))
        .where(or_(Prediction.probability >= artifact.threshold, Item.id.in_(unfinished)))
        .order_by(ItemVersion.id)
    )
    found = session.execute(query, execution_options={"populate_existing": True}).all()
    for item, version, prediction in found:
        is_above = prediction.probability >= artifact.threshold
        flag = unfinished.get(item.id)
        if flag and _move(session, flag, item, version, prediction, score=prediction.probability if is_above else 0.0):
            changes.moved.append(flag.id)
        elif is_above and not _is_assessed(session, version):
            raised = raise_flag(session, item, version, prediction)
            if raised is not None:
                changes.raised.append(raised)
    return changes


def raise_missed(session: Session, artifact: Artifact, *, after: int = 0, limit: int) -> MissedFlags:
    """Flags for current versions above the line whose item was still being read when they were scored.

    Up to `limit` of them, those of predictions with ids over `after`: a promoted artifact may have scored a whole archive.
    What somebody stores or erases right now is left to the next look.
    """
    other = aliased(Flag)
    asked = exists().where(Flag.item_version_id == Prediction.item_version_id)
    unfinished = exists().where(other.item_id == Item.id, other.state != FlagState.ASSESSED)
    query = (
        select(Item, ItemVersion, Prediction)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .join(Prediction, Prediction.item_version_id == ItemVersion.id)
        .where(Prediction.artifact_id == artifact.id, Prediction.probability >= artifact.threshold, ~asked, ~unfinished)
        .where(Prediction.id > after, ItemVersion.erased_at.is_(None))
        .order_by(Prediction.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=(Item, ItemVersion))
    )
    rows = session.execute(query).all()
    raised = [raise_flag(session, item, version, found) for item, version, found in rows]
    return MissedFlags([flag_id for flag_id in raised if flag_id is not None], rows[-1][2].id if len(rows) == limit else None)


def _lock_unfinished(session: Session, item_ids: list[int]) -> dict[int, Flag]:
    """The unfinished flag of each item that has one: an item has one at most."""
    query = select(Flag).where(Flag.item_id.in_(item_ids), Flag.state != FlagState.ASSESSED).order_by(Flag.id).with_for_update()
    return {flag.item_id: flag for flag in session.scalars(query, execution_options={"populate_existing": True})}


def _move(session: Session, flag: Flag, item: Item, version: ItemVersion, prediction: Prediction, *, score: float) -> bool:
    """Point an item's unfinished flag at the newer reading. No machine takes a flag back or moves it down the queue.

    A flag that somebody holds, or that a first person has read, keeps the words that this person sees or saw;
    `raise_missed` asks about the newer words once it is assessed.
    """
    if flag.state is FlagState.RESTRICTED or flag.reason is FlagReason.OBJECTION:
        return False  # Its person asked that it lies still, or that no machine's score is joined to it.
    is_read = flag.state is not FlagState.OPEN or (flag.held_until is not None and flag.held_until > now())
    if is_read and flag.item_version_id != prediction.item_version_id:
        return False
    move_flag(session, flag, item, version, prediction, score=score)
    return True


def _is_assessed(session: Session, version: ItemVersion) -> bool:
    """A person has spoken about these very words: a newer artifact does not ask again."""
    query = select(Flag.id).where(Flag.item_version_id == version.id, Flag.state == FlagState.ASSESSED).limit(1)
    return session.scalar(query) is not None
