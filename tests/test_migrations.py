from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from migrations.upgrade import current_revision, head_revision, upgrade_database
from models import Base


def test_migrations_make_the_tables_that_the_models_say(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    assert upgrade_database(engine) == current_revision(engine) == head_revision()
