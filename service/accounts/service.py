"""Signing in and out: whose the cookie or the token is, and what they may do with it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Permission, SignInMethod, User, UserSession, now, record_event
from service.accounts import repository
from service.accounts.actor import Actor, narrow
from service.accounts.limits import Attempt, count_failure, refuse_too_many
from service.accounts.passwords import matches, new_token, token_sha256
from service.accounts.people import create_user, disable_user, set_password
from service.accounts.repository import Keyed, SignedIn
from service.accounts.tokens import create_api_token, revoke_tokens

__all__ = [  # Command lines and tests ask here for all that concerns accounts.
    "actor_of_session",
    "actor_of_token",
    "create_api_token",
    "create_user",
    "disable_user",
    "load_actor",
    "revoke_tokens",
    "set_password",
]

READING = frozenset({"antrean.baca", "sumber.baca", "jejak.baca", "perkara.baca", "dasbor.baca", "pertukaran.baca"})
"""Everything else changes something, or opens what is closed."""
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Used:
    """A key that opened something, and is due to be marked as used."""

    session_id: int | None = None
    token_id: int | None = None


def load_actor(session: Session, user: User | SignedIn | Keyed, *, can_write: bool = True) -> Actor:
    """What a user may do now; a token that only reads drops every permission that changes something."""
    grants = repository.list_grants(session, user.id)
    assesses = any(permission is Permission.ASSESS for permission, _ in grants)
    if not can_write:
        grants = frozenset(grant for grant in grants if grant[0] in READING)
    return Actor(id=user.id, username=user.username, name=user.name, grants=grants, assesses=assesses)


def actor_of_session(session: Session, token: str, *, demo: bool, idle: timedelta) -> tuple[Actor, Used | None] | None:
    found = repository.get_session(session, token_sha256(token), now(), idle) if token else None
    if found is None or not may_enter(found, demo=demo):
        return None
    actor = replace(
        load_actor(session, found),
        session_id=found.session_id,
        verified_at=found.verified_at,
        must_change_password=found.must_change_password and found.method is SignInMethod.PASSWORD,
    )
    return actor, Used(session_id=found.session_id) if _is_due(found.last_seen_at) else None


def actor_of_token(session: Session, token: str, *, demo: bool) -> tuple[Actor, Used | None] | None:
    key = repository.get_key(session, token_sha256(token), now()) if token else None
    if key is None or not may_enter(key, demo=demo):
        return None
    actor = load_actor(session, key, can_write=key.can_write)
    actor = replace(actor, token=key.token_name, grants=narrow(actor.grants, key.scopes, key.region_code))
    return actor, Used(token_id=key.token_id) if _is_due(key.last_used_at) else None


def mark_used(session: Session, used: Used) -> None:
    if used.session_id is not None:
        repository.touch_session(session, used.session_id, now())
    if used.token_id is not None:
        repository.touch_token(session, used.token_id, now())


def check_password(reading: Session, user: User | None, password: str, attempt: Attempt, *, demo: bool) -> bool:
    """Whether this password lets this person in. Slow on purpose, so it holds no write lock."""
    refuse_too_many(reading, attempt)
    is_right = matches(password, user.password_hash if user else None)
    return user is not None and is_right and may_enter(user, demo=demo)


def sign_in(session: Session, user: User, *, hours: int, browser: str = "", method: SignInMethod = SignInMethod.PASSWORD) -> str:
    """Open a sign-in and return the token for the browser; only its hash is stored."""
    token, at = new_token(), now()
    opened = UserSession(
        user_id=user.id,
        token_sha256=token_sha256(token),
        expires_at=at + timedelta(hours=hours),
        last_seen_at=at,
        browser=browser,
        method=method,
    )
    session.add(opened)
    session.flush()
    record_event(
        session, "masuk", actor=user.username, actor_id=user.id, subject=("user", user.id), detail={"cara": method.value}
    )
    return token


def renew(session: Session, session_id: int, **values: datetime | None) -> str:
    """A new token for a running sign-in, whose old one opens nothing any more: whenever it may do more than before."""
    token = new_token()
    running = session.get_one(UserSession, session_id)
    running.token_sha256 = token_sha256(token)
    for name, value in values.items():
        setattr(running, name, value)
    session.flush()
    return token


def record_failure(session: Session, username: str, attempt: Attempt) -> None:
    count_failure(session, attempt)
    user = repository.get_user(session, username)
    actor = name_in_trail(user, username)
    record_event(session, "masuk.gagal", actor=actor, subject=("user", user.id if user else None))


def sign_out(session: Session, token: str) -> None:
    """End the sign-in of this token, if it still runs, in the name of its owner."""
    user_id = repository.end_session(session, token_sha256(token), now()) if token else None
    if user_id is None:
        return
    user = session.get_one(User, user_id)
    record_event(session, "keluar", actor=user.username, actor_id=user.id, subject=("user", user.id))


def may_enter(user: User | SignedIn | Keyed, *, demo: bool) -> bool:
    return user.is_active and (demo or not user.is_demo)


def name_in_trail(user: User | None, username: str) -> str:
    """Unknown names are hashed: people type passwords into the wrong field, and the trail keeps everything for ever."""
    return user.username if user else f"tak dikenal:{hashlib.sha256(username.encode()).hexdigest()[:12]}"


def _is_due(seen_at: datetime | None) -> bool:
    return seen_at is None or now() - seen_at > SEEN_EVERY
