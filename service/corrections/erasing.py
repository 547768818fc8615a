"""How an item is erased on request. What erases belongs to the command line, which the service does not know:
whoever starts the service hands it over."""

from typing import Annotated, Protocol

from fastapi import Depends, Request
from sqlalchemy.orm import Session


class Erasing(Protocol):
    def erase(self, session: Session, item_id: int, reason: str, actor: str) -> None:
        """Take the words out of an item in this transaction; its bytes go with the next run. Raises NotErased."""
        ...


def get_erasing(request: Request) -> Erasing | None:
    """None where nobody handed one over: `netra retention erase` does it then."""
    return request.app.state.erasing


HouseErasing = Annotated[Erasing | None, Depends(get_erasing)]
