"""What else there is on the same office in the same region."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Select, String, bindparam, select
from sqlalchemy.orm import Session

from models import Flag, Item, ItemVersion, Permission
from models.base import BigId
from models.prepared import MOST_KEPT
from service.accounts.actor import Actor, Areas, within

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
    about = {"office": flag.office, "region_code": flag.region_code, "item_id": flag.item_id}
    return [Neighbour(*row) for row in session.execute(_around(actor.areas(Permission.READ_QUEUE)), about)]


@lru_cache(maxsize=MOST_KEPT)
def _around(areas: Areas) -> Select[Flag, Item, ItemVersion]:
    alike = (Flag.region_code == bindparam("region_code", None, String), Flag.office == bindparam("office", None, String))
    return (
        select(Flag, Item, ItemVersion)
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
        .where(*alike, Flag.item_id != bindparam("item_id", None, BigId), within(Flag.region_code, areas))
        .order_by(Flag.created_at.desc(), Flag.id.desc())
        .limit(MOST)
    )
