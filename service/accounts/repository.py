"""Queries about people, their sign-ins and their tokens."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import ApiToken, AuditEvent, Permission, Role, User, UserRole, UserSession


def get_user(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username))


def get_user_by_session(session: Session, token_sha256: str, at: datetime) -> User | None:
    query = (
        select(User)
        .join(UserSession, UserSession.user_id == User.id)
        .where(UserSession.token_sha256 == token_sha256, UserSession.ended_at.is_(None), UserSession.expires_at > at)
    )
    return session.scalar(query)


def get_user_by_token(session: Session, token_sha256: str, at: datetime) -> tuple[User, ApiToken] | None:
    """A machine's valid token and its owner."""
    query = (
        select(User, ApiToken)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(ApiToken.token_sha256 == token_sha256, ApiToken.revoked_at.is_(None), ApiToken.expires_at > at)
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def list_grants(session: Session, user_id: int) -> frozenset[tuple[Permission, str | None]]:
    query = select(Role.permissions, UserRole.region_code).join(UserRole, UserRole.role_name == Role.name)
    rows = session.execute(query.where(UserRole.user_id == user_id))
    return frozenset((Permission(name), region) for names, region in rows for name in names)


def end_session(session: Session, token_sha256: str, at: datetime) -> int | None:
    """End a running sign-in and say whose it was."""
    return session.scalar(
        update(UserSession)
        .where(UserSession.token_sha256 == token_sha256, UserSession.ended_at.is_(None))
        .values(ended_at=at)
        .returning(UserSession.user_id)
    )


def end_sessions_of(session: Session, user_id: int, at: datetime) -> None:
    running = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    session.execute(running.values(ended_at=at))


def revoke_tokens_of(session: Session, user_id: int, at: datetime, *, name: str | None = None) -> int:
    valid = update(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    if name is not None:
        valid = valid.where(ApiToken.name == name)
    return len(session.scalars(valid.values(revoked_at=at).returning(ApiToken.id)).all())


def count_failures(session: Session, user_id: int | None, actor: str, since: datetime) -> int:
    """Failed sign-ins in the trail. The trail serves every process of the service, a counter in memory only its own."""
    query = select(func.count()).where(
        AuditEvent.subject_type == "user",
        AuditEvent.subject_id == user_id if user_id else AuditEvent.subject_id.is_(None),
        AuditEvent.action == "masuk.gagal",
        AuditEvent.actor == actor,
        AuditEvent.at > since,
    )
    return session.scalar(query) or 0
