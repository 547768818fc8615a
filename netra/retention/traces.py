"""What a database keeps of rows that are gone: freed pages, its log, the index of words. How far each engine lets go of it."""

from typing import Any

from sqlalchemy import Connection, Engine, event

from models.queue.words import NAME as SEARCH_TABLE

POSTGRESQL_TABLES = (
    *("items", "item_versions", "snapshots", "predictions", "tips", "post_records", "fetch_events", "frontier_urls"),
    *("quarantined_pages", "cases", "received_cases", "received_entries", "overlaps", "item_sketches", "sketch_keys"),
    *("sign_in_failures", "user_sessions", "answered_requests", "training_texts", "corrections", "flag_skips", SEARCH_TABLE),
    *("correction_deeds", "golden_readings", "case_leads", "case_merges", "case_splits"),
)


def overwrite_what_is_freed(engine: Engine) -> None:
    """On SQLite, have zeros written over what is deleted from here on."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _use_secure_delete)
        engine.dispose()


def wipe(engine: Engine, *, rebuilds: bool) -> None:
    """SQLite: merge the index of words, rebuild the file where asked, and empty its log. PostgreSQL: free the dead rows.

    PostgreSQL overwrites dead rows only as it uses their place again, and keeps them in its log (WAL) and in backups.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            for table in POSTGRESQL_TABLES:
                connection.exec_driver_sql(f'VACUUM "{table}"')
        else:
            _wipe_sqlite(connection, rebuilds=rebuilds)


def _wipe_sqlite(connection: Connection, *, rebuilds: bool) -> None:
    driver: Any = connection.connection.driver_connection
    if driver.in_transaction:
        driver.execute("COMMIT")
    driver.execute(f"INSERT INTO {SEARCH_TABLE} ({SEARCH_TABLE}) VALUES ('optimize')")  # noqa: S608 - our own name
    if rebuilds:
        driver.execute("PRAGMA temp_store = FILE")  # A rebuild within memory would take as much as the file has.
        driver.execute("VACUUM")
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _use_secure_delete(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA secure_delete = ON")
