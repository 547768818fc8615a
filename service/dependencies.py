"""What endpoints ask for: a session, the person, the right to do it.

What asks the database is a plain function and runs in a thread; all else is `async`, because each way into a thread and
back costs as much as a statement.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from models import Permission, now
from models.settings import Settings
from service.accounts.actor import Actor
from service.accounts.cookies import cookie_name
from service.accounts.service import Used, actor_of_session, actor_of_token, mark_used
from service.errors import BadRequest, Forbidden, NotSignedIn, PasswordChangeNeeded, PersonsOnly, SecondFactorNeeded
from service.sealing import Keys

log = logging.getLogger(__name__)

STEP_UP = frozenset({"ekspor.buat", "perkara.teruskan"})
"""What leaves the house or sends a case on asks for the second factor first."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
POLLS = ("/antrean/baru", "/antrean/kabar")
"""Asked by an open page on its own: a browser that somebody left open must not keep its sign-in alive."""
BEFORE_CHANGE = ("/saya/sandi", "/keluar")
"""All that is open to whoever must first choose a password of their own."""


def get_settings(request: Request) -> Settings:
    return request.app.state.settings


async def app_settings(request: Request) -> Settings:
    return get_settings(request)


async def refuse_null_characters(request: Request) -> None:
    """No address and no form of ours holds a NUL, and PostgreSQL keeps none in a text."""
    form = await request.form() if request.headers.get("content-type", "").startswith(FORMS) else ()  # It was read already.
    values = [value for _, value in form.multi_items()] if form else []
    if "%00" in request.url.query or "\0" in request.url.path or any(isinstance(one, str) and "\0" in one for one in values):
        raise BadRequest


async def get_session(request: Request) -> AsyncIterator[Session]:
    """A writing session, committed before the answer is sent: "saved" is only said of what was.

    Writers wait here, on the event loop, and not for the database's lock in a worker thread: a request that holds the
    lock needs a worker thread once more before its commit (FastAPI serialises the answer in one), and would never get
    it if all of them waited for the lock.
    """
    async with request.app.state.writers:
        with request.app.state.writing.begin() as session:
            request.state.writing = session  # The answer to an Idempotency-Key is kept in the same transaction.
            yield session


writing = asynccontextmanager(get_session)
"""The same within an endpoint that works for long before it writes: it keeps no other writer waiting meanwhile."""


async def get_reading(request: Request) -> AsyncIterator[Session]:
    """A session that cannot write and waits for no writer.

    It keeps its connection from the look at who asks to the end of the page, so whoever comes when all are taken waits here,
    on the event loop: in worker threads they would keep those who hold the connections from ever ending. Who writes as well
    asks for this first: a writer who waited for it would be waited for by those who hold it.
    """
    async with request.app.state.readers:
        with request.app.state.reading() as session:
            request.state.reading = session  # The header of the page asks by it too.
            try:
                yield session
            finally:
                request.state.reading = None


def current_actor(request: Request) -> Actor:
    """Who asks: by bearer token where one is sent, else by the cookie. Never both, so no cookie rides along."""
    settings: Settings = request.app.state.settings
    running: Session | None = getattr(request.state, "reading", None)  # What the endpoint reads by, where it asked for it first.
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    with nullcontext(running) if running else request.app.state.reading() as session:
        if scheme:
            found = actor_of_token(session, token, demo=settings.demo) if scheme.lower() == "bearer" else None
        else:
            cookie = request.cookies.get(cookie_name(settings), "")
            idle = timedelta(minutes=settings.session_idle_minutes)
            found = actor_of_session(session, cookie, demo=settings.demo, idle=idle)
    if found is None:
        raise NotSignedIn
    actor, used = found
    request.state.actor = actor
    request.state.used = used if request.url.path not in POLLS else None
    if actor.must_change_password and request.url.path not in BEFORE_CHANGE:
        raise PasswordChangeNeeded
    return actor


