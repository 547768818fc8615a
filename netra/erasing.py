"""What the service is started with, so that a request that was granted is carried out by the rules of retention."""

from sqlalchemy.orm import Session

from models import now
from netra.retention.errors import RetentionError
from netra.retention.holds import erase_on_request
from service.corrections.errors import NotErased


class RequestErasing:
    """The way of `netra retention erase`, for `service.corrections.erasing`."""

    def erase(self, session: Session, item_id: int, reason: str, actor: str) -> None:
        _overwrite_what_is_freed(session)
        try:
            erase_on_request(session, item_id, reason, now(), actor)
        except RetentionError as error:
            raise NotErased(item=item_id) from error


def _overwrite_what_is_freed(session: Session) -> None:
    """On SQLite, have zeros written over what this connection frees from here on; it holds within a transaction too."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete = ON")
