"""Who did something to an account, for the trail."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models import User, record_event
from service.accounts.actor import Actor


@dataclass(frozen=True)
class By:
    name: str
    id: int | None = None

    @classmethod
    def of(cls, actor: Actor) -> "By":
        return cls(actor.username, actor.id)


SYSTEM = By("sistem:netra")
"""The command line: whoever may run it there may do everything anyway."""


def record(session: Session, action: str, user: User, by: By, **detail: Any) -> None:
    """One event about an account. Passwords, codes and tokens never stand in it."""
    record_event(session, action, actor=by.name, actor_id=by.id, subject=("user", user.id), detail=detail)
