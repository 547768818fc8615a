"""SQL is compiled once a test process.

SQLAlchemy keeps what it compiled by engine, and nearly every test has engines of its own: to compile again what thousands of
tests before it compiled was a third of what a test of the review room cost.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event

MOST = 2_000
"""Statements that are kept; then it begins anew."""


class CompiledStatements(dict[tuple[Any, ...], Any]):
    """Found by the kind and version of the database, where SQLAlchemy's own keys name the dialect object of one engine."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(_for_all_engines(key), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        if len(self) >= MOST:
            self.clear()
        super().__setitem__(_for_all_engines(key), compiled)


def _for_all_engines(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return dialect.name, dialect.driver, dialect.server_version_info, *rest


def share_compiled_statements() -> None:
    """From now on, among all engines of this process."""
    statements = CompiledStatements()

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=statements)
