"""How many flags stand on each shelf: counted to a thousand, and never by reading more than a few thousand."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Subquery, and_, bindparam, func, literal_column, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Flag, FlagState, Permission, now, prepared
from models.base import UTCDateTime
from models.queue.words import flag_ids_with, words_of
from service.accounts.actor import Actor, within
from service.review.conditions import narrowed, on_shelf
from service.review.filters import QueueFilter, Shelf

COUNTED_TO = 1000
READ_TO = 2000
OWN = (Shelf.MINE, Shelf.SKIPPED)
LEADING = ("source", "reason", "office", "act", "phase", "region", "kind")
"""The part of a filter that an index is asked for, the one that leaves least first; the rest is asked of each flag."""

Conditions = list[ColumnElement[bool]]


def count_shelves(session: Session, actor: Actor, filters: QueueFilter, shelves: Iterable[Shelf]) -> dict[Shelf, int]:
    """Flags of the filter on each shelf, to 1,000 and one; a shelf where that would take too long is left out."""
    if not filters.narrows and actor.areas(Permission.READ_QUEUE) is None:
        (found,) = prepared.run(session, _whole_house, user_id=actor.id, at=now())
        return dict(zip(Shelf, found, strict=True))
    wanted, counts = list(shelves), dict[Shelf, int]()
    if wanted == list(Shelf):
        counts = _count_own(session, actor) | _count_unfinished(session, actor, filters)
        wanted = [shelf for shelf in wanted if shelf not in {Shelf.UNFINISHED, Shelf.OPEN, *counts}]
    for shelf in wanted:
        seen = _first_seen(session, actor, filters.on(shelf))
        counts |= _tell((shelf,), session.execute(select(func.count(), _hits(seen)).select_from(seen)).one())
    return counts


def _whole_house() -> Select[*tuple[Any, ...]]:
    """All shelves without a filter: the statement of most pages, built once."""
    user_id: Any = bindparam("user_id", None, Integer)
    at = bindparam("at", None, UTCDateTime())
    return select(*[_count([on_shelf(shelf, user_id, at)], COUNTED_TO + 1) for shelf in Shelf])


def _count_own(session: Session, actor: Actor) -> dict[Shelf, int]:
    """Most people hold and skip nothing, and then the filter does not matter."""
    (found,) = prepared.run(session, _own, user_id=actor.id, at=now())
    return {shelf: 0 for shelf, count in zip(OWN, found, strict=True) if not count}


def _own() -> Select[*tuple[Any, ...]]:
    user_id: Any = bindparam("user_id", None, Integer)
    at = bindparam("at", None, UTCDateTime())
    return select(*[_count([on_shelf(shelf, user_id, at)], 1) for shelf in OWN])


def _count_unfinished(session: Session, actor: Actor, filters: QueueFilter) -> dict[Shelf, int]:
    """What is unfinished, by state and in one reading."""
    seen = _first_seen(session, actor, filters.on(Shelf.UNFINISHED), Flag.state)
    of_state = [_hits(seen, seen.c.state == state) for state in (FlagState.OPEN, FlagState.SECOND)]
    found = session.execute(select(func.count(), _hits(seen), *of_state).select_from(seen)).one()
    return _tell((Shelf.UNFINISHED, Shelf.OPEN, Shelf.SECOND), found)


def _tell(shelves: Sequence[Shelf], found: Sequence[int]) -> dict[Shelf, int]:
    """What is certain: all of a list that ended, and what is more than a thousand anyway."""
    size, *hits = found
    known = zip(shelves, hits, strict=True)
    return {shelf: min(count, COUNTED_TO + 1) for shelf, count in known if count > COUNTED_TO or size < READ_TO}


def _first_seen(session: Session, actor: Actor, filters: QueueFilter, *columns: InstrumentedAttribute[Any]) -> Subquery:
    """The first flags that an index gives, and of each whether it is one of the filter."""
    shelf, visible = on_shelf(filters.shelf, actor.id), within(Flag.region_code, actor.areas(Permission.READ_QUEUE))
    if filters.search:
        found = flag_ids_with(session, words_of(filters.search)).subquery()
        leading = [Flag.id.in_(select(found.c.flag_id).limit(READ_TO))]
        rest = [shelf, visible, *narrowed(session, filters.narrowed_to("search", ""), in_order=False)]
    else:
        leading = [shelf, *_leading(session, filters, visible)]
        rest = [visible, *narrowed(session, filters, in_order=False)]
    return select(and_(true(), *rest).label("hit"), *columns).where(*leading).limit(READ_TO).subquery()


def _hits(seen: Subquery, *also: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(seen.c.hit, *also)


def _leading(session: Session, filters: QueueFilter, visible: ColumnElement[bool]) -> Conditions:
    """What an index answers by itself; a short shelf needs nothing else."""
    if filters.shelf not in {Shelf.UNFINISHED, Shelf.OPEN}:
        return []
    field = next((name for name in LEADING if getattr(filters, name)), "")
    if not field:
        return [visible]
    return narrowed(session, QueueFilter(filters.shelf).narrowed_to(field, getattr(filters, field)), in_order=False)


def _count(conditions: Conditions, most: int) -> ColumnElement[int]:
    return _size(select(literal_column("1").label("one")).select_from(Flag).where(*conditions).limit(most))


def _size(some: Select[*tuple[Any, ...]]) -> ColumnElement[int]:
    return select(func.count()).select_from(some.subquery()).scalar_subquery()
