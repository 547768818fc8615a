"""Questions about past exports."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Export, Permission, User
from service.accounts.actor import Actor

PAGE_SIZE = 50


@dataclass(frozen=True)
class ExportRow:
    export: Export
    user: User


def list_exports(session: Session, actor: Actor, *, before: int | None = None) -> list[ExportRow]:
    """Newest first, one page and one row more. Who reads the trail of the nation sees all; everybody else their own."""
    query = select(Export, User).join(User, User.id == Export.user_id).order_by(Export.id.desc()).limit(PAGE_SIZE + 1)
    if actor.areas(Permission.READ_AUDIT) is not None:
        query = query.where(Export.user_id == actor.id)
    if before is not None:
        query = query.where(Export.id < before)
    return [ExportRow(*row) for row in session.execute(query)]
