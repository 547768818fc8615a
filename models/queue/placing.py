"""The weights that hold, and how a flag gets a new place without moving under anybody's eyes.

A list shows one generation of places. A flag that gets a new place keeps the one before until the next generation
begins, so that nobody who walks through pages meets it twice or misses it.
"""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Select, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from models.database import table_of
from models.flag import Flag
from models.queue.priority import Weights
from models.review import QueueGeneration, QueueSettings

OLDEST_SHARE = 0.2


def current_settings(session: Session) -> QueueSettings:
    """The newest weights; those of the house where nobody has set any."""
    newest = session.scalar(_newest_settings())
    return newest or QueueSettings(**vars(Weights()), oldest_share=OLDEST_SHARE, note="", set_by="sistem")


@cache
def _newest_settings() -> Select[QueueSettings]:
    return select(QueueSettings).order_by(QueueSettings.id.desc()).limit(1)


def current_generation(session: Session) -> int:
    return session.scalar(select(func.max(QueueGeneration.id))) or 0


def move_to(session: Session, places: Mapping[int, float]) -> None:
    """Give flags new places. Claims follow at once, lists from the next generation on."""
    if not places:
        return
    flags = table_of(Flag)
    pending = current_generation(session) + 1
    before = case((flags.c.placed_in == pending, flags.c.priority_before), else_=flags.c.priority)
    moved = (
        update(flags)
        .where(flags.c.id == bindparam("flag_id"))
        .values(priority_before=before, priority=bindparam("place"), placed_in=pending)
    )
    rows = [{"flag_id": flag_id, "place": place} for flag_id, place in sorted(places.items())]
    session.connection().execute(moved, rows)
