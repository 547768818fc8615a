"""What the list of the queue shows of a flag: plain rows of one prepared statement, without objects that could be changed."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, bindparam, case, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY
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
)
from models.base import BigId
from models.database import table_of
from service import prepared

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


def read_lines(session: Session, flag_ids: Sequence[int]) -> list[Line]:
    """Lines of these flags, in the order of the ids."""
    if not flag_ids:
        return []
    dialect = session.get_bind().dialect.name
    given = list(flag_ids) if dialect == "postgresql" else json.dumps(list(flag_ids))
    found = {row[0]: Line(*row) for row in prepared.run(session, _statement, dialect, ids=given)}
    return [found[flag_id] for flag_id in flag_ids if flag_id in found]


def _is_asked(dialect: str, flag_id: ColumnElement[int]) -> ColumnElement[bool]:
    """All ids are one value, so that one text of the statement does for any number of them."""
    if dialect == "postgresql":
        return flag_id == func.any(bindparam("ids", None, ARRAY(BigId)))
    return flag_id.in_(select(column("value")).select_from(func.json_each(bindparam("ids", None, String))))


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
    return (
        select(*own, flag.hand_note, flag.holder_id, user.name, item.kind, version.title, beginning, source.name)
        .add_columns(region.name, prediction.probability, func.coalesce(prediction.act, prediction.label), size, post.gone_at)
        .select_from(table_of(Flag))
        .join(table_of(Item), item.id == flag.item_id)
        .join(table_of(ItemVersion), version.id == flag.item_version_id)
        .join(table_of(Source), source.id == item.source_id)
        .outerjoin(table_of(Prediction), prediction.id == flag.prediction_id)
        .outerjoin(table_of(Region), region.code == flag.region_code)
        .outerjoin(table_of(User), user.id == flag.holder_id)
        .outerjoin(table_of(PostRecord), post.item_id == item.id)
        .where(_is_asked(dialect, flag.id))
    )
