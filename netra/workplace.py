"""The settings and the database of this run, checked before any work begins."""

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from migrations.revisions import current_revision, head_revision
from models.database import make_engine
from models.settings import Settings
from netra.console import fail


def open_database(settings: Settings) -> Engine:
    """The engine of a database with today's tables; ends the program with a mend where it is not so."""
    engine = make_engine(settings.database_address)
    address = engine.url.render_as_string(hide_password=True)
    if engine.dialect.name == "sqlite" and not _file_of(engine).exists():
        fail(f"there is no database at {_file_of(engine)}.", "Make it: netra db upgrade")
    try:
        revision = current_revision(engine)
    except OperationalError as error:
        fail(f"{address} does not answer: {str(error.orig).strip().splitlines()[0]}.", "Check NETRA_DATABASE_URL and the server.")
    if revision != head_revision():
        fail(f"the tables of {address} are at revision {revision or 'none'}, not {head_revision()}.", "Run: netra db upgrade")
    return engine


def _file_of(engine: Engine) -> Path:
    return Path(engine.url.database or "")
