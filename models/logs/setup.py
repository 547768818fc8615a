"""Logging, set up once a process: readable by default, JSON lines with `NETRA_LOG_FORMAT=json`."""

import fcntl
import logging
import sys
from io import IOBase
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from models.logs.records import Conceal, JsonLines, PlainLines, process_facts
from models.settings import Settings

logger = logging.getLogger(__name__)

ROOMS = ("crawler", "classifier", "service", "models", "migrations", "netra")
LOUD = ("scrapy", "twisted", "uvicorn", "uvicorn.error", "alembic")
"""Libraries that set the level of their own loggers."""
FILE_BYTES = 5 * 1024 * 1024
OLD_FILES = 3
MOST_PROCESSES = 100
"""Of one kind, that have files of their own; further ones write to standard error alone."""


class StandardError(logging.StreamHandler[Any]):
    """Standard error as it is at the moment: a live display puts itself before it."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class BoundedFile(RotatingFileHandler):
    """A file that never grows beyond its size. A full disk costs lines of the log, never the work that is logged.

    Whoever renames it at its size must be the only one who writes it: `held` is an open file whose lock says so.
    """

    def __init__(
        self, path: Path, *, max_bytes: int = FILE_BYTES, old_files: int = OLD_FILES, held: IOBase | None = None
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._held = held
        super().__init__(path, maxBytes=max_bytes, backupCount=old_files, encoding="utf-8", delay=True)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing: standard error has its own copy of what matters."""

    def close(self) -> None:
        """A copy in a process that was forked leaves the lock to whoever took it: it ends with the last who has it open."""
        super().close()
        if self._held is not None:
            self._held.close()


def start_logging(settings: Settings, *, file: BoundedFile | None = None) -> None:
    """Send the records of this process to standard error, and to a file where one is given. Called again, it replaces.

    Standard error gets everything where a person reads it or a format is set; elsewhere only warnings, so that
    whoever starts us and never empties our pipe does not stop us. Libraries are heard from warnings on: below, they
    print what they work on.
    """
    level = logging.getLevelNamesMapping()[settings.log_level]
    root, stream = logging.getLogger(), StandardError()
    is_read = bool(settings.log_format) or sys.stderr.isatty()
    stream.setLevel(level if is_read else max(level, logging.WARNING))
    for old in [handler for handler in root.handlers if isinstance(handler, (StandardError, BoundedFile))]:
        root.removeHandler(old)
        old.close()
    for handler in (stream, file):
        if handler is not None:
            handler.addFilter(Conceal())
            handler.setFormatter(JsonLines() if settings.log_format == "json" else PlainLines())
            root.addHandler(handler)
    _set_levels(level)


def log_file(settings: Settings, name: str, *, max_bytes: int = FILE_BYTES, old_files: int = OLD_FILES) -> BoundedFile | None:
    """`NETRA_HOME/log/NAME.log`, for one process at a time; None where that folder cannot be written."""
    try:
        return BoundedFile(settings.home / "log" / f"{name}.log", max_bytes=max_bytes, old_files=old_files)
    except OSError:
        return None


def own_log_file(settings: Settings, kind: str) -> BoundedFile | None:
    """`NETRA_HOME/log/KIND.log`; KIND-2.log and so on beside other processes of that kind.

    None, with a warning, where none can be written.
    """
    folder = settings.home / "log"
    names = (kind, *(f"{kind}-{number}" for number in range(2, MOST_PROCESSES + 1)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = ((name, _hold(folder / f".{name}.lock")) for name in names)
        if file := next((BoundedFile(folder / f"{name}.log", held=held) for name, held in found if held is not None), None):
            return file
        trouble = "all of them are held by others"
    except OSError as error:
        trouble = str(error)
    logger.warning("no log file of %s can be written in %s: %s", kind, folder, trouble)
    return None


def _hold(path: Path) -> IOBase | None:
    """The file, locked until it is closed or this process ends; None where another process, or another user, has it."""
    try:
        file = path.open("ab")
    except PermissionError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def add_fact(name: str, value: object) -> None:
    """Write it with every record of this process from now on."""
    process_facts[name] = value


def _set_levels(level: int) -> None:
    logging.getLogger().setLevel(max(level, logging.WARNING))
    for name in ROOMS:
        logging.getLogger(name).setLevel(level)
    for name in LOUD:
        loud = logging.getLogger(name)
        loud.setLevel(max(loud.level, level, logging.WARNING))
