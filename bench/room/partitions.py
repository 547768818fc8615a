"""fetch_events as it is and cut by months, on a PostgreSQL of its own: old rows, new rows, a day's health (ADR 0015).

    python -m bench.room.partitions [--rows 500000] [--keep FOLDER]

Six months of made-up events of 200 sources; every tenth has a copy that is still kept, so retention must leave it.
Seconds are wall times within one run; each table is measured in turn.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from bench.room.filling import made_up_database
from models.database import make_engine

HEAD = "| what | as it is | by months |\n|---|---|---|"
ROWS, MONTHS, BATCH = 500_000, 6, 5_000
PLAIN, PARTED = "events_plain", "events_parted"
COLUMNS = (
    "id bigint, run_id bigint, source_id bigint, url text, outcome text, reason text, cause text,"
    " snapshot_id bigint, at timestamptz"
)
FILL = (
    "INSERT INTO {table} SELECT n, n / 500, mod(n, 200), 'https://contoh.test/berita/2024/10/' || md5(n::text), 'tersimpan',"
    " '', '', CASE WHEN mod(n, 10) = 0 THEN n END, timestamptz '2024-06-01' + n * interval '182 days' / {rows}"
    " FROM generate_series({first}, {last}) AS n"
)
INDEXES = ("(run_id)", "(source_id, at, outcome, cause)")
OLD = "at < '2024-07-01' AND snapshot_id IS NULL"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.room.partitions", description="Cut fetch_events by months, and compare."
    )
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    wanted = parser.parse_args()
    for line in compare_partitions(wanted.rows, wanted.keep):
        print(line, flush=True)


def compare_partitions(rows: int, folder: Path | None = None) -> Iterator[str]:
    """The table, line by line."""
    yield HEAD
    with made_up_database(postgresql=True, folder=folder) as settings:
        engine = make_engine(settings.database_address)
        for name, measure in list_measures(engine, rows).items():
            yield f"| {name} | {measure(PLAIN)} | {measure(PARTED)} |"
        engine.dispose()


def list_measures(engine: Engine, rows: int) -> dict[str, Callable[[str], str]]:
    """In this order: each leaves what the next one needs."""
    newest = FILL.format(table="{table}", rows=rows, first=rows + 1, last=rows + rows // 10)
    return {
        f"{rows:,} rows in, s": lambda table: _timed(engine, *_make(table, rows)),
        "indexes, MB": lambda table: _ask(engine, _total("pg_indexes_size", table)),
        "one more tenth in, s": lambda table: _timed(engine, newest.format(table=table)),
        "a source's last day, ms": lambda table: _last_day(engine, table),
        "a month's rows out whose copies are gone, s": lambda table: _delete_old(engine, table),
        "a whole month dropped, s": lambda table: _drop_month(engine, table),
    }


def _make(table: str, rows: int) -> list[str]:
    key = "PRIMARY KEY (id, at)" if table == PARTED else "PRIMARY KEY (id)"
    made = [f"CREATE TABLE {table} ({COLUMNS}, {key})" + (" PARTITION BY RANGE (at)" if table == PARTED else "")]
    if table == PARTED:
        ends = [f"2024-{month:02d}-01" for month in range(6, 6 + MONTHS + 1)] + ["2026-01-01"]
        pairs = pairwise(ends)
        made += [
            f"CREATE TABLE {table}_{n} PARTITION OF {table} FOR VALUES FROM ('{a}') TO ('{b}')" for n, (a, b) in enumerate(pairs)
        ]
    made += [f"CREATE INDEX ON {table} {columns}" for columns in INDEXES]
    return [*made, FILL.format(table=table, rows=rows, first=1, last=rows)]


def _total(function: str, table: str) -> str:
    leaves = f"SELECT relid FROM pg_partition_tree('{table}') WHERE isleaf"
    return f"SELECT round(coalesce(sum({function}(relid)), {function}('{table}')) / 1e6) FROM ({leaves}) AS leaf"


def _last_day(engine: Engine, table: str) -> str:
    query = f"SELECT outcome, cause, count(*) FROM {table} WHERE source_id = 7 AND at >= '2024-11-28' GROUP BY 1, 2"
    _timed(engine, f"ANALYZE {table}", query)
    return f"{min(float(_timed(engine, query)) for _ in range(5)) * 1000:.1f}"


def _delete_old(engine: Engine, table: str) -> str:
    """As retention does it: so many ids at a time, in a transaction each."""
    began = time.perf_counter()
    while True:
        with engine.begin() as connection:
            some = f"SELECT id, at FROM {table} WHERE {OLD} LIMIT {BATCH}"
            gone = connection.exec_driver_sql(f"DELETE FROM {table} WHERE (id, at) IN ({some})").rowcount
        if not gone:
            return f"{time.perf_counter() - began:.1f}"


def _drop_month(engine: Engine, table: str) -> str:
    return "cannot" if table == PLAIN else _timed(engine, f"DROP TABLE {table}_1")


def _timed(engine: Engine, *statements: str) -> str:
    began = time.perf_counter()
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    return f"{time.perf_counter() - began:.3f}"


def _ask(engine: Engine, query: str) -> Any:
    with engine.connect() as connection:
        return connection.scalar(text(query))


if __name__ == "__main__":
    main()
