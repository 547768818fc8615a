"""A PostgreSQL database filled beside the tables that it has: in a schema of its own, which takes their place last."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError

from models.database import make_engine

FILLING = "netra_restore_filling"


@contextmanager
def filled_beside(url: str, aside: str) -> Iterator[Engine]:
    """An engine on an empty schema. When the block ends well, that one and the old one change names in one transaction.

    The old tables stay in the schema `aside`. Whatever fails or is killed before leaves them where they are.
    """
    usual = make_engine(url)
    try:
        _drop(usual)  # What a killed run left of it.
        with usual.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {FILLING}")
        try:
            with _within(url) as beside:
                yield beside
            _change_places(usual, aside)
        except BaseException:  # Also Ctrl-C: half a copy takes the room of a whole one.
            with suppress(DBAPIError):  # Where the server is gone, the next run clears it away.
                _drop(usual)
            raise
    finally:
        usual.dispose()


@contextmanager
def _within(url: str) -> Iterator[Engine]:
    """An engine that sees the new schema alone, from its first question on."""
    engine = make_engine(url)
    event.listen(engine, "connect", _look_there, insert=True)
    try:
        yield engine
    finally:
        engine.dispose()


def _look_there(driver: Any, _record: Any) -> None:
    driver.execute(f"SET search_path TO {FILLING}")
    driver.commit()


def _change_places(engine: Engine, aside: str) -> None:
    with engine.begin() as connection:
        schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
        connection.exec_driver_sql(f"ALTER SCHEMA {schema} RENAME TO {aside}")
        connection.exec_driver_sql(f"ALTER SCHEMA {FILLING} RENAME TO {schema}")


def _drop(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {FILLING} CASCADE")
