"""People by role: a dossier names nobody who worked on it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Role, UserRole

SYSTEM = "sistem"


class Roles:
    """Role labels of people, each asked for once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = dict[int, list[str]]()

    def of(self, user_id: int | None) -> list[str]:
        """Labels of a person's roles; the machine has one of its own."""
        if user_id is None:
            return [SYSTEM]
        if user_id not in self._known:
            query = select(Role.label).join(UserRole, UserRole.role_name == Role.name).where(UserRole.user_id == user_id)
            self._known[user_id] = sorted(set(self._session.scalars(query)))
        return self._known[user_id]
