"""What an admin does to the accounts of their area. Nobody outside of it is seen, and nobody hands out more than they have."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from models import Agency, ApiToken, Permission, Role, User, UserIdentity, UserRole, UserSession, now
from models.legal.deadline import local_day
from models.settings import Settings
from service.accounts import factors, people, repository
from service.accounts.actor import Actor, contains, within
from service.accounts.by import By
from service.accounts.own import RoleRow, idle_of, list_roles
from service.accounts.passwords import new_password
from service.accounts.people import Grant
from service.accounts.tokens import revoke_token
from service.errors import Forbidden, InvalidInput, NotFound, OwnAccount

PAGE_SIZE = 50


@dataclass(frozen=True)
class PersonRow:
    user: User
    roles: list[RoleRow]
    has_factor: bool


@dataclass(frozen=True)
class PersonPage:
    row: PersonRow
    sessions: list[UserSession]
    tokens: list[ApiToken]
    identities: list[UserIdentity]
    is_self: bool


@dataclass(frozen=True)
class NewPerson:
    username: str
    name: str
    grant: Grant


def list_people(session: Session, actor: Actor, *, search: str = "", after: str = "") -> list[PersonRow]:
    """One page by username, and one row more."""
    query = select(User).where(_managed_by(actor), User.username > after)
    if search:
        query = query.where(
            or_(User.username.contains(search.lower(), autoescape=True), User.name.icontains(search, autoescape=True))
        )
    users = list(session.scalars(query.order_by(User.username).limit(PAGE_SIZE + 1)))
    with_factor = factors.list_with_factor(session, [user.id for user in users])
    return [PersonRow(user, list_roles(session, user.id), user.id in with_factor) for user in users]


def get_person(session: Session, actor: Actor, user_id: int) -> User:
    user = session.scalar(select(User).where(User.id == user_id, _managed_by(actor)))
    if user is None:
        raise NotFound
    return user


def read_person(session: Session, actor: Actor, user_id: int, settings: Settings) -> PersonPage:
    user = get_person(session, actor, user_id)
    identities = select(UserIdentity).where(UserIdentity.user_id == user.id).order_by(UserIdentity.id)
    return PersonPage(
        row=PersonRow(user, list_roles(session, user.id), factors.is_confirmed(session, user.id)),
        sessions=repository.list_sessions(session, user.id, now(), idle_of(settings)),
        tokens=repository.list_tokens(session, user.id, now()),
        identities=list(session.scalars(identities)),
        is_self=user.id == actor.id,
    )


def list_roles_to_give(session: Session, actor: Actor) -> list[Role]:
    """Roles with nothing in them that the admin may not do themselves."""
    roles = session.scalars(select(Role).order_by(Role.label))
    return [role for role in roles if all(actor.may(Permission(name)) for name in role.permissions)]


def list_agencies(session: Session, most: int = 1000) -> list[Agency]:
    """Those that a role can be narrowed to: today's, and those that are still to come."""
    is_open = or_(Agency.valid_to_on.is_(None), Agency.valid_to_on >= local_day(now(), None))
    return list(session.scalars(select(Agency).where(is_open).order_by(Agency.name).limit(most)))


def add_person(session: Session, actor: Actor, new: NewPerson) -> tuple[User, str]:
    """Returns the person and a password for their first sign-in alone, which is shown once."""
    _refuse_wider(session, actor, new.grant)
    password, grant = new_password(), new.grant
    values: dict[str, Any] = {"agency": grant.agency, "must_change": True, "by": By.of(actor)}
    user = people.create_user(session, new.username, new.name, password, grant.role, grant.region_code, **values)
    return user, password


def add_role(session: Session, actor: Actor, user_id: int, grant: Grant) -> UserRole:
    user = _other(session, actor, user_id)
    _refuse_wider(session, actor, grant)
    return people.add_role(session, user, grant, by=By.of(actor))


def remove_role(session: Session, actor: Actor, user_id: int, grant_id: int) -> None:
    user = _other(session, actor, user_id)
    row = session.scalar(select(UserRole).where(UserRole.id == grant_id, UserRole.user_id == user.id))
    if row is None:
        raise NotFound
    people.remove_role(session, user, row, by=By.of(actor))


def reset_password(session: Session, actor: Actor, user_id: int) -> tuple[User, str]:
    user, password = _other(session, actor, user_id), new_password()
    people.set_password(session, user, password, must_change=True, by=By.of(actor))
    return user, password


def disable(session: Session, actor: Actor, user_id: int) -> None:
    people.disable_user(session, _other(session, actor, user_id), by=By.of(actor))


def enable(session: Session, actor: Actor, user_id: int) -> None:
    people.enable_user(session, _other(session, actor, user_id), by=By.of(actor))


def end_sessions(session: Session, actor: Actor, user_id: int, session_id: int | None = None) -> int:
    """All sign-ins of a person, or one."""
    ended = people.end_sessions(session, _other(session, actor, user_id), only=session_id, by=By.of(actor))
    if session_id is not None and not ended:
        raise NotFound
    return ended


def revoke(session: Session, actor: Actor, user_id: int, token_id: int) -> None:
    revoke_token(session, _other(session, actor, user_id), token_id, By.of(actor))


def remove_second_factor(session: Session, actor: Actor, user_id: int) -> None:
    people.remove_second_factor(session, _other(session, actor, user_id), by=By.of(actor))


def link_identity(session: Session, actor: Actor, user_id: int, settings: Settings, subject: str) -> UserIdentity:
    """To the provider of the settings; there is no other."""
    user = _other(session, actor, user_id)
    if not settings.oidc_issuer:
        raise InvalidInput("penyedia_tidak_ada")
    return people.link_identity(session, user, settings.oidc_issuer, subject, by=By.of(actor))


def unlink_identity(session: Session, actor: Actor, user_id: int, identity_id: int) -> None:
    user = _other(session, actor, user_id)
    found = select(UserIdentity).where(UserIdentity.id == identity_id, UserIdentity.user_id == user.id)
    identity = session.scalar(found)
    if identity is None:
        raise NotFound
    people.unlink_identity(session, user, identity, by=By.of(actor))


def _other(session: Session, actor: Actor, user_id: int) -> User:
    """A person of one's area who is not oneself: what concerns oneself stands on `/saya`."""
    user = get_person(session, actor, user_id)
    if user.id == actor.id:
        raise OwnAccount
    return user


def _managed_by(actor: Actor) -> ColumnElement[bool]:
    """Whose every role lies in the admin's area: who also works elsewhere belongs to a wider admin."""
    areas = actor.areas(Permission.MANAGE_USERS)
    if areas is None:
        return true()
    of_user = UserRole.user_id == User.id
    inside = select(UserRole.id).where(within(UserRole.region_code, areas))
    some = exists().where(of_user, UserRole.id.in_(inside)).correlate(User)
    elsewhere = exists().where(of_user, UserRole.id.not_in(inside)).correlate(User)
    return and_(some, ~elsewhere)


def _refuse_wider(session: Session, actor: Actor, grant: Grant) -> None:
    """Nobody gives what they have not: neither another area nor another right. Unknown words are told from that."""
    role = session.get(Role, grant.role)
    agency = session.scalar(select(Agency).where(Agency.slug == grant.agency)) if grant.agency else None
    if role is None or (grant.agency and agency is None):
        return  # people.create_user and people.add_role say which.
    place = repository.place_of(grant.region_code or None, agency)
    needed = [Permission.MANAGE_USERS, *(Permission(name) for name in role.permissions)]
    if not all(contains(actor.areas(permission), place) for permission in needed):
        raise Forbidden
