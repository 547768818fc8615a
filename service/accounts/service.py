"""Signing in and out, and making people and tokens."""

import hashlib
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from models import ApiToken, Permission, User, UserRole, UserSession, now, record_event
from service.accounts import repository
from service.accounts.actor import Actor
from service.accounts.passwords import hash_password, matches, new_token, token_sha256
from service.errors import Conflict, InvalidInput, TooManyAttempts

FAILURES_ALLOWED = 5
FAILURES_WINDOW = timedelta(minutes=5)
SHORTEST_PASSWORD = 12
WRITING = frozenset({Permission.ASSESS, Permission.MANAGE_USERS})


def load_actor(session: Session, user: User, *, can_write: bool = True) -> Actor:
    """What a user may do now; a token that only reads drops every permission that changes something."""
    grants = repository.list_grants(session, user.id)
    assesses = any(permission is Permission.ASSESS for permission, _ in grants)
    if not can_write:
        grants = frozenset(grant for grant in grants if grant[0] not in WRITING)
    return Actor(id=user.id, username=user.username, name=user.name, grants=grants, assesses=assesses)


def actor_of_session(session: Session, token: str, *, demo: bool) -> Actor | None:
    user = repository.get_user_by_session(session, token_sha256(token), now()) if token else None
    return load_actor(session, user) if user and _may_enter(user, demo=demo) else None


def actor_of_token(session: Session, token: str, *, demo: bool) -> Actor | None:
    found = repository.get_user_by_token(session, token_sha256(token), now()) if token else None
    if found is None or not _may_enter(found[0], demo=demo):
        return None
    user, key = found
    return replace(load_actor(session, user, can_write=key.can_write), token=key.name)


def check_password(reading: Session, username: str, password: str, *, demo: bool) -> User | None:
    """The user, if the password is right and they may enter. Slow on purpose, so it holds no write lock."""
    user = repository.get_user(reading, username)
    since = now() - FAILURES_WINDOW
    failures = repository.count_failures(reading, user.id if user else None, _name_in_trail(user, username), since)
    if failures >= FAILURES_ALLOWED:
        raise TooManyAttempts(minutes=FAILURES_WINDOW.seconds // 60)
    is_right = matches(password, user.password_hash if user else None)
    return user if user and is_right and _may_enter(user, demo=demo) else None


def sign_in(session: Session, user: User, *, hours: int) -> str:
    """Open a sign-in and return the token for the browser; only its hash is stored."""
    token = new_token()
    session.add(UserSession(user_id=user.id, token_sha256=token_sha256(token), expires_at=now() + timedelta(hours=hours)))
    session.flush()
    record_event(session, "masuk", actor=user.username, actor_id=user.id, subject=("user", user.id))
    return token


def record_failure(session: Session, username: str) -> None:
    user = repository.get_user(session, username)
    actor = _name_in_trail(user, username)
    record_event(session, "masuk.gagal", actor=actor, subject=("user", user.id if user else None))


def sign_out(session: Session, token: str) -> None:
    """End the sign-in of this token, if it still runs, in the name of its owner."""
    user_id = repository.end_session(session, token_sha256(token), now())
    if user_id is None:
        return
    user = session.get_one(User, user_id)
    record_event(session, "keluar", actor=user.username, actor_id=user.id, subject=("user", user.id))


def create_user(
    session: Session,
    username: str,
    name: str,
    password: str,
    role: str,
    region_code: str | None = None,
    *,
    is_demo: bool = False,
    actor: str = "sistem:netra",
) -> User:
    """A person with one role in one area; no region means the nation."""
    username = username.strip().lower()
    if len(password) < SHORTEST_PASSWORD and not is_demo:
        raise InvalidInput("sandi_pendek")
    if repository.get_user(session, username):
        raise Conflict
    user = User(username=username, name=name, password_hash=hash_password(password), is_demo=is_demo)
    session.add(user)
    session.flush()
    session.add(UserRole(user_id=user.id, role_name=role, region_code=region_code))
    session.flush()
    detail = {"peran": role, "wilayah": region_code, "demo": is_demo}
    record_event(session, "pengguna.tambah", actor=actor, subject=("user", user.id), detail=detail)
    return user


def create_api_token(
    session: Session, user: User, name: str, days: int, can_write: bool = False, *, actor: str = "sistem:netra"
) -> str:
    """A machine's token, in plain; it is shown once and stored as a hash."""
    if days < 1:
        raise InvalidInput("hari_token")
    plain = new_token()
    expires_at = now() + timedelta(days=days)
    token = ApiToken(user_id=user.id, name=name, token_sha256=token_sha256(plain), can_write=can_write, expires_at=expires_at)
    session.add(token)
    session.flush()
    detail = {"nama": name, "boleh_menulis": can_write, "berlaku_sampai": expires_at.isoformat(timespec="seconds")}
    record_event(session, "token.tambah", actor=actor, subject=("user", user.id), detail=detail)
    return plain


def set_password(session: Session, user: User, password: str, *, actor: str = "sistem:netra") -> None:
    """A new password ends every sign-in that was opened with the old one."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput("sandi_pendek")
    user.password_hash = hash_password(password)
    repository.end_sessions_of(session, user.id, now())
    record_event(session, "pengguna.sandi", actor=actor, subject=("user", user.id))


def disable_user(session: Session, user: User, *, actor: str = "sistem:netra") -> None:
    """Close every door: sign-ins end, tokens are revoked, no new ones open. What the person did stays."""
    user.is_active = False
    repository.end_sessions_of(session, user.id, now())
    repository.revoke_tokens_of(session, user.id, now())
    record_event(session, "pengguna.nonaktif", actor=actor, subject=("user", user.id))


def revoke_tokens(session: Session, user: User, name: str, *, actor: str = "sistem:netra") -> int:
    """Revoke a person's tokens of this name; returns how many."""
    count = repository.revoke_tokens_of(session, user.id, now(), name=name)
    if count:
        record_event(session, "token.cabut", actor=actor, subject=("user", user.id), detail={"nama": name, "jumlah": count})
    return count


def _may_enter(user: User, *, demo: bool) -> bool:
    return user.is_active and (demo or not user.is_demo)


def _name_in_trail(user: User | None, username: str) -> str:
    """Unknown names are hashed: people type passwords into the wrong field, and the trail keeps everything for ever."""
    return user.username if user else f"tak dikenal:{hashlib.sha256(username.encode()).hexdigest()[:12]}"