async def note_use(request: Request) -> AsyncIterator[None]:
    """After the answer: write down that a sign-in or a token was used. Nobody waits for it, and it may fail."""
    yield
    used: Used | None = getattr(request.state, "used", None)
    if used is None:
        return

    def write() -> None:
        with request.app.state.writing.begin() as session:
            mark_used(session, used)

    try:
        async with request.app.state.writers:
            await run_in_threadpool(write)
    except SQLAlchemyError:
        log.warning("could not note that a key was used", exc_info=True)


def get_keys(request: Request) -> Keys:
    """The key of the house, read when something first needs it."""
    if not hasattr(request.app.state, "keys"):
        request.app.state.keys = Keys.of(request.app.state.settings)
    return request.app.state.keys


def refuse_without_second_factor(settings: Settings, actor: Actor) -> None:
    """The demo asks for none: its passwords are published anyway. A token had its owner's when it was made."""
    if settings.demo or not settings.second_factor_hours or actor.token:
        return
    oldest = now() - timedelta(hours=settings.second_factor_hours)
    if actor.verified_at is None or actor.verified_at < oldest:
        raise SecondFactorNeeded


async def current_person(actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
    """Somebody in a browser of their own: no token gives itself more tokens."""
    if actor.session_id is None:
        raise PersonsOnly
    return actor


def require(permission: Permission) -> Callable[[Request, Actor], Awaitable[Actor]]:
    """A dependency that lets pass whoever may do this somewhere; where exactly is decided in the SQL."""

    async def actor_with_permission(request: Request, actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
        if not actor.may(permission):
            raise Forbidden
        if permission in STEP_UP:
            refuse_without_second_factor(request.app.state.settings, actor)
        return actor

    return actor_with_permission


def require_one_of(*permissions: Permission) -> Callable[[Actor], Awaitable[Actor]]:
    """As `require`, for what several rights open. It shows and takes nothing out, so it asks for no second factor."""

    async def actor_with_one(actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
        if not any(actor.may(permission) for permission in permissions):
            raise Forbidden
        return actor

    return actor_with_one


AppSettings = Annotated[Settings, Depends(app_settings)]
Writing = Annotated[Session, Depends(get_session, scope="function")]
Reading = Annotated[Session, Depends(get_reading, scope="function")]
HouseKeys = Annotated[Keys, Depends(get_keys)]
SignedIn = Annotated[Actor, Depends(current_actor)]
Person = Annotated[Actor, Depends(current_person)]
QueueReader = Annotated[Actor, Depends(require(Permission.READ_QUEUE))]
Assessor = Annotated[Actor, Depends(require(Permission.ASSESS))]
QueueManager = Annotated[Actor, Depends(require(Permission.MANAGE_QUEUE))]
SourceReader = Annotated[Actor, Depends(require(Permission.READ_SOURCES))]
SourceManager = Annotated[Actor, Depends(require(Permission.MANAGE_SOURCES))]
DashboardReader = Annotated[Actor, Depends(require(Permission.READ_DASHBOARD))]
AuditReader = Annotated[Actor, Depends(require(Permission.READ_AUDIT))]
Exporter = Annotated[Actor, Depends(require(Permission.EXPORT))]
ExportReader = Annotated[Actor, Depends(require_one_of(Permission.EXPORT, Permission.READ_AUDIT))]
InterchangeReader = Annotated[Actor, Depends(require(Permission.READ_INTERCHANGE))]
AlertReader = Annotated[Actor, Depends(require_one_of(Permission.READ_QUEUE, Permission.READ_SOURCES))]
TipManager = Annotated[Actor, Depends(require(Permission.MANAGE_TIPS))]
CorrectionAnswerer = Annotated[Actor, Depends(require(Permission.ANSWER_CORRECTIONS))]
CaseReader = Annotated[Actor, Depends(require(Permission.READ_CASES))]
CaseManager = Annotated[Actor, Depends(require(Permission.MANAGE_CASES))]
CaseReferrer = Annotated[Actor, Depends(require(Permission.REFER_CASES))]
NameOpener = Annotated[Actor, Depends(require(Permission.OPEN_NAMES))]
UserManager = Annotated[Actor, Depends(require(Permission.MANAGE_USERS))]
AgencyKeeper = Annotated[Actor, Depends(require(Permission.MANAGE_AGENCIES))]
