"""Another reading of a text: without the machine's score, or of its newer version. Until a person has read it, both go back."""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from models import (
    Assessment,
    AuditSample,
    CorrectionDeed,
    CorrectionDeedKind,
    Flag,
    FlagReason,
    FlagState,
    Item,
    ItemVersion,
    LeaseEnd,
    Prediction,
)
from models.queue.raising import point_to, raise_flag
from service.corrections.errors import AlreadyDone, DeedStands, DrawnAsItWas, NotInQueue
from service.corrections.targets import Target
from service.errors import InvalidInput, NetraError, Restricted
from service.review import claims


def begin(session: Session, target: Target) -> tuple[Flag, dict[str, Any]]:
    """The flag that a person will read without a score, and what stood there."""
    flag = _lock(session, target)
    if obstacle := obstacle_to(session, flag):
        raise obstacle
    if flag.state is FlagState.ASSESSED:
        return _raise(session, flag), {"baru": True}
    before = _state_of(flag)
    item, version = session.get_one(Item, flag.item_id), session.get_one(ItemVersion, flag.item_version_id)
    flag.reason = FlagReason.OBJECTION
    _free(session, flag)
    point_to(session, flag, item, version, None)
    return flag, before


def show_newest(session: Session, target: Target) -> dict[str, Any]:
    """Only of what nobody has read: whoever read it judged the words that were there."""
    flag = _lock(session, target)
    item = session.get_one(Item, flag.item_id)
    if obstacle := obstacle_to_newest(session, flag):
        raise obstacle
    before, version = _state_of(flag), session.get_one(ItemVersion, item.current_version_id)
    _free(session, flag)
    is_objected = flag.reason is FlagReason.OBJECTION
    point_to(session, flag, item, version, None if is_objected else _newest_prediction(session, version))
    return before


def end(session: Session, deed: CorrectionDeed) -> None:
    flag = session.scalars(select(Flag).where(Flag.id == deed.flag_id).with_for_update()).one()
    session.refresh(flag)
    if obstacle := obstacle_to_ending(session, deed):
        raise obstacle
    item, version = session.get_one(Item, flag.item_id), session.get_one(ItemVersion, deed.before["versi"])
    number = deed.before["prakiraan"]
    flag.reason = FlagReason(deed.before["sebab"])
    flag.score, flag.severity = deed.before.get("skor", flag.score), deed.before.get("sanksi", flag.severity)
    _free(session, flag)
    point_to(session, flag, item, version, session.get(Prediction, number) if number else None)


def obstacle_to(session: Session, flag: Flag) -> NetraError | None:
    if flag.state is FlagState.RESTRICTED:
        return Restricted()
    if flag.state is not FlagState.ASSESSED:
        return AlreadyDone() if flag.reason is FlagReason.OBJECTION else None
    other = select(Flag.id).where(Flag.item_id == flag.item_id, Flag.state != FlagState.ASSESSED)
    return AlreadyDone() if session.scalar(other.limit(1)) is not None else None  # That one is the one to ask about.


def obstacle_to_newest(session: Session, flag: Flag) -> NetraError | None:
    newest_id = session.get_one(Item, flag.item_id).current_version_id
    if flag.state is not FlagState.OPEN:
        return NotInQueue()
    if newest_id in {None, flag.item_version_id}:
        return AlreadyDone()
    return DrawnAsItWas() if _is_drawn_with_another(session, flag, newest_id) else None


def obstacle_to_ending(session: Session, deed: CorrectionDeed) -> NetraError | None:
    """Nothing goes back once people have gone on: a new flag, a reading, a restriction or another such deed since."""
    state = session.scalar(select(Flag.state).where(Flag.id == deed.flag_id))
    read_since = exists().where(Assessment.flag_id == deed.flag_id, Assessment.created_at >= deed.done_at)
    is_over = "baru" in deed.before or state in {FlagState.ASSESSED, FlagState.RESTRICTED}
    return DeedStands() if is_over or session.scalar(select(or_(read_since, _changed_since(deed)))) else None


def _changed_since(deed: CorrectionDeed) -> ColumnElement[bool]:
    """Whether a later deed still stands: what was there before this one would take that one back with it."""
    later = exists().where(CorrectionDeed.flag_id == deed.flag_id, CorrectionDeed.id > deed.id)
    kinds = (CorrectionDeedKind.REREAD, CorrectionDeedKind.VERSION)
    return later.where(CorrectionDeed.kind.in_(kinds), CorrectionDeed.undone_at.is_(None))


def _lock(session: Session, target: Target) -> Flag:
    if target.flag is None:
        raise InvalidInput("koreksi_sasaran")
    session.execute(select(Item.id).where(Item.id == target.flag.item_id).with_for_update())
    return session.scalars(
        select(Flag).where(Flag.id == target.flag.id).with_for_update(), execution_options={"populate_existing": True}
    ).one()


def _raise(session: Session, finished: Flag) -> Flag:
    item = session.get_one(Item, finished.item_id)
    version = session.get_one(ItemVersion, item.current_version_id)
    number = raise_flag(session, item, version, None, reason=FlagReason.OBJECTION)
    if number is None:  # Another one was raised at this moment.
        raise AlreadyDone
    return session.get_one(Flag, number)


def _state_of(flag: Flag) -> dict[str, Any]:
    """With its score and severity: those of a drawn flag are borrowed, and no reading gives them again."""
    place = {"skor": flag.score, "sanksi": flag.severity}
    return place | {"versi": flag.item_version_id, "prakiraan": flag.prediction_id, "sebab": flag.reason.value}


def _free(session: Session, flag: Flag) -> None:
    for name, value in claims.FREED.items():
        setattr(flag, name, value)
    session.flush()
    claims.end_lease(session, flag.id, LeaseEnd.RELEASED)


def _is_drawn_with_another(session: Session, flag: Flag, version_id: int | None) -> bool:
    """Whether a draw counts on what people say of one version of the text, and this is another."""
    drawn = select(AuditSample.flag_id).where(AuditSample.flag_id == flag.id, AuditSample.item_version_id != version_id)
    return session.scalar(drawn.limit(1)) is not None


def _newest_prediction(session: Session, version: ItemVersion) -> Prediction | None:
    newest = select(func.max(Prediction.id)).where(Prediction.item_version_id == version.id).scalar_subquery()
    return session.scalar(select(Prediction).where(Prediction.id == newest))
