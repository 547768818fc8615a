"""What the form of a watch-list offers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Permission, Region, Source
from service.accounts.actor import Actor, within

MOST_SOURCES = 1_000


def list_regions(session: Session, actor: Actor) -> list[Region]:
    """Provinces, and the regencies behind them, as far as the person's area reaches."""
    areas = actor.areas(Permission.READ_QUEUE)
    return list(session.scalars(select(Region).where(within(Region.code, areas)).order_by(Region.code)))  # pyright: ignore[reportArgumentType]


def list_sources(session: Session) -> list[Source]:
    return list(session.scalars(select(Source).order_by(Source.name, Source.id).limit(MOST_SOURCES)))
