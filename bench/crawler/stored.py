"""Databases of near-duplicates: new ones on both engines, and made-up items, sketches and keys that fill them."""

import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, bindparam, select, text

from bench.crawler.copies import Made
from bench.postgres import postgresql_in
from crawler.duplicates.candidates import HOLDERS
from crawler.duplicates.sketches import KEY_SHARE, SPACE, draw_sketch
from migrations.upgrade import upgrade_database
from models import Rights, Source, SourceKind, now
from models.base import UTCDateTime
from models.database import make_engine, make_session

FIRST_MADE_UP = 1_000_001
KEYS_EACH, VALUES_EACH, COMMON = 17, 190, 0.3
CHUNK = 100_000
TABLES = ("item_sketches", "sketch_keys")
ADD_ITEMS = text(
    "WITH RECURSIVE n(id) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT id + 1 FROM n WHERE id < :last) "
    "INSERT INTO items (id, source_id, kind, item_key, region_evidence, first_seen_at, last_seen_at) "
    "SELECT id, :source_id, 'news', CAST(id AS varchar(64)), '', :at, :at FROM n"
).bindparams(bindparam("at", type_=UTCDateTime))
Numbers = NDArray[np.int64]


@contextmanager
def sqlite() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _prepared(f"sqlite:///{folder}/bench.sqlite3")


@contextmanager
def postgresql() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, postgresql_in(Path(folder) / "data") as address:
        yield from _prepared(address)


def _prepared(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    upgrade_database(engine)
    yield engine
    engine.dispose()


def fill(engine: Engine, made: Sequence[Made], count: int) -> int:
    """Made-up items, sketches and keys; returns the bytes that the tables of near-duplicates take."""
    add_items(engine, FIRST_MADE_UP, count)
    chance, numbers = random.Random(5), np.random.default_rng(5)
    for start in range(0, count, CHUNK):
        ids = range(FIRST_MADE_UP + start, FIRST_MADE_UP + min(start + CHUNK, count))
        _load(engine, "item_sketches", [(known, chance.randbytes(VALUES_EACH * 4), known, 250) for known in ids])
    items, values = _make_keys(made, count, numbers)
    for start in range(0, len(values), CHUNK * 10):
        part = slice(start, start + CHUNK * 10)
        _load(engine, "sketch_keys", list(zip(values[part].tolist(), items[part].tolist(), strict=True)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE")
    return _size(engine)


def _make_keys(made: Sequence[Made], count: int, numbers: np.random.Generator) -> tuple[Numbers, Numbers]:
    """In the order of their values, with no more than the holders that a key takes."""
    sketches = [draw_sketch(article.text) for article in made if article.kind == "original"]
    seen = Counter(key for sketch in sketches if sketch for key in sketch.keys)
    common = np.array([key for key, times in seen.items() for _ in range(times) if times > 1], np.int64)
    values = numbers.integers(0, SPACE // KEY_SHARE, count * KEYS_EACH)
    is_common = numbers.random(len(values)) < COMMON
    if len(common):
        values[is_common] = numbers.choice(common, int(is_common.sum()))
    items = np.repeat(np.arange(FIRST_MADE_UP, FIRST_MADE_UP + count), KEYS_EACH)
    order = np.lexsort((items, values))
    values, items = values[order], items[order]
    rank = np.arange(len(values)) - np.searchsorted(values, values)
    is_kept = (rank < HOLDERS) & np.append(True, (values[1:] != values[:-1]) | (items[1:] != items[:-1]))
    return items[is_kept], values[is_kept]


def add_items(engine: Engine, first: int, count: int) -> None:
    with make_session(engine).begin() as session:
        source = session.scalar(select(Source)) or Source(slug="b", name="b", kind=SourceKind.NEWS, rights=Rights.FULL_TEXT)
        session.add(source)
        session.flush()
        session.execute(ADD_ITEMS, {"first": first, "last": first + count - 1, "source_id": source.id, "at": now()})


def _load(engine: Engine, table: str, rows: Sequence[tuple[int | bytes, ...]]) -> None:
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        if engine.dialect.name == "sqlite":
            driver.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            return
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _size(engine: Engine) -> int:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            names = ", ".join(f"'{name}'" for name in TABLES)
            return connection.scalar(text(f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({names})")) or 0
        return sum(connection.scalar(text(f"SELECT pg_total_relation_size('{name}')")) or 0 for name in TABLES)
