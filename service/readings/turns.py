"""What "take next" gives a person who signed in: now and then a golden item, else the next flag."""

from sqlalchemy.orm import Session

from service.accounts.actor import Actor
from service.readings import golden
from service.readings.lots import Lots
from service.review import service
from service.review.filters import QueueFilter


def take_next(session: Session, actor: Actor, lots: Lots, *, minutes: int, filters: QueueFilter) -> int | None:
    shown = golden.draw(session, actor, lots, minutes=minutes, filters=filters)
    return shown or service.take_next(session, actor, minutes=minutes, filters=filters)
