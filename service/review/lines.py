"""What the list of the queue shows of a flag: plain rows of one prepared statement, without objects that could be changed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.orm import Session

from models import (
    ClusterMember,
    Flag,
    FlagReason,
    FlagState,
    Item,
    ItemKind,
    ItemVersion,
    PostRecord,
    Prediction,
    Region,
    Source,
    User,
    prepared,
)
from models.database import table_of
from models.tip_items import METHOD as BY_TIP
from models.tip_items import SOURCE_NAME, SOURCE_SLUG

BEGINNING = 1000
"""Characters of a text without a title: more than any name of it on screen takes."""


class Line(NamedTuple):
    """One line of the queue."""

    id: int
    reason: FlagReason
    state: FlagState
    priority: float
    region_code: str | None
    due_on: date
    held_until: datetime | None
    hold_reason: str | None
    hand_note: str | None
    holder_id: int | None
    holder: str | None
    kind: ItemKind
    title: str
    text: str
    """Its beginning, of what has no title."""
    source: str
    region: str | None
    probability: float | None
    found: str | None
    """The act, or else the look-alike, that the classifier named."""
    cluster_size: int
    gone_at: datetime | None
    """When the post was found gone from its platform."""
    item_id: int
    cluster_id: int | None
    office: str | None
    phase: str | None
    severity: str | None
    method: str
    """How the text came."""
    flag_kind: ItemKind | None
    """As the flag keeps it; None of flags from before they did."""
    source_slug: str
    holder_username: str | None
    label: str | None
    act: str | None


def read_lines(session: Session, flag_ids: Sequence[int]) -> list[Line]:
    """Lines of these flags, in the order of the ids."""
    if not flag_ids:
        return []
    found = {row[0]: Line(*row) for row in prepared.run_for(session, _statement, ids=flag_ids)}
    return [found[flag_id] for flag_id in flag_ids if flag_id in found]


def _statement(dialect: str) -> Select[*tuple[Any, ...]]:
    flag, item, version, source = (table_of(model).c for model in (Flag, Item, ItemVersion, Source))
    prediction, region, user, post, member = (
        table_of(model).c for model in (Prediction, Region, User, PostRecord, ClusterMember)
    )
    own_cluster = select(member.cluster_id).where(member.item_id == item.id).correlate(table_of(Item)).scalar_subquery()
    mates = table_of(ClusterMember).alias("mates")
    size = select(func.count()).select_from(mates).where(mates.c.cluster_id == own_cluster).scalar_subquery()
    own = (flag.id, flag.reason, flag.state, flag.priority, flag.region_code, flag.due_on, flag.held_until, flag.hold_reason)
    beginning = case((version.title != "", ""), else_=func.substr(version.text, 1, BEGINNING))
    by_tip = version.method == BY_TIP
    name = case((by_tip, literal(SOURCE_NAME)), else_=source.name)
    slug = case((by_tip, literal(SOURCE_SLUG)), else_=source.slug)
    return (
        select(*own, flag.hand_note, flag.holder_id, user.name, item.kind, version.title, beginning, name)
        .add_columns(region.name, prediction.probability, func.coalesce(prediction.act, prediction.label), size, post.gone_at)
        .add_columns(flag.item_id, flag.cluster_id, flag.office, flag.phase, flag.severity)
        .add_columns(version.method, flag.kind, slug, user.username, prediction.label, prediction.act)
        .select_from(table_of(Flag))
        .join(table_of(Item), item.id == flag.item_id)
        .join(table_of(ItemVersion), version.id == flag.item_version_id)
        .join(table_of(Source), source.id == item.source_id)
        .outerjoin(table_of(Prediction), prediction.id == flag.prediction_id)
        .outerjoin(table_of(Region), region.code == flag.region_code)
        .outerjoin(table_of(User), user.id == flag.holder_id)
        .outerjoin(table_of(PostRecord), post.item_id == item.id)
        .where(prepared.is_among(dialect, flag.id))
    )
