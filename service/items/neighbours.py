"""What else there is on the same office in the same region."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Flag, Item, ItemVersion
from service.accounts.actor import Actor
from service.review.repository import visible

MOST = 5


@dataclass(frozen=True)
class Neighbour:
    flag: Flag
    item: Item
    version: ItemVersion


def list_neighbours(session: Session, actor: Actor, flag: Flag) -> list[Neighbour]:
    """The newest other flags on the same kind of office in exactly the same region; what was found stands on their pages."""
    if not flag.office or not flag.region_code:
        return []
    query = (
        select(Flag, Item, ItemVersion)
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
        .where(Flag.region_code == flag.region_code, Flag.office == flag.office, Flag.item_id != flag.item_id, visible(actor))
        .order_by(Flag.created_at.desc(), Flag.id.desc())
    )
    return [Neighbour(*row) for row in session.execute(query.limit(MOST))]
