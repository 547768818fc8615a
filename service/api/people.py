"""JSON for accounts: one's own sign-ins and tokens, and the people of an admin's area."""

from enum import Enum
from typing import Annotated, Any

from fastapi import Query, Response
from sqlalchemy.orm import Session

from models import ApiToken, UserSession, now
from models.settings import Settings
from service.accounts import administering, own, repository
from service.accounts.actor import Actor
from service.accounts.administering import PAGE_SIZE, NewPerson, PersonRow
from service.accounts.own import NewToken, RoleRow
from service.accounts.people import Grant
from service.api.parameters import Id
from service.api.people_schemas import (
    FirstPassword,
    GrantAnswer,
    GrantBody,
    NewPersonBody,
    NewTokenAnswer,
    NewTokenBody,
    PersonAnswer,
    PersonDetail,
    PersonList,
    SessionAnswer,
    SessionList,
    TokenAnswer,
    TokenList,
)
from service.api.problems import CONFLICT, MISSING, responses
from service.api.routes import make_router
from service.dependencies import AppSettings, Person, Reading, UserManager, Writing

router = make_router()

PEOPLE: list[str | Enum] = ["users"]
OWN: list[str | Enum] = ["people"]
TAKEN = responses({409: "The username is taken, the role is there already, or it is your own account."})


@router.get("/me/sessions", tags=OWN)
def list_own_sessions(session: Reading, settings: AppSettings, actor: Person) -> SessionList:
    """Browsers that are signed in as you. Only for a person in a browser, never for a token."""
    rows = repository.list_sessions(session, actor.id, now(), own.idle_of(settings))
    return SessionList(sessions=[_say_session(row, actor) for row in rows])


@router.delete("/me/sessions/{session_id}", tags=OWN, status_code=204, responses=MISSING)
def end_own_session(session: Writing, actor: Person, session_id: Id) -> None:
    own.end_own_session(session, actor, session_id)


@router.get("/me/tokens", tags=OWN)
def list_own_tokens(session: Reading, actor: Person) -> TokenList:
    return TokenList(tokens=[_say_token(token) for token in repository.list_tokens(session, actor.id, now())])


@router.post("/me/tokens", tags=OWN)
def make_own_token(
    response: Response, session: Writing, settings: AppSettings, actor: Person, body: NewTokenBody
) -> NewTokenAnswer:
    """A token with some of your own rights. Rights that ask for the second factor ask for it here."""
    response.headers["Cache-Control"] = "no-store"  # A repeat with the same Idempotency-Key must not be told the secret.
    new = NewToken(body.name, body.days, [scope.value for scope in body.scopes], body.region_code or "")
    return NewTokenAnswer(token=own.make_own_token(session, actor, settings, new))


@router.delete("/me/tokens/{token_id}", tags=OWN, status_code=204, responses=MISSING)
def revoke_own_token(session: Writing, actor: Person, token_id: Id) -> None:
    own.revoke_own_token(session, actor, token_id)


@router.get("/users", tags=PEOPLE)
def list_users(
    session: Reading,
    actor: UserManager,
    search: Annotated[str, Query(max_length=100, description="Part of a name or username.")] = "",
    after: Annotated[str, Query(max_length=80, description="`next` of the page before.")] = "",
) -> PersonList:
    """The people of your area, by username."""
    rows = administering.list_people(session, actor, search=" ".join(search.split()), after=after)
    page = rows[:PAGE_SIZE]
    users = [_say_person(row) for row in page]
    return PersonList(users=users, next=page[-1].user.username if len(rows) > len(page) else None)


@router.post("/users", tags=PEOPLE, responses=TAKEN)
def add_user(
    response: Response, session: Writing, settings: AppSettings, actor: UserManager, body: NewPersonBody
) -> FirstPassword:
    """A person with one role. You give no more than you have yourself."""
    response.headers["Cache-Control"] = "no-store"
    user, password = administering.add_person(session, actor, NewPerson(body.username, body.name, _grant_of(body)))
    return FirstPassword(user=_read(session, actor, user.id, settings), password=password)


@router.get("/users/{user_id}", tags=PEOPLE, responses=MISSING)
def get_user(session: Reading, settings: AppSettings, actor: UserManager, user_id: Id) -> PersonDetail:
    page = administering.read_person(session, actor, user_id, settings)
    return PersonDetail(
        user=_say_person(page.row),
        sessions=[_say_session(row, actor) for row in page.sessions],
        tokens=[_say_token(token) for token in page.tokens],
    )


