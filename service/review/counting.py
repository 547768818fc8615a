"""How many flags stand on each shelf: counted to a thousand, and never by reading more than a few thousand."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, literal, literal_column, select
from sqlalchemy.orm import Session

from models import Flag, Permission, now
from models.base import UTCDateTime
from models.queue.words import flag_ids_with, words_of
from service.accounts.actor import Actor, within
from service.review import prepared
from service.review.conditions import narrowed, on_shelf
from service.review.filters import QueueFilter, Shelf

COUNTED_TO = 1000
READ_TO = 5000
LEADING = ("source", "reason", "office", "act", "phase", "region")
"""The part of a filter that an index is asked for, the one that leaves least first; the rest is asked of each flag."""

Conditions = list[ColumnElement[bool]]


def count_shelves(session: Session, actor: Actor, filters: QueueFilter, shelves: Iterable[Shelf]) -> dict[Shelf, int]:
    """Flags of the filter on each shelf, to 1,000 and one; a shelf where that would take too long is left out."""
    if not filters.narrows and actor.areas(Permission.READ_QUEUE) is None:
        found = prepared.run(session, _whole_house, user_id=actor.id, at=now()).one()
        return dict(zip(Shelf, found, strict=True))
    counts = dict[Shelf, int]()
    for shelf in shelves:
        hits, read = session.execute(_of_shelf(session, actor, filters.on(shelf))).one()
        if hits > COUNTED_TO or read < READ_TO:
            counts[shelf] = hits
    return counts


def _whole_house() -> Select[*tuple[Any, ...]]:
    """All shelves without a filter: the statement of most pages, built once."""
    user_id: Any = bindparam("user_id", None, Integer)
    at = bindparam("at", None, UTCDateTime())
    return select(*[_count([on_shelf(shelf, user_id, at)], COUNTED_TO + 1) for shelf in Shelf])


def _of_shelf(session: Session, actor: Actor, filters: QueueFilter) -> Select[*tuple[Any, ...]]:
    """How many were found, and how many of the leading part were read for that."""
    shelf = on_shelf(filters.shelf, actor.id)
    visible = within(Flag.region_code, actor.areas(Permission.READ_QUEUE))
    rest = [shelf, visible, *narrowed(session, filters, in_order=False)]
    if filters.search:
        first = flag_ids_with(session, words_of(filters.search)).subquery()
        read = select(first.c.flag_id).limit(READ_TO)
        rest = [shelf, visible, *narrowed(session, filters.narrowed_to("search", ""), in_order=False)]
    else:
        field = next((name for name in LEADING if getattr(filters, name)), "")
        if _is_plain(filters, field):
            return select(_count(rest, COUNTED_TO + 1), literal(0))
        leading = _leading(session, filters, field, visible)
        read = select(Flag.id).where(shelf, *leading).limit(READ_TO)
    found = select(Flag.id).where(Flag.id.in_(read.correlate(None)), *rest).limit(COUNTED_TO + 1)
    return select(_size(found), _size(read))


def _is_plain(filters: QueueFilter, field: str) -> bool:
    """Whether an index answers the whole filter, so that nothing is read in vain."""
    shelf = QueueFilter(filters.shelf)
    of_index = shelf.narrowed_to(field, getattr(filters, field)) if field else shelf
    is_short = filters.shelf is Shelf.MINE and not filters.narrows
    return is_short or (filters.shelf in {Shelf.UNFINISHED, Shelf.OPEN} and filters == of_index)


def _leading(session: Session, filters: QueueFilter, field: str, visible: ColumnElement[bool]) -> Conditions:
    """What an index answers by itself; a short shelf needs nothing else."""
    if filters.shelf not in {Shelf.UNFINISHED, Shelf.OPEN}:
        return []
    if not field:
        return [visible]
    return narrowed(session, QueueFilter(filters.shelf).narrowed_to(field, getattr(filters, field)), in_order=False)


def _count(conditions: Conditions, most: int) -> ColumnElement[int]:
    return _size(select(literal_column("1").label("one")).select_from(Flag).where(*conditions).limit(most))


def _size(some: Select[*tuple[Any, ...]]) -> ColumnElement[int]:
    return select(func.count()).select_from(some.subquery()).scalar_subquery()
