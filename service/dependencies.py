"""What endpoints ask for: a session, the person, the right to do it."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from models import Permission
from models.settings import Settings
from service.accounts.actor import Actor
from service.accounts.service import actor_of_session, actor_of_token
from service.errors import BadRequest, Forbidden, NotSignedIn


def get_settings(request: Request) -> Settings:
    return request.app.state.settings


async def refuse_null_characters(request: Request) -> None:
    """No address of ours holds a NUL, and PostgreSQL keeps none in a text."""
    if "%00" in request.url.query or "\0" in request.url.path:
        raise BadRequest


async def get_session(request: Request) -> AsyncIterator[Session]:
    """A writing session, committed before the answer is sent: "saved" is only said of what was.

    Writers wait here, on the event loop, and not for the database's lock in a worker thread: a request that holds the
    lock needs a worker thread once more before its commit (FastAPI serialises the answer in one), and would never get
    it if all of them waited for the lock.
    """
    async with request.app.state.writers:
        with request.app.state.writing.begin() as session:
            yield session


async def get_reading(request: Request) -> AsyncIterator[Session]:
    """A session that cannot write and waits for nobody."""
    with request.app.state.reading() as session:
        yield session


def cookie_name(settings: Settings) -> str:
    """`__Host-` ties a cookie to this host and to https, so it needs https."""
    return "__Host-netra" if settings.public_url.startswith("https://") else "netra"


def current_actor(request: Request) -> Actor:
    """Who asks: by bearer token where one is sent, else by the cookie. Never both, so no cookie rides along."""
    settings: Settings = request.app.state.settings
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    with request.app.state.reading() as session:
        if scheme:
            actor = actor_of_token(session, token, demo=settings.demo) if scheme.lower() == "bearer" else None
        else:
            cookie = request.cookies.get(cookie_name(settings), "")
            actor = actor_of_session(session, cookie, demo=settings.demo)
    if actor is None:
        raise NotSignedIn
    request.state.actor = actor
    return actor


def require(permission: Permission) -> Callable[[Actor], Actor]:
    """A dependency that lets pass whoever may do this somewhere; where exactly is decided in the SQL."""

    def actor_with_permission(actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
        if not actor.may(permission):
            raise Forbidden
        return actor

    return actor_with_permission


AppSettings = Annotated[Settings, Depends(get_settings)]
Writing = Annotated[Session, Depends(get_session, scope="function")]
Reading = Annotated[Session, Depends(get_reading, scope="function")]
SignedIn = Annotated[Actor, Depends(current_actor)]
QueueReader = Annotated[Actor, Depends(require(Permission.READ_QUEUE))]
Assessor = Annotated[Actor, Depends(require(Permission.ASSESS))]
SourceReader = Annotated[Actor, Depends(require(Permission.READ_SOURCES))]
AuditReader = Annotated[Actor, Depends(require(Permission.READ_AUDIT))]