@router.post("/users/{user_id}/roles", tags=PEOPLE, responses=MISSING | TAKEN)
def add_role(session: Writing, settings: AppSettings, actor: UserManager, user_id: Id, body: GrantBody) -> PersonAnswer:
    """Another role. The person signs in anew."""
    administering.add_role(session, actor, user_id, _grant_of(body))
    return _read(session, actor, user_id, settings)


@router.delete("/users/{user_id}/roles/{grant_id}", tags=PEOPLE, status_code=204, responses=MISSING | TAKEN)
def remove_role(session: Writing, actor: UserManager, user_id: Id, grant_id: Id) -> None:
    administering.remove_role(session, actor, user_id, grant_id)


@router.post("/users/{user_id}/password", tags=PEOPLE, responses=MISSING | TAKEN)
def reset_password(response: Response, session: Writing, settings: AppSettings, actor: UserManager, user_id: Id) -> FirstPassword:
    """A new first password. The old one and every sign-in end."""
    response.headers["Cache-Control"] = "no-store"
    user, password = administering.reset_password(session, actor, user_id)
    return FirstPassword(user=_read(session, actor, user.id, settings), password=password)


@router.post("/users/{user_id}/disable", tags=PEOPLE, responses=MISSING | TAKEN)
def disable_user(session: Writing, settings: AppSettings, actor: UserManager, user_id: Id) -> PersonAnswer:
    """No more signing in; tokens are revoked. What the person did stays."""
    administering.disable(session, actor, user_id)
    return _read(session, actor, user_id, settings)


@router.post("/users/{user_id}/enable", tags=PEOPLE, responses=MISSING | TAKEN)
def enable_user(session: Writing, settings: AppSettings, actor: UserManager, user_id: Id) -> PersonAnswer:
    administering.enable(session, actor, user_id)
    return _read(session, actor, user_id, settings)


@router.delete("/users/{user_id}/sessions", tags=PEOPLE, status_code=204, responses=MISSING | CONFLICT)
def end_sessions(session: Writing, actor: UserManager, user_id: Id) -> None:
    """End all sign-ins of a person."""
    administering.end_sessions(session, actor, user_id)


@router.delete("/users/{user_id}/sessions/{session_id}", tags=PEOPLE, status_code=204, responses=MISSING | CONFLICT)
def end_session(session: Writing, actor: UserManager, user_id: Id, session_id: Id) -> None:
    administering.end_sessions(session, actor, user_id, session_id)


@router.delete("/users/{user_id}/tokens/{token_id}", tags=PEOPLE, status_code=204, responses=MISSING | CONFLICT)
def revoke_token(session: Writing, actor: UserManager, user_id: Id, token_id: Id) -> None:
    administering.revoke(session, actor, user_id, token_id)


@router.delete("/users/{user_id}/second-factor", tags=PEOPLE, status_code=204, responses=MISSING | CONFLICT)
def remove_second_factor(session: Writing, actor: UserManager, user_id: Id) -> None:
    """For a lost telephone."""
    administering.remove_second_factor(session, actor, user_id)


def _grant_of(body: GrantBody) -> Grant:
    return Grant.typed(body.role, body.region_code, body.agency)


def _read(session: Session, actor: Actor, user_id: int, settings: Settings) -> PersonAnswer:
    return _say_person(administering.read_person(session, actor, user_id, settings).row)


def _say_person(row: PersonRow) -> PersonAnswer:
    names = ("id", "username", "name", "is_active", "must_change_password")
    fields: dict[str, Any] = {name: getattr(row.user, name) for name in names}
    return PersonAnswer(**fields, has_second_factor=row.has_factor, roles=[_say_role(role) for role in row.roles])


def _say_role(row: RoleRow) -> GrantAnswer:
    agency = row.agency.slug if row.agency else None
    return GrantAnswer(id=row.grant.id, role=row.grant.role_name, region_code=row.grant.region_code, agency=agency)


def _say_session(row: UserSession, actor: Actor) -> SessionAnswer:
    names = ("id", "browser", "method", "created_at", "last_seen_at", "expires_at")
    return SessionAnswer(**{name: getattr(row, name) for name in names}, is_current=row.id == actor.session_id)


def _say_token(token: ApiToken) -> TokenAnswer:
    return TokenAnswer(**{name: getattr(token, name) for name in TokenAnswer.model_fields})
