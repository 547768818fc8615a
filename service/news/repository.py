"""What is looked up every few seconds while pages are open."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Flag, User, UserSession, now


def newest_flag_id(session: Session) -> int:
    """Flags are raised with ever larger ids, so this is a counter that the index of the ids gives."""
    return session.scalar(select(func.max(Flag.id))) or 0


def list_running(session: Session, session_ids: Collection[int], idle: timedelta) -> set[int]:
    """Those of the sign-ins that still open something."""
    if not session_ids:
        return set()
    at = now()
    seen_at = func.coalesce(UserSession.last_seen_at, UserSession.created_at)
    query = select(UserSession.id).join(User, User.id == UserSession.user_id)
    query = query.where(UserSession.id.in_(session_ids), User.is_active)
    return set(session.scalars(query.where(UserSession.ended_at.is_(None), UserSession.expires_at > at, seen_at > at - idle)))
