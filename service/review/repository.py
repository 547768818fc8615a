"""Questions to the queue. Taking from it stands in claims.py."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import (
    Assessment,
    ClusterMember,
    Election,
    Flag,
    Item,
    ItemVersion,
    Permission,
    PostRecord,
    Prediction,
    QueueGeneration,
    Region,
    Source,
    User,
    ViolationType,
    now,
    prepared,
)
from models.base import BigId, UTCDateTime
from models.database import shared_alias
from models.prepared import MOST_KEPT
from service.accounts.actor import Actor, Areas, within
from service.items.repository import source_of
from service.review import claims
from service.review.conditions import narrowed, on_shelf
from service.review.counting import COUNTED_TO
from service.review.cursors import Cursor
from service.review.filters import QueueFilter, Shelf
from service.review.lines import Line, read_lines
from service.review.walking import Marks, find_places

PAGE_SIZE = 50

Holder = shared_alias(User)
RowQuery = Select[Flag, Item, ItemVersion, Source, Prediction, Region, User, int, datetime | None]


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue, all of it in one query."""

    flag: Flag
    item: Item
    version: ItemVersion
    source: Source
    prediction: Prediction | None
    region: Region | None
    holder: User | None
    cluster_size: int
    gone_at: datetime | None
    """When the post was found gone from its platform."""


@dataclass(frozen=True)
class AssessmentRow:
    assessment: Assessment
    author: User
    violation: ViolationType | None


@dataclass(frozen=True)
class Page:
    """One page of the queue, and where the next one begins."""

    lines: list[Line]
    next: Cursor | None


def read_page(session: Session, actor: Actor, filters: QueueFilter, cursor: Cursor | None, marks: Marks) -> Page:
    """What a page of the queue shows, one flag more having told whether there is a next one."""
    # Ids first: they are sorted out of an index, where the texts would make a thousand times the weight.
    places = find_places(session, actor, filters, cursor, marks, PAGE_SIZE + 1)
    lines = read_lines(session, [own.flag_id for own in places[:PAGE_SIZE]])
    if len(places) <= PAGE_SIZE:
        return Page(lines, None)
    generation = cursor.generation if cursor else marks.generation
    last = places[PAGE_SIZE - 1]
    return Page(lines, Cursor(last.place, last.flag_id, generation))


def is_stale(session: Session, cursor: Cursor | None) -> bool:
    """Whether flags moved for good since a walk began, so that its further pages would repeat some and hide others."""
    if cursor is None:
        return False
    moved = select(QueueGeneration.id).where(QueueGeneration.id > cursor.generation, QueueGeneration.changed > 0)
    return session.scalar(moved.limit(1)) is not None


