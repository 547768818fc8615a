"""Questions to the queue. Taking from it stands in claims.py and is offered here too."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from models import (
    Assessment,
    ClusterMember,
    Election,
    Flag,
    Item,
    ItemVersion,
    Permission,
    Prediction,
    Region,
    Source,
    User,
    ViolationType,
)
from service.accounts.actor import Actor, within
from service.review.claims import claim, claim_next
from service.review.filters import Cursor, QueueFilter, Shelf, narrowed, on_shelf

__all__ = ["claim", "claim_next"]

PAGE_SIZE = 50
COUNTED_TO = 1000

Holder = aliased(User)


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


@dataclass(frozen=True)
class AssessmentRow:
    assessment: Assessment
    author: User
    violation: ViolationType | None


def list_queue(session: Session, actor: Actor, filters: QueueFilter, cursor: Cursor | None) -> list[QueueRow]:
    """One page and one row more, which tells whether there is a next page."""
    query = _rows().where(on_shelf(filters.shelf, actor.id), _visible(actor), *narrowed(filters))
    if filters.shelf is Shelf.ASSESSED:  # Finished flags have no place in the queue's index: newest first, by id.
        query = query.order_by(Flag.id.desc())
        query = query.where(Flag.id < cursor.id) if cursor else query
    else:
        query = query.order_by(Flag.priority.desc(), Flag.id)
        query = query.where(cursor.after()) if cursor else query
    return [QueueRow(*row) for row in session.execute(query.limit(PAGE_SIZE + 1))]


def count_shelf(session: Session, actor: Actor, filters: QueueFilter) -> int:
    """How many, counted to 1,000 and one: an exact count would cost more with every year of work."""
    some = select(Flag.id).where(on_shelf(filters.shelf, actor.id), _visible(actor), *narrowed(filters)).limit(COUNTED_TO + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def get_row(session: Session, actor: Actor, flag_id: int) -> QueueRow | None:
    """One flag with all that belongs to it, if it lies in the person's area."""
    row = session.execute(_rows().where(Flag.id == flag_id, _visible(actor))).one_or_none()
    return QueueRow(*row) if row else None


def get_flag(session: Session, actor: Actor, flag_id: int, permission: Permission = Permission.ASSESS) -> Flag | None:
    query = select(Flag).where(Flag.id == flag_id, within(Flag.region_code, actor.areas(permission)))
    return session.scalar(query.execution_options(populate_existing=True))


def get_assessment(session: Session, assessment_id: int) -> Assessment | None:
    return session.get(Assessment, assessment_id)


def newest_assessment_id(session: Session, flag_id: int) -> int | None:
    return session.scalar(select(func.max(Assessment.id)).where(Assessment.flag_id == flag_id))


def list_assessments(session: Session, flag_id: int) -> list[AssessmentRow]:
    query = (
        select(Assessment, User, ViolationType)
        .join(User, User.id == Assessment.user_id)
        .outerjoin(ViolationType, ViolationType.id == Assessment.violation_type_id)
        .where(Assessment.flag_id == flag_id)
        .order_by(Assessment.id)
    )
    return [AssessmentRow(*row) for row in session.execute(query)]


def count_held(session: Session, actor: Actor) -> int:
    query = select(func.count()).select_from(Flag).where(on_shelf(Shelf.MINE, actor.id))
    return session.scalar(query) or 0


def holder_name(session: Session, flag: Flag) -> str:
    return session.scalar(select(User.name).where(User.id == flag.holder_id)) or ""


def get_election(session: Session, election_id: int | None) -> Election | None:
    return session.get(Election, election_id) if election_id else None


def list_sources(session: Session) -> list[Source]:
    return list(session.scalars(select(Source).order_by(Source.name)))


def list_provinces(session: Session) -> list[Region]:
    return list(session.scalars(select(Region).where(Region.parent_code.is_(None)).order_by(Region.code)))


def _visible(actor: Actor) -> ColumnElement[bool]:
    return within(Flag.region_code, actor.areas(Permission.READ_QUEUE))


def _rows() -> Select[Flag, Item, ItemVersion, Source, Prediction, Region, User, int]:
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
        select(Flag, Item, ItemVersion, Source, Prediction, Region, Holder, size)
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
        .join(Source, Source.id == Item.source_id)
        .outerjoin(Prediction, Prediction.id == Flag.prediction_id)
        .outerjoin(Region, Region.code == Flag.region_code)
        .outerjoin(Holder, Holder.id == Flag.holder_id)
    )
