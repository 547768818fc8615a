"""Idempotency-Key: a repeated write gets the stored answer, and nothing happens twice, whatever was killed in between.

The answer is stored in the transaction of the deed. Refusals are not stored: they changed nothing, and are worked out anew.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from models import now
from models.answered import KEPT_FOR, AnsweredRequest, forget_answers
from service.accounts.actor import Actor
from service.dependencies import current_actor
from service.errors import BadKey, KeyReused, KeyRunning, NotSignedIn

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEPT = 256 * 1024
KEPT_HEADERS = ("content-type", "etag", "location")

_KEY = re.compile(r"[!-~]{1,200}")

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Asked:
    user_id: int
    key: str
    sha256: str


async def answer_once(request: Request, handle: Handler) -> Response:
    """Answer from the store, or do it and store the answer."""
    asked = await _read(request)
    if asked is None:
        return await handle(request)
    running: set[tuple[int, str]] = request.app.state.running_keys
    mark = (asked.user_id, asked.key)
    if mark in running:
        raise KeyRunning
    running.add(mark)
    try:
        stored = await run_in_threadpool(_find, request, asked)
        if stored is not None:
            return stored
        response = await handle(request)
        session: Session | None = getattr(request.state, "writing", None)
        if session is not None and _may_keep(response):
            await run_in_threadpool(_keep, session, asked, response)
        return response
    finally:
        running.discard(mark)


async def _read(request: Request) -> Asked | None:
    """What was asked under which key; None without a key, and for strangers, who are refused further on."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise BadKey
    try:
        actor = await run_in_threadpool(current_actor, request)
    except NotSignedIn:
        return None
    parts = (
        _rights_of(actor).encode(),
        request.method.encode(),
        request.url.path.encode(),
        request.url.query.encode(),
        await request.body(),
    )
    return Asked(actor.id, key, hashlib.sha256(b"\n".join(parts)).hexdigest())


def _rights_of(actor: Actor) -> str:
    """Which token, and what it may do now: whoever may do less is not shown what somebody who could do more was told."""
    return "\n".join([actor.token, *sorted(f"{permission} {place or ''}" for permission, place in actor.grants)])


def _find(request: Request, asked: Asked) -> Response | None:
    with request.app.state.reading() as session:
        query = select(AnsweredRequest).where(AnsweredRequest.user_id == asked.user_id, AnsweredRequest.key == asked.key)
        stored = session.scalar(query.where(AnsweredRequest.created_at > now() - KEPT_FOR))
    if stored is None:
        return None
    if stored.request_sha256 != asked.sha256:
        raise KeyReused
    return Response(stored.body, stored.status, stored.headers | {REPLAYED: "true"})


def _may_keep(response: Response) -> bool:
    """Errors changed nothing; streams are not held in memory; what says `no-store` holds a secret."""
    is_small = len(getattr(response, "body", b"x" * (LONGEST_KEPT + 1))) <= LONGEST_KEPT
    return response.status_code < 400 and is_small and "no-store" not in response.headers.get("cache-control", "")


def _keep(session: Session, asked: Asked, response: Response) -> None:
    """A key that another process used meanwhile undoes the deed too: the exception ends its transaction."""
    forget_answers(session, now())
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    body = bytes(response.body).decode()
    values = {"status": response.status_code, "headers": headers, "body": body}
    session.add(AnsweredRequest(user_id=asked.user_id, key=asked.key, request_sha256=asked.sha256, **values))
    try:
        session.flush()
    except IntegrityError as error:
        raise KeyRunning from error