def count_shelf(session: Session, actor: Actor, filters: QueueFilter) -> int:
    """How many, counted to 1,000 and one: an exact count would cost more with every year of work."""
    conditions = [on_shelf(filters.shelf, actor.id), visible(actor), *narrowed(session, filters, in_order=False)]
    some = select(Flag.id).where(*conditions).limit(COUNTED_TO + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def list_ids(session: Session, actor: Actor, filters: QueueFilter, most: int) -> list[int]:
    """The first flags of a filter, in the queue's order as it stands now."""
    conditions = [on_shelf(filters.shelf, actor.id), visible(actor), *narrowed(session, filters)]
    return list(session.scalars(select(Flag.id).where(*conditions).order_by(Flag.priority.desc(), Flag.id).limit(most)))


def list_rows(session: Session, actor: Actor, flag_ids: Sequence[int]) -> list[QueueRow]:
    """Rows of these flags as far as the person may see them, in the queue's order."""
    query = _rows().where(Flag.id.in_(flag_ids), visible(actor)).order_by(Flag.priority.desc(), Flag.id)
    return _read(session, query)


def list_handed(session: Session, actor: Actor) -> list[QueueRow]:
    """What somebody handed to this person and waits to be opened, the longest waiting first: no more than hands take."""
    waiting = _rows().where(claims.is_handed_to(actor), visible(actor)).limit(claims.MOST_HELD)
    return _read(session, waiting.order_by(Flag.handed_at, Flag.id))


def count_new(
    session: Session, actor: Actor, filters: QueueFilter, *, after_id: int, missing: Sequence[int] = (), least: float | None
) -> int:
    """Flags raised since a page was loaded that belong on it: not below its last row, where it has a next page."""
    conditions = [on_shelf(filters.shelf, actor.id), visible(actor), *narrowed(session, filters)]
    conditions += [Flag.id > min((after_id, *(number - 1 for number in missing)))]
    conditions += [or_(Flag.id > after_id, Flag.id.in_(missing))] if missing else []
    conditions += [Flag.priority >= least] if least is not None else []
    some = select(Flag.id).where(*conditions).limit(COUNTED_TO + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def get_row(session: Session, actor: Actor, flag_id: int) -> QueueRow | None:
    """One flag with all that belongs to it, if it lies in the person's area."""
    row = session.execute(_row_in(actor.areas(Permission.READ_QUEUE)), {"flag_id": flag_id}).one_or_none()
    return _told(session, QueueRow(*row)) if row else None


def get_flag(session: Session, actor: Actor, flag_id: int, permission: Permission = Permission.ASSESS) -> Flag | None:
    return session.scalar(_flag_in(actor.areas(permission)), {"flag_id": flag_id})


def get_assessment(session: Session, assessment_id: int) -> Assessment | None:
    return session.get(Assessment, assessment_id)


def newest_assessment_id(session: Session, flag_id: int) -> int | None:
    ((newest,),) = prepared.run(session, _newest_assessment, flag_id=flag_id)
    return newest


def list_assessments(session: Session, flag_id: int) -> list[AssessmentRow]:
    return [AssessmentRow(*row) for row in session.execute(_assessments(), {"flag_id": flag_id})]


def count_held(session: Session, actor: Actor) -> int:
    ((count,),) = prepared.run(session, _held, user_id=actor.id, at=now())
    return count


def holder_name(session: Session, flag: Flag) -> str:
    return session.scalar(select(User.name).where(User.id == flag.holder_id)) or ""


def get_election(session: Session, election_id: int | None) -> Election | None:
    return session.get(Election, election_id) if election_id else None


def list_provinces(session: Session) -> list[Region]:
    return list(session.scalars(select(Region).where(Region.parent_code.is_(None)).order_by(Region.code)))


def visible(actor: Actor) -> ColumnElement[bool]:
    return within(Flag.region_code, actor.areas(Permission.READ_QUEUE))


def _read(session: Session, query: RowQuery) -> list[QueueRow]:
    return [_told(session, QueueRow(*row)) for row in session.execute(query).all()]


def _told(session: Session, row: QueueRow) -> QueueRow:
    """With the source of the words that the flag rests on, which need not be that of the page."""
    source = source_of(session, row.version, row.source)
    return row if source is row.source else replace(row, source=source)


@lru_cache(maxsize=MOST_KEPT)
def _row_in(areas: Areas) -> RowQuery:
    return _rows().where(Flag.id == bindparam("flag_id", None, BigId), within(Flag.region_code, areas))


@lru_cache(maxsize=MOST_KEPT)
def _flag_in(areas: Areas) -> Select[Flag]:
    query = select(Flag).where(Flag.id == bindparam("flag_id", None, BigId), within(Flag.region_code, areas))
    return query.execution_options(populate_existing=True)


def _newest_assessment() -> Select[*tuple[Any, ...]]:
    return select(func.max(Assessment.id)).where(Assessment.flag_id == bindparam("flag_id", None, BigId))


@cache
def _assessments() -> Select[Assessment, User, ViolationType]:
    return (
        select(Assessment, User, ViolationType)
        .join(User, User.id == Assessment.user_id)
        .outerjoin(ViolationType, ViolationType.id == Assessment.violation_type_id)
        .where(Assessment.flag_id == bindparam("flag_id", None, BigId))
        .order_by(Assessment.id)
    )


def _held() -> Select[*tuple[Any, ...]]:
    user_id = bindparam("user_id", None, BigId)
    mine = on_shelf(Shelf.MINE, user_id, bindparam("at", None, UTCDateTime()))
    return select(func.count()).select_from(Flag).where(mine)


@cache  # As every statement of a page that many ask for: writing it anew costs more than asking it.
def _rows() -> RowQuery:
    mates = aliased(ClusterMember)
    own = aliased(ClusterMember)
    size = (
        select(func.count())
        .select_from(mates)
        .join(own, own.cluster_id == mates.cluster_id)
        .where(own.item_id == Item.id)
        .correlate(Item)
        .scalar_subquery()
    )
    return (
        select(Flag, Item, ItemVersion, Source, Prediction, Region, Holder, size, PostRecord.gone_at)
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
        .join(Source, Source.id == Item.source_id)
        .outerjoin(Prediction, Prediction.id == Flag.prediction_id)
        .outerjoin(Region, Region.code == Flag.region_code)
        .outerjoin(Holder, Holder.id == Flag.holder_id)
        .outerjoin(PostRecord, PostRecord.item_id == Item.id)
    )
