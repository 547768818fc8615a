from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from migrations.upgrade import current_revision, head_revision, upgrade_database
from models import Base
from models.queue.words import is_search_table


def test_migrations_make_the_tables_that_the_models_say(engine: Engine) -> None:
    options = {"include_name": lambda name, kind, _: kind != "table" or not is_search_table(name)}
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    assert upgrade_database(engine) == current_revision(engine) == head_revision()
