"""What a file says of a flag, as it is stored: ids in the order of the screen, and plain rows of one prepared statement."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, case, func, literal, select, type_coerce
from sqlalchemy.orm import Session, aliased

from models import (
    ClusterMember,
    Flag,
    Item,
    ItemVersion,
    PostRecord,
    Prediction,
    Region,
    Rights,
    Snapshot,
    Source,
    User,
    prepared,
)
from models.queue.placing import current_generation
from models.tip_items import METHOD as BY_TIP
from models.tip_items import SOURCE_NAME, SOURCE_SLUG
from service.accounts.actor import Actor
from service.api.answers import EXCERPT
from service.corrections.notes import note_of_item
from service.exports.tables import MOST_ROWS
from service.review.conditions import narrowed, on_shelf
from service.review.filters import QueueFilter, Shelf
from service.review.repository import visible


class FlagRow(NamedTuple):
    """One flag with all that is said of it, words as they are stored."""

    id: int
    item_id: int
    title: str
    method: str
    """How the text came."""
    text: str
    """All of it where its publisher allows that, else one character more than may go out."""
    rights: str
    source: str
    source_name: str
    kind: str
    url: str | None
    region_code: str | None
    region: str | None
    published_at: datetime | None
    first_seen_at: datetime
    due_on: date
    state: str
    reason: str
    probability: float | None
    act: str | None
    office: str | None
    phase: str | None
    severity: str | None
    cluster_id: int | None
    cluster_size: int
    holder: str | None
    held_until: datetime | None
    gone_at: datetime | None
    version: int
    sha256: str | None
    correction: str | None


def conditions_of(session: Session, actor: Actor, filters: QueueFilter) -> list[ColumnElement[bool]]:
    return [on_shelf(filters.shelf, actor.id), visible(actor), *narrowed(session, filters)]


def order_of(session: Session, actor: Actor, filters: QueueFilter) -> Select[int]:
    """As `read_page` orders its pages."""
    query = select(Flag.id).where(*conditions_of(session, actor, filters)).limit(MOST_ROWS).execution_options(yield_per=10_000)
    if filters.shelf is Shelf.ASSESSED:
        return query.order_by(Flag.id.desc())
    generation = current_generation(session)
    moved = case((Flag.placed_in > generation, func.coalesce(Flag.priority_before, Flag.priority)), else_=Flag.priority)
    return query.order_by(moved.desc(), Flag.id)


def read_rows(session: Session, flag_ids: Sequence[int]) -> list[FlagRow]:
    """Rows of these flags, in the order of the ids."""
    found = {row[0]: row for row in prepared.run_for(session, _statement, ids=flag_ids)}
    return [FlagRow._make(found[flag_id]) for flag_id in flag_ids if flag_id in found]


def _statement(dialect: str) -> Select[*tuple[Any, ...]]:
    mates = aliased(ClusterMember)
    size = select(func.count()).select_from(mates).where(mates.cluster_id == Flag.cluster_id).correlate(Flag)
    by_tip = ItemVersion.method == BY_TIP
    rights = case((by_tip, literal(Rights.EXCERPT.value)), else_=_word(Source.rights))
    source = (case((by_tip, literal(SOURCE_SLUG)), else_=Source.slug), case((by_tip, literal(SOURCE_NAME)), else_=Source.name))
    text = case((rights == Rights.FULL_TEXT.value, ItemVersion.text), else_=func.substr(ItemVersion.text, 1, EXCERPT + 1))
    own = (Flag.region_code, Region.name, ItemVersion.published_at, Item.first_seen_at, Flag.due_on)
    found = (Prediction.probability, func.coalesce(Prediction.act, Prediction.label), Flag.office, Flag.phase, Flag.severity)
    return (
        select(Flag.id, Flag.item_id, ItemVersion.title, ItemVersion.method, text, rights, *source)
        .add_columns(_word(Item.kind), Item.url, *own, _word(Flag.state), _word(Flag.reason), *found)
        .add_columns(Flag.cluster_id, size.scalar_subquery(), User.username, Flag.held_until, PostRecord.gone_at)
        .add_columns(ItemVersion.number, Snapshot.sha256, note_of_item())
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
        .join(Source, Source.id == Item.source_id)
        .outerjoin(Prediction, Prediction.id == Flag.prediction_id)
        .outerjoin(Region, Region.code == Flag.region_code)
        .outerjoin(User, User.id == Flag.holder_id)
        .outerjoin(PostRecord, PostRecord.item_id == Item.id)
        .outerjoin(Snapshot, Snapshot.id == ItemVersion.snapshot_id)
        .where(prepared.is_among(dialect, Flag.id))
    )


def _word(column: Any) -> ColumnElement[str]:
    """As stored: a file says the words, and a member of an enum for each of a million rows costs as much as reading it."""
    return type_coerce(column, String)
