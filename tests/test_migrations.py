from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from migrations.revisions import current_revision, head_revision
from migrations.upgrade import upgrade_database
from models import Base
from models.database import make_engine
from models.queue.words import is_search_table


def test_migrations_make_the_tables_that_the_models_say(engine: Engine) -> None:
    options = {"include_name": lambda name, kind, _: kind != "table" or not is_search_table(name)}
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    assert upgrade_database(engine) == current_revision(engine) == head_revision()


def test_the_revision_that_is_expected_is_the_last_one_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", "migrations")
    assert head_revision() == ScriptDirectory.from_config(config).get_current_head()
    assert current_revision(make_engine("sqlite://")) is None


def move_to(engine: Engine, revision: str) -> set[str]:
    """Forth or back; returns the indexes of versions then."""
    config = Config()
    config.set_main_option("script_location", "migrations")
    forth = (current_revision(engine) or "") < revision
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.upgrade if forth else command.downgrade)(config, revision)
    return {str(index["name"]) for index in inspect(engine).get_indexes("item_versions")}


def test_the_index_of_what_waits_to_be_scored_goes_both_ways(engine: Engine) -> None:
    own = {"ix_item_versions_unscored", "ix_item_versions_to_score"}
    assert own & move_to(engine, "0026") == {"ix_item_versions_to_score"}
    assert own & move_to(engine, "0025") == {"ix_item_versions_unscored"}
    assert upgrade_database(engine) == head_revision()
    assert own & move_to(engine, head_revision()) == {"ix_item_versions_to_score"}
