"""What people see and change of their own account."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Agency, ApiToken, Permission, Region, Role, User, UserRole, UserSession, now
from models.legal.deadline import local_day
from models.settings import Settings
from service.accounts import factors, repository
from service.accounts.actor import Actor
from service.accounts.by import By, record
from service.accounts.passwords import check_new_password, hash_password
from service.accounts.people import end_sessions
from service.accounts.service import renew
from service.accounts.tokens import create_api_token, revoke_token
from service.dependencies import STEP_UP, refuse_without_second_factor
from service.errors import InvalidInput, NotFound, PersonsOnly


@dataclass(frozen=True)
class RoleRow:
    grant: UserRole
    role: Role
    region: Region | None
    agency: Agency | None

    @property
    def agency_ended_on(self) -> date | None:
        """Of an agency that is no more. The role goes on opening what is the agency's, until somebody takes it away."""
        return self.agency.valid_to_on if self.agency and self.agency.has_ended(local_day(now(), None)) else None


@dataclass(frozen=True)
class OwnPage:
    user: User
    roles: list[RoleRow]
    sessions: list[UserSession]
    tokens: list[ApiToken]
    has_factor: bool
    recovery_codes: int
    permissions: list[Permission]
    """What a token may be given: never more than its owner has."""


@dataclass(frozen=True)
class NewToken:
    name: str
    days: int
    scopes: list[str]
    region_code: str = ""


def read_own(session: Session, actor: Actor, settings: Settings) -> OwnPage:
    return OwnPage(
        user=session.get_one(User, actor.id),
        roles=list_roles(session, actor.id),
        sessions=repository.list_sessions(session, actor.id, now(), idle_of(settings)),
        tokens=repository.list_tokens(session, actor.id, now()),
        has_factor=factors.is_confirmed(session, actor.id),
        recovery_codes=factors.count_recovery_codes(session, actor.id),
        permissions=[permission for permission in Permission if actor.may(permission)],
    )


def list_roles(session: Session, user_id: int) -> list[RoleRow]:
    query = (
        select(UserRole, Role, Region, Agency)
        .join(Role, Role.name == UserRole.role_name)
        .outerjoin(Region, Region.code == UserRole.region_code)
        .outerjoin(Agency, Agency.id == UserRole.agency_id)
        .where(UserRole.user_id == user_id)
        .order_by(UserRole.id)
    )
    return [RoleRow(*row) for row in session.execute(query)]


def change_password(session: Session, actor: Actor, new: str) -> str:
    """Ends every other sign-in, and renews this one: whoever had copied its cookie is out. Returns the new token."""
    if actor.session_id is None:
        raise PersonsOnly
    user = session.get_one(User, actor.id)
    check_new_password(new, user.username)
    user.password_hash, user.must_change_password = hash_password(new), False
    token = renew(session, actor.session_id)
    repository.end_sessions_of(session, user.id, now(), but=actor.session_id)
    record(session, "pengguna.sandi", user, By.of(actor))
    return token


def end_own_session(session: Session, actor: Actor, session_id: int) -> None:
    user = session.get_one(User, actor.id)
    if not end_sessions(session, user, only=session_id, by=By.of(actor)):
        raise NotFound


def end_other_sessions(session: Session, actor: Actor) -> int:
    return end_sessions(session, session.get_one(User, actor.id), but=actor.session_id, by=By.of(actor))


def make_own_token(session: Session, actor: Actor, settings: Settings, new: NewToken) -> str:
    """A token with some of one's own rights; for rights that ask for the second factor, its making asks for it."""
    if not new.scopes or not all(scope in set(Permission) and actor.may(Permission(scope)) for scope in new.scopes):
        raise InvalidInput("cakupan")
    if STEP_UP & set(new.scopes):
        refuse_without_second_factor(settings, actor)
    user = session.get_one(User, actor.id)
    region = new.region_code.replace("\0", "").strip() or None
    values = {"scopes": new.scopes, "region_code": region, "by": By.of(actor)}
    return create_api_token(session, user, new.name, new.days, True, **values)  # pyright: ignore[reportArgumentType]


def revoke_own_token(session: Session, actor: Actor, token_id: int) -> None:
    revoke_token(session, session.get_one(User, actor.id), token_id, By.of(actor))


def idle_of(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.session_idle_minutes)
