"""Bring a database to today's tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, make_url

from migrations.indexes import build_indexes
from migrations.locking import one_at_a_time, without_waiting
from migrations.revisions import head_revision
from models.audit import begin_numbering
from models.database import make_session
from models.figures.tallying import catch_up, name_missing_sides
from models.queue.refreshing import place_missing
from models.reference import load_reference


def upgrade_database(engine: Engine) -> str:
    """Run the migrations that are due, load the reference data and place flags that never were. Returns the revision reached.

    Safe to repeat, to break off at any moment, and to run twice at once.
    """
    _make_folder(engine)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with one_at_a_time(engine):
        build_indexes(engine)
        with without_waiting(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        with make_session(engine).begin() as session:
            load_reference(session)
            begin_numbering(session)
        place_missing(make_session(engine))
        name_missing_sides(make_session(engine))
        catch_up(make_session(engine))
    return head_revision()


def _make_folder(engine: Engine) -> None:
    address = make_url(str(engine.url))
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
