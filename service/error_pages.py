"""Every error becomes one page, or one problem document, here and nowhere else."""

import errno
import logging
import sqlite3
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException

from models.logs.records import request_id
from service.api.problems import MEDIA_TYPE, TYPES, FieldProblem, Problem, title_of
from service.errors import (
    BadRequest,
    DatabaseAway,
    InvalidInput,
    MethodNotAllowed,
    NetraError,
    NotFound,
    NotSignedIn,
    PasswordChangeNeeded,
    SecondFactorNeeded,
    StorageFull,
    TooLarge,
)
from service.pages import language_of, render, see_other

log = logging.getLogger(__name__)

MOST_ERRORS = 20
NO_DATABASE = (OperationalError, InterfaceError, NoConnectionFree)
IS_FULL = ("disk is full", "No space left on device")
"""SQLite's words and PostgreSQL's."""


def add_error_handlers(app: FastAPI) -> None:
    for kind in (NetraError, RequestValidationError, HTTPException, *NO_DATABASE, Exception):
        app.add_exception_handler(kind, answer_error)


def answer_error(request: Request, error: Exception) -> Response:
    known = _as_ours(error)
    status = error.status_code if isinstance(error, HTTPException) else known.status
    headers = dict((error.headers if isinstance(error, HTTPException) else None) or {})
    if known.retry_after is not None:
        headers["Retry-After"] = str(known.retry_after)
    if status >= 500:
        log.error("answered with an error", exc_info=error)
    if request.url.path.startswith("/api/"):
        return _problem(request, known, status, headers, _fields_of(error))
    if isinstance(known, DatabaseAway | StorageFull):
        request.state.actor = None  # A plain page: what a signed-in person's header shows would ask the database.
    if isinstance(known, NotSignedIn) and request.method == "GET":
        return see_other(f"/masuk?lanjut={quote(request.url.path)}")
    if isinstance(known, NotSignedIn):
        return see_other("/masuk")
    if isinstance(known, PasswordChangeNeeded):
        return see_other("/saya/sandi")
    if isinstance(known, SecondFactorNeeded):
        return see_other(f"/saya/kode?lanjut={quote(request.url.path)}" if request.method == "GET" else "/saya/kode")
    response = render(request, "error.html", status=status, error=known, message=known.say(language_of(request)))
    response.headers.update(headers)
    return response


def _as_ours(error: Exception) -> NetraError:
    if isinstance(error, NetraError):
        return error
    if isinstance(error, RequestValidationError):
        is_unreadable = any(problem["type"] == "json_invalid" for problem in error.errors())
        return BadRequest() if is_unreadable else InvalidInput("nilai")
    if isinstance(error, HTTPException):
        kinds: dict[int, type[NetraError]] = {404: NotFound, 405: MethodNotAllowed, 413: TooLarge}
        return kinds.get(error.status_code, BadRequest)()
    if isinstance(error, NO_DATABASE) and not _is_wrong_sql(error):
        return StorageFull() if any(words in str(error) for words in IS_FULL) else DatabaseAway()
    return StorageFull() if isinstance(error, OSError) and error.errno == errno.ENOSPC else NetraError()


def _is_wrong_sql(error: Exception) -> bool:
    """SQLite says so by the class that a database that is away has too: a table is missing, as after an upgrade of code alone."""
    return getattr(getattr(error, "orig", None), "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def _fields_of(error: Exception) -> list[FieldProblem] | None:
    """What is wrong with which field, without the value that was sent: it may be anything."""
    if not isinstance(error, RequestValidationError):
        return None
    problems: Sequence[Any] = error.errors()[:MOST_ERRORS]
    return [FieldProblem(pointer="/".join(str(part)[:80] for part in one["loc"]), detail=one["msg"][:200]) for one in problems]


def _problem(
    request: Request, error: NetraError, status: int, headers: dict[str, str], fields: list[FieldProblem] | None
) -> JSONResponse:
    code = error.reason if isinstance(error, InvalidInput) else error.code
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    problem = Problem(
        type=f"{TYPES}#{code}",
        title=title_of(status),
        status=status,
        detail=error.say(language_of(request)),
        instance=request.url.path,
        code=code,
        request_id=request_id.get() or "",
        errors=fields if status == 422 else None,
    )
    return JSONResponse(problem.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)
