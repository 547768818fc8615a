"""What is looked up every few seconds while pages are open."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Flag, User, UserSession, now
from models.database import shared_alias
from service.review.late import WINDOW

NEWEST = shared_alias(Flag)


def mark_of(session: Session) -> tuple[int, int]:
    """Changes with every flag that is raised: its number is the largest, or one of those below that were still missing."""
    newest = select(func.max(NEWEST.id)).scalar_subquery()
    last = select(func.coalesce(func.max(Flag.id), 0), func.count()).where(Flag.id > newest - WINDOW)
    newest_id, count = session.execute(last).one()
    return newest_id, count


def list_running(session: Session, session_ids: Collection[int], idle: timedelta) -> set[int]:
    """Those of the sign-ins that still open something."""
    if not session_ids:
        return set()
    at = now()
    seen_at = func.coalesce(UserSession.last_seen_at, UserSession.created_at)
    query = select(UserSession.id).join(User, User.id == UserSession.user_id)
    query = query.where(UserSession.id.in_(session_ids), User.is_active)
    return set(session.scalars(query.where(UserSession.ended_at.is_(None), UserSession.expires_at > at, seen_at > at - idle)))
