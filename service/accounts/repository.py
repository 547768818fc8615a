"""Queries about people, their sign-ins and their tokens."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import Agency, ApiToken, Permission, Role, User, UserRole, UserSession
from service.accounts.actor import AgencyArea, Grants, Place


def get_user(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username))


def get_session(session: Session, token_sha256: str, at: datetime, idle: timedelta) -> tuple[User, UserSession] | None:
    """A sign-in that runs, is not too old and was not left alone for too long, and whose it is."""
    query = (
        select(User, UserSession)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_sha256 == token_sha256,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > at,
            func.coalesce(UserSession.last_seen_at, UserSession.created_at) > at - idle,
        )
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def get_user_by_token(session: Session, token_sha256: str, at: datetime) -> tuple[User, ApiToken] | None:
    """A machine's valid token and its owner."""
    query = (
        select(User, ApiToken)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(ApiToken.token_sha256 == token_sha256, ApiToken.revoked_at.is_(None), ApiToken.expires_at > at)
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def list_grants(session: Session, user_id: int) -> Grants:
    query = (
        select(Role.permissions, UserRole.region_code, Agency)
        .join(UserRole, UserRole.role_name == Role.name)
        .outerjoin(Agency, Agency.id == UserRole.agency_id)
        .where(UserRole.user_id == user_id)
    )
    return frozenset(_grants_of(iter(session.execute(query))))


def _grants_of(rows: Iterator[tuple[list[str], str | None, Agency | None]]) -> Iterator[tuple[Permission, Place]]:
    for names, region_code, agency in rows:
        place = place_of(region_code, agency)
        yield from ((Permission(name), place) for name in names)


def place_of(region_code: str | None, agency: Agency | None) -> Place:
    if agency is None:
        return region_code
    key = " ".join(agency.name.lower().split())
    return AgencyArea(region_code or "", agency.slug, agency.id, agency.region_code or "", key)


def end_session(session: Session, token_sha256: str, at: datetime) -> int | None:
    """End a running sign-in and say whose it was."""
    return session.scalar(
        update(UserSession)
        .where(UserSession.token_sha256 == token_sha256, UserSession.ended_at.is_(None))
        .values(ended_at=at)
        .returning(UserSession.user_id)
    )


def end_sessions_of(session: Session, user_id: int, at: datetime, *, but: int | None = None, only: int | None = None) -> int:
    """End running sign-ins of a person: all, all but one, or one. Returns how many."""
    running = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    if but is not None:
        running = running.where(UserSession.id != but)
    if only is not None:
        running = running.where(UserSession.id == only)
    return len(session.scalars(running.values(ended_at=at).returning(UserSession.id)).all())


def revoke_tokens_of(
    session: Session, user_id: int, at: datetime, *, name: str | None = None, only: int | None = None
) -> list[str]:
    """Revoke valid tokens of a person and say what they were called."""
    valid = update(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    if name is not None:
        valid = valid.where(ApiToken.name == name)
    if only is not None:
        valid = valid.where(ApiToken.id == only)
    return list(session.scalars(valid.values(revoked_at=at).returning(ApiToken.name)).all())


def list_sessions(session: Session, user_id: int, at: datetime, idle: timedelta, most: int = 100) -> list[UserSession]:
    """Sign-ins that still open something, the newest first."""
    seen = func.coalesce(UserSession.last_seen_at, UserSession.created_at)
    query = select(UserSession).where(
        UserSession.user_id == user_id, UserSession.ended_at.is_(None), UserSession.expires_at > at, seen > at - idle
    )
    return list(session.scalars(query.order_by(UserSession.id.desc()).limit(most)))


def list_tokens(session: Session, user_id: int, at: datetime, most: int = 100) -> list[ApiToken]:
    """Tokens that open something, the newest first."""
    query = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > at)
    return list(session.scalars(query.order_by(ApiToken.id.desc()).limit(most)))


def touch_session(session: Session, session_id: int, at: datetime) -> None:
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=at))


def touch_token(session: Session, token_id: int, at: datetime) -> None:
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=at))
