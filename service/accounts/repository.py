"""Queries about people, their sign-ins and their tokens."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, String, bindparam, func, select, update
from sqlalchemy.orm import Session

from models import (
    Agency,
    AgencyName,
    ApiToken,
    Flag,
    LeaseEnd,
    Permission,
    Role,
    SignInMethod,
    User,
    UserRole,
    UserSession,
    prepared,
)
from models.base import BigId, UTCDateTime
from service.accounts.actor import AgencyArea, Areas, Grants, Place, within
from service.review import claims
from service.review.conditions import held_by


def get_user(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username))


class SignedIn(NamedTuple):
    """A sign-in and whose it is: read anew with every request, so that what ends it ends it at once."""

    id: int
    """Of the person."""
    username: str
    name: str
    is_active: bool
    is_demo: bool
    must_change_password: bool
    session_id: int
    method: SignInMethod
    verified_at: datetime | None
    last_seen_at: datetime | None


def get_session(session: Session, token_sha256: str, at: datetime, idle: timedelta) -> SignedIn | None:
    """A sign-in that runs, is not too old and was not left alone for too long, and whose it is."""
    found = prepared.run(session, _running, token=token_sha256, at=at, since=at - idle)
    return SignedIn(*found[0]) if found else None


def _running() -> Select[*tuple[Any, ...]]:
    at, since = bindparam("at", None, UTCDateTime()), bindparam("since", None, UTCDateTime())
    person = (User.id, User.username, User.name, User.is_active, User.is_demo, User.must_change_password)
    own = (UserSession.id, UserSession.method, UserSession.verified_at, UserSession.last_seen_at)
    seen_at = func.coalesce(UserSession.last_seen_at, UserSession.created_at)
    running = (UserSession.ended_at.is_(None), UserSession.expires_at > at, seen_at > since)
    query = select(*person, *own).join(UserSession, UserSession.user_id == User.id)
    return query.where(UserSession.token_sha256 == bindparam("token", None, String), *running)


class Keyed(NamedTuple):
    """A machine's token and whose it is: read anew with every request, as a sign-in is."""

    id: int
    """Of the person."""
    username: str
    name: str
    is_active: bool
    is_demo: bool
    token_id: int
    token_name: str
    can_write: bool
    scopes: list[str] | None
    region_code: str | None
    last_used_at: datetime | None


def get_key(session: Session, token_sha256: str, at: datetime) -> Keyed | None:
    """A machine's valid token and its owner."""
    found = prepared.run(session, _valid, token=token_sha256, at=at)
    return Keyed(*found[0]) if found else None


def _valid() -> Select[*tuple[Any, ...]]:
    person = (User.id, User.username, User.name, User.is_active, User.is_demo)
    own = (ApiToken.id, ApiToken.name, ApiToken.can_write, ApiToken.scopes, ApiToken.region_code, ApiToken.last_used_at)
    valid = (ApiToken.revoked_at.is_(None), ApiToken.expires_at > bindparam("at", None, UTCDateTime()))
    query = select(*person, *own).join(ApiToken, ApiToken.user_id == User.id)
    return query.where(ApiToken.token_sha256 == bindparam("token", None, String), *valid)


def list_grants(session: Session, user_id: int) -> Grants:
    found = prepared.run(session, _granted, user_id=user_id)
    agency_ids = {agency_id for *_, agency_id in found if agency_id}
    agencies = {own.id: own for own in session.scalars(select(Agency).where(Agency.id.in_(agency_ids)))} if agency_ids else {}
    rows = [(names, region_code, agencies.get(agency_id)) for names, region_code, agency_id in found]
    return frozenset(_grants_of(rows, _former_names(session, agency_ids)))


def _granted() -> Select[*tuple[Any, ...]]:
    query = select(Role.permissions, UserRole.region_code, UserRole.agency_id)
    return query.join(UserRole, UserRole.role_name == Role.name).where(UserRole.user_id == bindparam("user_id", None, BigId))


def roles_with(session: Session, permission: Permission) -> tuple[str, ...]:
    """Names of the roles that bear a permission: which do is data."""
    return tuple(sorted(role.name for role in session.scalars(select(Role)) if permission in role.permissions))


def _former_names(session: Session, agency_ids: set[int]) -> dict[int, tuple[str, ...]]:
    names = dict[int, tuple[str, ...]]()
    if agency_ids:
        query = select(AgencyName.agency_id, AgencyName.name).where(AgencyName.agency_id.in_(agency_ids))
        for agency_id, name in session.execute(query.order_by(AgencyName.valid_to_on)):
            names[agency_id] = (*names.get(agency_id, ()), _key(name))
    return names


def _grants_of(
    rows: Sequence[tuple[list[str], str | None, Agency | None]], former: dict[int, tuple[str, ...]]
) -> Iterator[tuple[Permission, Place]]:
    for names, region_code, agency in rows:
        place = place_of(region_code, agency, former.get(agency.id, ()) if agency else ())
        yield from ((Permission(name), place) for name in names)


def place_of(region_code: str | None, agency: Agency | None, former: tuple[str, ...] = ()) -> Place:
    if agency is None:
        return region_code
    return AgencyArea(region_code or "", agency.slug, agency.id, agency.region_code or "", _key(agency.name), former)


def _key(name: str) -> str:
    return " ".join(name.lower().split())


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


def free_flags_of(session: Session, user_id: int, at: datetime, *, but: Areas = frozenset()) -> list[int]:
    """Put what a person holds back into the queue, also what waits for them or is kept for days; what lies in the areas
    `but` stays with them. Returns the flags."""
    held = select(Flag.id).where(held_by(user_id, at)).order_by(Flag.id)
    found = list(session.scalars(held.with_for_update()))
    kept = set(session.scalars(held.where(within(Flag.region_code, but))))
    flag_ids = [flag_id for flag_id in found if flag_id not in kept]
    session.execute(update(Flag).where(Flag.id.in_(flag_ids)).values(**claims.FREED))
    for flag_id in flag_ids:
        claims.end_lease(session, flag_id, LeaseEnd.RELEASED)
    return flag_ids


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
