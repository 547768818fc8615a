"""What a log record may say. Every record passes here before it is written, whoever made it.

Libraries put what they hold into their messages: pages, parameters of SQL, whole objects. So a record keeps the first
line of its message without addresses, handles and numbers of the network, and of an error its type and its place. What
exactly an address gave stands in the fetch events, which only those see who may.
"""

import logging
import re
import traceback
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import date
from enum import Enum
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from pythonjsonlogger.json import JsonFormatter
from sqlalchemy.exc import InterfaceError, OperationalError

LONGEST_MESSAGE = 300
MOST_FRAMES = 15
MOST_CAUSES = 3

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is being answered; a thread that works for it sees it too."""
process_facts: dict[str, object] = {}
"""What is true of every record of this process: the source and the run of a crawl."""

CONTEXT = ("source", "run_id", "request_id")
DETAILS = ("method", "route", "status", "ms", "state", "counts", "cause", "feed_id")
"""Fields that our own code adds with `extra`. Others are dropped: libraries add objects."""
FIELDS = ("at", "level", "logger", "message", *CONTEXT, *DETAILS, "error")

ROOT = f"{Path(__file__).parent.parent.parent}/"
ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s'\"<>]+", re.IGNORECASE)
QUERY = re.compile(r"(?<=\S)\?[^\s'\"<>]+")
HANDLE = re.compile(r"[\w.+-]*@[\w.-]+")
NUMBER_OF_NETWORK = re.compile(r"(?<![\w.:])[0-9a-fA-F]*[.:][0-9a-fA-F.:]{3,}")
PLAIN = (str, int, float, date, Path, Enum, type(None))
SAYS_NO_DATA = (OSError, OperationalError, InterfaceError)
"""Errors whose own words name files and servers, never what is stored."""


class Conceal(logging.Filter):
    """Turns a record into what may be written, in place, so that every handler after it writes the same."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = conceal(_message_of(record)), None
        if record.exc_info and record.exc_info[1] is not None:
            record.error = error_fields(record.exc_info[1], record.exc_info[2])
        record.exc_info = record.exc_text = record.stack_info = None
        for name, value in {**process_facts, "request_id": request_id.get()}.items():
            if value and not hasattr(record, name):
                setattr(record, name, value)
        return True


class JsonLines(JsonFormatter):
    """One JSON object a line, with the fields that docs/watching.md names."""

    def __init__(self) -> None:
        names = {"levelname": "level", "name": "logger"}
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            ("levelname", "name", "message"), rename_fields=names, timestamp="at", json_ensure_ascii=False
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: log_data[name] for name in FIELDS if log_data.get(name) is not None}


class PlainLines(logging.Formatter):
    """The same for people: one line, and the place of an error below it."""

    def format(self, record: logging.LogRecord) -> str:
        known = {name: getattr(record, name) for name in (*CONTEXT, *DETAILS) if getattr(record, name, None) is not None}
        facts = "".join(f" {name}={value}" for name, value in known.items())
        line = f"{self.formatTime(record, '%Y-%m-%d %H:%M:%S')} {record.levelname:<7} {record.name}: {record.getMessage()}{facts}"
        error: dict[str, Any] | None = getattr(record, "error", None)
        if error is None:
            return line
        causes = "".join(f", caused by {cause}" for cause in error["caused_by"])
        return "\n".join([line, f"  {error['type']}: {error['message']}{causes}", *(f"    {place}" for place in error["at"])])


def conceal(text: str) -> str:
    """The first line of a text without addresses beyond the host, queries, handles, and people's network numbers.

    >>> conceal("cannot read https://contoh.test/@sari/1?kunci=x of sari@contoh.test")
    'cannot read https://contoh.test/… of @…'
    """
    line = next(iter(text.splitlines()), "")[: 10 * LONGEST_MESSAGE]
    line = ADDRESS.sub(lambda found: _host_of(found[0]), line)
    line = NUMBER_OF_NETWORK.sub(lambda found: "[ip]" if _is_of_the_internet(found[0]) else found[0], line)
    line = HANDLE.sub("@…", QUERY.sub("?…", line))
    return "".join(sign if sign.isprintable() else "?" for sign in line)[:LONGEST_MESSAGE]


def say_error(error: BaseException) -> str:
    """Its type, with its words only where they can hold nothing that somebody wrote."""
    words = _words_of(error)
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def error_fields(error: BaseException, place: TracebackType | None) -> dict[str, Any]:
    """An error for a log: type, harmless words, at most so many places, and the types of what caused it."""
    frames = traceback.extract_tb(place)
    places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-MOST_FRAMES:]]
    kind = type(error)
    return {
        "type": f"{kind.__module__}.{kind.__qualname__}",
        "message": _words_of(error),
        "at": places,
        "caused_by": _causes_of(error),
    }


def _message_of(record: logging.LogRecord) -> str:
    args = record.args
    if not args:
        return str(record.msg)
    try:
        if isinstance(args, Mapping):
            return str(record.msg) % {name: _plain(value) for name, value in args.items()}
        return str(record.msg) % tuple(map(_plain, args))
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _plain(value: object) -> object:
    """An argument of a message: an object is named, not printed, for it may hold a page."""
    if isinstance(value, BaseException):
        return say_error(value)
    return value if isinstance(value, PLAIN) else type(value).__name__


def _words_of(error: BaseException) -> str:
    if not isinstance(error, SAYS_NO_DATA):
        return ""
    said = error.strerror if isinstance(error, OSError) else str(error.orig)
    return conceal(said or "")


def _causes_of(error: BaseException) -> list[str]:
    causes = list[str]()
    while (cause := error.__cause__ or error.__context__) is not None and len(causes) < MOST_CAUSES:
        causes.append(say_error(cause))
        error = cause
    return causes


def _short(path: str) -> str:
    return path.rpartition("site-packages/")[2].removeprefix(ROOT)


def _host_of(address: str) -> str:
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.hostname or ''}/…"
    except ValueError:
        return "…"


def _is_of_the_internet(text: str) -> bool:
    """With a port behind it, too."""
    for part in (text.strip("."), text.rpartition(":")[0]):
        with suppress(ValueError):
            return ip_address(part).is_global
    return False
