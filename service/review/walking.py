"""In what order flags are found: the ids of a page, out of an index that has the queue's order already.

A flag's region is one of some five hundred. The flags of a province stand in many pieces of the index, one of each
region and each in order: the first of every piece are enough to tell the first of all.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Integer, Select, bindparam, func, literal_column, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models import Flag, Permission, QueueGeneration, Region, prepared
from models.database import table_of
from models.queue.words import flag_bears, words_of
from service.accounts.actor import Actor, AgencyArea, within
from service.review.conditions import (
    in_area,
    narrowed,
    on_shelf,
    searches_common_words,
    searches_rare_words,
    span_of,
    unfinished,
)
from service.review.counting import LEADING
from service.review.cursors import Cursor
from service.review.filters import DaysLeft, QueueFilter, Shelf

SHORT = 20_000
"""Flags that are read one by one sooner than those of a province."""

FIRST_PART, LARGEST_PART = 200, 3_200
"""Flags of which a common word is asked at once."""

Column = InstrumentedAttribute[float] | InstrumentedAttribute[float | None]


class Marks(NamedTuple):
    """How far the queue has come, in one reading."""

    generation: int
    newest_placed_in: int
    newest_id: int


class Place(NamedTuple):
    """A flag and where it stands in the order of one generation."""

    flag_id: int
    place: float


def read_marks(session: Session) -> Marks:
    (marks,) = prepared.run(session, _marks)
    return Marks(*(value or 0 for value in marks))


def _marks() -> Select[*tuple[Any, ...]]:
    # The constant lets a partial index answer.
    placed_in = select(func.max(Flag.placed_in)).where(Flag.placed_in > literal_column("0"))
    asked = (select(func.max(QueueGeneration.id)), placed_in, select(func.max(Flag.id)))
    return select(*[one.scalar_subquery() for one in asked])


def find_places(
    session: Session, actor: Actor, filters: QueueFilter, cursor: Cursor | None, marks: Marks, most: int
) -> list[Place]:
    """The first flags of a filter after a cursor, in the order in which its walk began."""
    if filters.shelf is Shelf.ASSESSED:
        return _find_assessed(session, actor, filters, cursor, most)
    generation = cursor.generation if cursor else marks.generation
    if marks.newest_placed_in <= generation:
        return _find(session, actor, filters, cursor, Flag.priority, [], most)
    found = _find(session, actor, filters, cursor, Flag.priority, [Flag.placed_in <= generation], most)
    found += _find(session, actor, filters, cursor, Flag.priority_before, [Flag.placed_in > generation], most)
    return sorted(found, key=lambda own: (-own.place, own.flag_id))[:most]


def _find(
    session: Session,
    actor: Actor,
    filters: QueueFilter,
    cursor: Cursor | None,
    order: Column,
    also: list[ColumnElement[bool]],
    most: int,
) -> list[Place]:
    areas = actor.areas(Permission.READ_QUEUE)
    is_everything = not filters.narrows and areas is None and filters.shelf is Shelf.UNFINISHED
    if is_everything and order is Flag.priority and not also and cursor is None:
        return [Place(*row) for row in prepared.run(session, _top, most=most)]
    conditions = [on_shelf(filters.shelf, actor.id), *also, *([cursor.after(order)] if cursor else [])]
    wordless = filters.narrowed_to("search", "")
    if searches_common_words(session, filters) and (wordless.narrows or areas is not None) and order is Flag.priority:
        return _of_words(session, actor, filters, cursor, also, most)
    if goes_by_region(session, filters) and (filters.region or areas is not None) and order is Flag.priority:
        conditions += narrowed(session, filters, by_region=False)
        query = _of_regions(session, actor, filters, conditions, most)
    elif _is_by_days(filters) and areas is None and order is Flag.priority:
        query = _of_days(session, DaysLeft(filters.days), [*conditions, *narrowed(session, filters)], most)
    else:
        asks_region = _has_short_part(session, filters)
        conditions += [within(Flag.region_code, areas), *narrowed(session, filters, asks_region=asks_region)]
        query = select(Flag.id, order).where(*conditions).order_by(order.desc(), Flag.id)
    return [Place(*row) for row in session.execute(query.limit(most))]


def _of_words(
    session: Session,
    actor: Actor,
    filters: QueueFilter,
    cursor: Cursor | None,
    also: list[ColumnElement[bool]],
    most: int,
) -> list[Place]:
    """Words are asked of what the rest of the filter finds, ever more of it: each question costs more than a flag does."""
    found, part, wordless = list[Place](), FIRST_PART, filters.narrowed_to("search", "")
    stems = words_of(filters.search)
    while len(found) < most:
        places = _find(session, actor, wordless, cursor, Flag.priority, also, part)
        ids = [own.flag_id for own in places]
        bearing = set(session.scalars(select(Flag.id).where(Flag.id.in_(ids), flag_bears(session, stems))))
        found += [own for own in places if own.flag_id in bearing]
        if len(places) < part:
            break
        cursor, part = Cursor(places[-1].place, places[-1].flag_id), min(2 * part, LARGEST_PART)
    return found[:most]


def _top() -> Select[*tuple[Any, ...]]:
    """The first page of everything, which most people open most often."""
    first = select(Flag.id, Flag.priority).where(on_shelf(Shelf.UNFINISHED, 0)).order_by(Flag.priority.desc(), Flag.id)
    return first.limit(bindparam("most", None, Integer))


def goes_by_region(session: Session, filters: QueueFilter) -> bool:
    """Whether the pieces of each region are read one by one: not where a short list of flags is known already."""
    is_short = filters.cluster or filters.holder or filters.agency or filters.shelf not in {Shelf.UNFINISHED, Shelf.OPEN}
    return not is_short and not searches_rare_words(session, filters) and not _has_short_part(session, filters)


def _has_short_part(session: Session, filters: QueueFilter) -> bool:
    """Whether one field of the filter, besides the region, leaves few flags: its index finds them sooner."""
    if not filters.region:
        return False
    for field in LEADING:
        if field != "region" and (value := getattr(filters, field)):
            part = narrowed(session, QueueFilter().narrowed_to(field, value))
            some = select(Flag.id).where(unfinished(), *part).limit(SHORT).subquery()
            if (session.scalar(select(func.count()).select_from(some)) or 0) < SHORT:
                return True
    return False


def _of_regions(
    session: Session, actor: Actor, filters: QueueFilter, conditions: list[ColumnElement[bool]], most: int
) -> Select[*tuple[Any, ...]]:
    """Flags without a region belong to the nation alone, which asks for no region."""
    areas = actor.areas(Permission.READ_QUEUE)
    inside = [within(Region.code, areas), *in_area(Region.code, filters)]
    if any(isinstance(area, AgencyArea) for area in areas or ()):  # A region is not enough to tell an agency.
        conditions = [*conditions, within(Flag.region_code, areas)]
    pieces = table_of(Region)
    return _first_of_each(session, pieces, [Flag.region_code == pieces.c.code, *conditions], most).where(*inside)


def _is_by_days(filters: QueueFilter) -> bool:
    is_long = filters.shelf in {Shelf.UNFINISHED, Shelf.OPEN}
    return is_long and bool(filters.days) and filters == QueueFilter(filters.shelf, days=filters.days)


def _of_days(session: Session, left: DaysLeft, conditions: list[ColumnElement[bool]], most: int) -> Select[*tuple[Any, ...]]:
    """By last days, of which each index finds the next one at once."""
    days = select(func.min(Flag.due_on).label("day")).where(unfinished()).cte("days", recursive=True)
    later = select(func.min(Flag.due_on)).where(unfinished(), Flag.due_on > days.c.day).correlate(days)
    days = days.union_all(select(later.scalar_subquery()).where(days.c.day.is_not(None)))
    first, last = span_of(left)
    inside = [days.c.day >= first] if first else []
    inside += [days.c.day <= last] if last else []
    return _first_of_each(session, days, [Flag.due_on == days.c.day, *conditions], most).where(*inside)


def _first_of_each(
    session: Session, pieces: FromClause, conditions: list[ColumnElement[bool]], most: int
) -> Select[*tuple[Any, ...]]:
    """The first flags of all pieces, out of the first ones of each."""
    piece = select(Flag.id, Flag.priority).where(*conditions).order_by(Flag.priority.desc(), Flag.id).limit(most)
    if session.get_bind().dialect.name == "postgresql":
        first = piece.correlate(pieces).lateral("pertama")
        query = select(first.c.id, first.c.priority).select_from(pieces).join(first, true())
        return query.order_by(first.c.priority.desc(), first.c.id)
    found = aliased(Flag)  # SQLite knows no LATERAL, but reads a list anew for every piece.
    ids = piece.with_only_columns(Flag.id).correlate(pieces)
    query = select(found.id, found.priority).select_from(pieces).join(found, found.id.in_(ids))
    return query.order_by(found.priority.desc(), found.id)


def _find_assessed(session: Session, actor: Actor, filters: QueueFilter, cursor: Cursor | None, most: int) -> list[Place]:
    """Finished flags have no place in the queue's index: newest first, by id."""
    conditions = [on_shelf(filters.shelf, actor.id), within(Flag.region_code, actor.areas(Permission.READ_QUEUE))]
    conditions += [*narrowed(session, filters), *([Flag.id < cursor.id] if cursor else [])]
    query = select(Flag.id, Flag.priority).where(*conditions).order_by(Flag.id.desc())
    return [Place(*row) for row in session.execute(query.limit(most))]
