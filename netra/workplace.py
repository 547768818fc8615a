"""The settings, the database and the port of this run, checked before any work begins."""

import errno
import socket
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from migrations.revisions import current_revision, head_revision
from models.database import make_engine, show_address
from models.settings import Settings
from netra.console import fail


def open_database(settings: Settings) -> Engine:
    """The engine of a database with today's tables; ends the program with a mend where it is not so."""
    engine = make_engine(settings.database_address)
    address = show_address(engine.url)
    if engine.dialect.name == "sqlite" and not _file_of(engine).exists():
        fail(f"there is no database at {_file_of(engine)}.", "Make it: netra db upgrade")
    try:
        revision = current_revision(engine)
    except OperationalError as error:
        fail(f"{address} does not answer: {str(error.orig).strip().splitlines()[0]}.", "Check NETRA_DATABASE_URL and the server.")
    if revision != head_revision():
        fail(f"the tables of {address} are at revision {revision or 'none'}, not {head_revision()}.", "Run: netra db upgrade")
    return engine


def require_port(settings: Settings, mend: str) -> None:
    """Ends the program, with a mend, where nobody can listen on the address of the settings."""
    host, port = settings.host, settings.port
    try:
        family, kind, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be listened on: {error.strerror or error}"
        fail(f"port {port} of {host} {why}.", mend)


def _file_of(engine: Engine) -> Path:
    return Path(engine.url.database or "")
