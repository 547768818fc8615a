"""What people's judgements say of an item: whether nobody found anything in it, long enough ago to be erased."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from models import Flag, FlagState, Item, Outcome

HARMLESS = (Outcome.NO_VIOLATION, Outcome.OUT_OF_AREA, Outcome.UNVERIFIABLE)


def is_flagged() -> ColumnElement[bool]:
    return exists().where(Flag.item_id == Item.id)


def is_harmless(before: datetime) -> ColumnElement[bool]:
    """Whether each flag of an item was found harmless before that moment, or is a copy of what was."""
    is_old = and_(Flag.state == FlagState.ASSESSED, Flag.assessed_at < before)
    is_found = or_(Flag.outcome.in_(HARMLESS), and_(Flag.outcome == Outcome.DUPLICATE, _is_copy_of_harmless(before)))
    return ~exists().where(Flag.item_id == Item.id, ~and_(is_old, is_found).is_(True))


def _is_copy_of_harmless(before: datetime) -> ColumnElement[bool]:
    """A copy shares the judgement of its cluster, or of its own item. Where none is known, nothing is taken for granted."""
    kin = aliased(Flag)
    is_kin = or_(kin.item_id == Flag.item_id, kin.cluster_id == Flag.cluster_id)
    is_open = or_(kin.state != FlagState.ASSESSED, kin.outcome.is_(None), kin.assessed_at >= before)
    says_otherwise = or_(is_open, kin.outcome.not_in((*HARMLESS, Outcome.DUPLICATE)))
    return and_(exists().where(is_kin, kin.outcome.in_(HARMLESS)), ~exists().where(is_kin, says_otherwise))
