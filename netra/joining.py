"""What the service is started with, so that a tip stands beside the copies of its story from its first moment."""

from sqlalchemy.orm import Session

from crawler.duplicates.clusters import assign_cluster
from crawler.storing.conflicts import hold_store
from models import Item


class StoryJoining:
    """The crawler's own way, for `service.tips.joining`."""

    def hold(self, session: Session) -> None:
        hold_store(session)

    def join(self, session: Session, item: Item, text: str) -> None:
        assign_cluster(session, item, text)
