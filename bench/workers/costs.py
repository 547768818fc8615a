"""What a text costs to score again, by where it lies."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, func, select, text

from bench.crawler.stored import postgresql
from bench.postgres import server_seconds
from bench.reading import Row, read_rows
from bench.workers.parquet import scratch, write_parquet
from bench.workers.processor import time_own
from bench.workers.texts import fill_texts
from classifier.artifacts.registry import register_artifact
from classifier.reading.document import Document
from migrations.upgrade import upgrade_database
from models import ItemKind
from models.database import make_engine, make_reading_session, make_session
from netra.rescoring.columns import Columns, read_row
from netra.rescoring.database import DatabaseWork, begin
from netra.rescoring.parquet import ParquetWork
from netra.rescoring.ranges import Choice, cut_ranges
from netra.rescoring.scorers import ArtifactPlace, count_cpu_seconds, score

KINDS = {"news": ("bulk_news.jsonl.gz", ItemKind.NEWS), "posts": ("bulk_social.jsonl.gz", ItemKind.POST)}
TEXTS = ("items", "item_versions")
WARM = 1000
"""Texts read before a measurement: an archive is long, and its first words do not count."""
ARCHIVE = 100_000_000
HEAD = (
    "| Texts | where | CPU a text, ms | of it the server | bytes read | bytes written | 10^8 texts, core-hours |\n"
    "|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Cost:
    """Of one text, in milliseconds of processor time and in bytes."""

    ours: float
    server: float = 0.0
    read: float = 0.0
    written: float = 0.0

    def with_new_words(self, more: float) -> "Cost":
        return replace(self, ours=self.ours + more)

    def row(self, kind: str, where: str) -> str:
        """Of a table, with what it makes for a whole archive."""
        whole = self.ours + self.server
        hours = whole * ARCHIVE / 3_600_000
        return f"| {kind} | {where} | {whole:.3f} | {self.server:.3f} | {self.read:,.0f} | {self.written:,.0f} | {hours:,.1f} |"


def report_costs(place: ArtifactPlace, folder: Path, *, news: int, posts: int, warm: int = WARM) -> Iterator[str]:
    """The table, line by line."""
    yield HEAD
    for kind, count in (("news", news), ("posts", posts)):
        rows = list(islice(read_rows(folder / KINDS[kind][0]), warm + count))
        score(place, _documents(rows[:warm]))
        for where, cost in _measure_kind(place, kind, rows[warm:]):
            yield cost.row(kind, where)


def _measure_kind(place: ArtifactPlace, kind: str, rows: Sequence[Row]) -> Iterator[tuple[str, Cost]]:
    """Words met for the first time cost the first pass alone, so it is compared with a second one what each place adds."""
    documents = _documents(rows)
    new, old = (_time(place, lambda: score(place, documents)) / len(documents) * 1000 for _ in range(2))
    yield "scoring alone", Cost(new)
    with scratch() as folder:
        yield "Parquet", _measure_parquet(place, rows, folder).with_new_words(new - old)
    with scratch() as folder:
        found = _measure_database(place, kind, rows, f"sqlite:///{folder / 'netra.sqlite3'}", None)
        yield "SQLite", found.with_new_words(new - old)
    with postgresql() as engine:
        found = _measure_database(place, kind, rows, engine.url.render_as_string(hide_password=False), engine)
        yield "PostgreSQL", found.with_new_words(new - old)


def _time(place: ArtifactPlace, work: Callable[[], object]) -> float:
    """Of this process, and of the one that scores for it."""
    before = count_cpu_seconds(place)
    return time_own(work) + count_cpu_seconds(place) - before


def _documents(rows: Sequence[Row]) -> list[Document]:
    return [found for row in rows if isinstance(found := read_row(row), Document)]


def _measure_parquet(place: ArtifactPlace, rows: Sequence[Row], folder: Path) -> Cost:
    part = write_parquet(rows, folder)[0]
    ours = _time(place, lambda: ParquetWork(place, Columns())(part))
    read, written = Path(part.source).stat().st_size, Path(part.target).stat().st_size
    return Cost(ours / len(rows) * 1000, read=read / len(rows), written=written / len(rows))


def _measure_database(place: ArtifactPlace, kind: str, rows: Sequence[Row], address: str, server: Engine | None) -> Cost:
    engine = server or make_engine(address)
    if not server:
        upgrade_database(engine)
    empty = _size(engine, *TEXTS)
    fill_texts(engine, rows, KINDS[kind][1])
    filled, before = _size(engine, *TEXTS), _size(engine, "predictions")
    with make_session(engine).begin() as session:
        work = DatabaseWork(place, register_artifact(session, Path(place.folder)).id, Choice(), raises_flags=False)
    with make_session(engine).begin() as session:
        work = begin(session, work)
    server_before = server_seconds(engine)
    with make_reading_session(engine)() as session:
        ranges = list(cut_ranges(session))
    with _as_address_of_the_house(address):
        ours = _time(place, lambda: [work(ids) for ids in ranges])
    count = len(rows)
    read, written = (filled - empty) / count, (_size(engine, "predictions") - before) / count
    cost = Cost(ours / count * 1000, (server_seconds(engine) - server_before) / count * 1000, read, written)
    if not server:
        engine.dispose()
    return cost


@contextmanager
def _as_address_of_the_house(address: str) -> Iterator[None]:
    """Work on ranges opens the database of its environment, as it does on other machines."""
    former = os.environ.get("NETRA_DATABASE_URL")
    os.environ["NETRA_DATABASE_URL"] = address
    try:
        yield
    finally:
        del os.environ["NETRA_DATABASE_URL"]
        if former is not None:
            os.environ["NETRA_DATABASE_URL"] = former


def _size(engine: Engine, *tables: str) -> int:
    """Bytes of these tables with their indexes; of the whole file on SQLite."""
    with make_reading_session(engine)() as session:
        if engine.dialect.name == "postgresql":
            return sum(session.scalar(select(func.pg_total_relation_size(table))) or 0 for table in tables)
        return (session.scalar(text("PRAGMA page_count")) or 0) * (session.scalar(text("PRAGMA page_size")) or 0)
