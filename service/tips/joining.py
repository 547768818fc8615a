"""How a tip finds the stories that carry its words. What finds them belongs to the crawler, which the service does not know:
whoever starts the service hands it over."""

from typing import Annotated, Protocol

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from models import Item


class Joining(Protocol):
    """The two steps, both in the transaction of the tip."""

    def hold(self, session: Session) -> None:
        """Before the first row of an item: a copy that arrives at the same moment must be seen."""
        ...

    def join(self, session: Session, item: Item, text: str) -> None:
        """Put the item beside those that carry its story."""
        ...


def get_joining(request: Request) -> Joining | None:
    """None where nobody handed one over; `netra clusters reindex` takes those tips in."""
    return request.app.state.joining


HouseJoining = Annotated[Joining | None, Depends(get_joining)]
