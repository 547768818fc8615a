"""Every error becomes one page, or one JSON body, here and nowhere else."""

import logging
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from service.errors import BadRequest, InvalidInput, NetraError, NotFound, NotSignedIn, TooLarge
from service.pages import language_of, render, see_other

log = logging.getLogger(__name__)


def add_error_handlers(app: FastAPI) -> None:
    for kind in (NetraError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer_error)


def answer_error(request: Request, error: Exception) -> Response:
    known = _as_ours(error)
    status = error.status_code if isinstance(error, HTTPException) else known.status
    headers = error.headers if isinstance(error, HTTPException) else None
    if status >= 500:
        log.error("answered %s %s with an error", request.method, request.url.path, exc_info=error)
    if request.url.path.startswith("/api/"):
        return _json(request, known, status, dict(headers or {}))
    if isinstance(known, NotSignedIn) and request.method == "GET":
        return see_other(f"/masuk?lanjut={quote(request.url.path)}")
    if isinstance(known, NotSignedIn):
        return see_other("/masuk")
    response = render(request, "error.html", status=status, error=known, message=known.say(language_of(request)))
    response.headers.update(headers or {})
    return response


def _as_ours(error: Exception) -> NetraError:
    if isinstance(error, NetraError):
        return error
    if isinstance(error, RequestValidationError):
        is_unreadable = any(problem["type"] == "json_invalid" for problem in error.errors())
        return BadRequest() if is_unreadable else InvalidInput("nilai")
    if isinstance(error, HTTPException):
        kinds: dict[int, type[NetraError]] = {404: NotFound, 405: NotFound, 413: TooLarge}
        return kinds.get(error.status_code, BadRequest)()
    return NetraError()


def _json(request: Request, error: NetraError, status: int, headers: dict[str, str]) -> JSONResponse:
    code = error.reason if isinstance(error, InvalidInput) else error.code
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = {"error": {"code": code, "message": error.say(language_of(request))}}
    return JSONResponse(body, status_code=status, headers=headers)
