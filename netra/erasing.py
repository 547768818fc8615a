"""What the service is started with, so that a request that was granted is carried out by the rules of retention."""

from sqlalchemy.orm import Session

from models import now
from netra.retention.errors import RetentionError
from netra.retention.holds import erase_on_request
from service.corrections.errors import NotErased


class RequestErasing:
    """The way of `netra retention erase`, for `service.corrections.erasing`."""

    def erase(self, session: Session, item_id: int, reason: str, actor: str) -> None:
        try:
            erase_on_request(session, item_id, reason, now(), actor)
        except RetentionError as error:
            raise NotErased(item=item_id) from error
