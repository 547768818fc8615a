"""What it costs to score an archive: by kind of text, by where it lies, by one process and by two.

    python -m bench.rescoring FOLDER [--artifact FOLDER] [--news 1500] [--posts 6000]

Costs are processor time, of this process and its children and of the PostgreSQL that is started here, so that other work
on the machine counts little. The tables go into docs/rescoring.md.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine, func, insert, select, text, update

from bench.duplicates import postgresql
from bench.machine import describe_load, describe_machine
from bench.reading import Row, read_rows
from classifier.artifacts.artifact import SUMS, load_artifact
from classifier.artifacts.registry import register_artifact
from classifier.reading.document import Document
from migrations.upgrade import upgrade_database
from models import Item, ItemKind, ItemVersion, Rights, Source, SourceKind
from models.database import make_engine, make_reading_session, make_session
from models.settings import Settings
from netra.rescoring.cluster import Cluster
from netra.rescoring.columns import Columns, read_row
from netra.rescoring.database import DatabaseWork, begin
from netra.rescoring.local import Processes, ThisProcess
from netra.rescoring.parquet import ParquetWork
from netra.rescoring.parts import Part, plan_parts
from netra.rescoring.ranges import Choice, cut_ranges
from netra.rescoring.run import run_all
from netra.rescoring.scorers import ArtifactPlace, place_of, score
from netra.rescoring.work import Engine as Runner
from netra.stopping import Stop

KINDS = {"news": ("bulk_news.jsonl.gz", ItemKind.NEWS), "posts": ("bulk_social.jsonl.gz", ItemKind.POST)}
TEXTS = ("items", "item_versions")
WARM = 1000
"""Texts read before a measurement: an archive is long, and its first words do not count."""
ARCHIVE = 100_000_000
COSTS_HEAD = (
    "| Texts | where | CPU a text, ms | of it the server | bytes read | bytes written | 10^8 texts, core-hours |\n"
    "|---|---|---|---|---|---|---|\n"
)
SCALING_HEAD = (
    "\n| Engine | processes | wall, s | CPU of the start, s | of the texts, s | texts a CPU second | against one process |\n"
    "|---|---|---|---|---|---|---|\n"
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
        return f"| {kind} | {where} | {whole:.3f} | {self.server:.3f} | {self.read:,.0f} | {self.written:,.0f} | {hours:,.1f} |\n"


def main() -> None:
    """Measure and print Markdown."""
    options = _parser().parse_args()
    folder = Path(options.artifact) if options.artifact else _newest(Settings().artifacts_dir)
    place = place_of(load_artifact(folder))
    say = sys.stdout.write
    say(f"{describe_machine(['dask', 'distributed', 'pyarrow', 'sqlalchemy'])} {describe_load()}\n\n")
    if options.only != "scaling":
        _report_costs(place, options, say)
    if options.only != "costs":
        say(SCALING_HEAD)
        _measure_scaling(place, list(islice(read_rows(options.folder / KINDS["news"][0]), options.news)), options.times, say)


def _report_costs(place: ArtifactPlace, options: argparse.Namespace, say: Callable[[str], object]) -> None:
    say(COSTS_HEAD)
    for kind, count in (("news", options.news), ("posts", options.posts)):
        rows = list(islice(read_rows(options.folder / KINDS[kind][0]), WARM + count))
        score(place, _documents(rows[:WARM]))
        for where, cost in _measure_kind(place, kind, rows[WARM:]):
            say(cost.row(kind, where))
            sys.stdout.flush()


def _measure_kind(place: ArtifactPlace, kind: str, rows: Sequence[Row]) -> Iterator[tuple[str, Cost]]:
    """Words met for the first time cost the first pass alone, so it is compared with a second one what each place adds."""
    documents = _documents(rows)
    new, old = (_cpu(lambda: score(place, documents)) / len(documents) * 1000 for _ in range(2))
    yield "scoring alone", Cost(new)
    with _scratch() as folder:
        yield "Parquet", _measure_parquet(place, rows, folder).with_new_words(new - old)
    with _scratch() as folder:
        found = _measure_database(place, kind, rows, f"sqlite:///{folder / 'netra.sqlite3'}", None)
        yield "SQLite", found.with_new_words(new - old)
    with postgresql() as engine:
        found = _measure_database(place, kind, rows, engine.url.render_as_string(hide_password=False), engine)
        yield "PostgreSQL", found.with_new_words(new - old)


def _documents(rows: Sequence[Row]) -> list[Document]:
    return [found for row in rows if isinstance(found := read_row(row), Document)]


def _measure_parquet(place: ArtifactPlace, rows: Sequence[Row], folder: Path) -> Cost:
    part = _write_parquet(rows, folder)[0]
    ours = _cpu(lambda: ParquetWork(place, Columns())(part))
    read, written = Path(part.source).stat().st_size, Path(part.target).stat().st_size
    return Cost(ours / len(rows) * 1000, read=read / len(rows), written=written / len(rows))


def _measure_database(place: ArtifactPlace, kind: str, rows: Sequence[Row], address: str, server: Engine | None) -> Cost:
    engine = server or make_engine(address)
    if not server:
        upgrade_database(engine)
    empty = _size(engine, *TEXTS)
    _fill(engine, rows, KINDS[kind][1])
    filled, before = _size(engine, *TEXTS), _size(engine, "predictions")
    with make_session(engine).begin() as session:
        work = DatabaseWork(place, register_artifact(session, Path(place.folder)).id, Choice(), raises_flags=False)
    with make_session(engine).begin() as session:
        work = begin(session, work)
    os.environ["NETRA_DATABASE_URL"] = address
    server_before = _server_seconds(engine)
    with make_reading_session(engine)() as session:
        ranges = list(cut_ranges(session))
    ours = _cpu(lambda: [work(ids) for ids in ranges])
    count = len(rows)
    read, written = (filled - empty) / count, (_size(engine, "predictions") - before) / count
    cost = Cost(ours / count * 1000, (_server_seconds(engine) - server_before) / count * 1000, read, written)
    if not server:
        engine.dispose()
    return cost


def _measure_scaling(place: ArtifactPlace, rows: Sequence[Row], times: int, say: Callable[[str], object]) -> None:
    """The same parts by one process and by two, less what their start costs: that is measured with as good as no text."""
    paces = dict[str, float]()
    many = list(islice(cycle(rows), times * len(rows)))
    for name, count, runner in (
        ("local", 1, ThisProcess()),
        ("local", 2, Processes(2)),
        ("dask", 1, Cluster(place, count=1)),
        ("dask", 2, Cluster(place, count=2)),
    ):
        _, start = _time_run(place, runner, rows[: 2 * count], 1)
        wall, whole = _time_run(place, runner, many, len(rows) // 4)
        pace = len(many) / (whole - start)
        say(
            f"| {name} | {count} | {wall:.1f} | {start:.1f} | {whole - start:.1f} | {pace:,.0f} "
            f"| {count * pace / paces.setdefault(name, pace):.2f} |\n"
        )
        sys.stdout.flush()


def _time_run(place: ArtifactPlace, runner: Runner, rows: Sequence[Row], part: int) -> tuple[float, float]:
    """Seconds by the wall clock, and of processor time."""
    with _scratch() as folder:
        parts = _write_parquet(rows, folder, group=part)
        begun, used = time.monotonic(), _used()
        _carry_out(runner, ParquetWork(place, Columns()), parts)
        return time.monotonic() - begun, _used() - used


def _carry_out(runner: Runner, work: ParquetWork, parts: Sequence[Part]) -> None:
    report = run_all(runner, work, parts, Stop(), on_outcome=lambda _: None, wait=time.sleep)
    if not report.is_whole:
        raise SystemExit(f"not measured: {report.failures[:1]}")


def _write_parquet(rows: Sequence[Row], folder: Path, group: int = 1_000_000) -> list[Part]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "in.parquet"
    columns = {name: [row.get(name) or "" for row in rows] for name in ("id", "title", "text")}
    pq.write_table(pa.table(columns), path, row_group_size=group, compression="zstd")
    planned = plan_parts(path, folder / "out", Columns())
    if not isinstance(planned, list):
        raise SystemExit(planned.reason)
    return planned if group > len(rows) else _cut(planned, group)


def _cut(parts: Sequence[Part], rows: int) -> list[Part]:
    """Smaller parts than a real archive has, so that few texts keep two processes busy."""
    whole = parts[0]
    starts = range(whole.start, parts[-1].stop, rows)
    folder = Path(whole.target).parent
    return [
        Part(
            whole.source,
            whole.size_bytes,
            whole.changed_ns,
            start,
            min(start + rows, parts[-1].stop),
            str(folder / f"part-{start:012}.parquet"),
        )
        for start in starts
    ]


def _fill(engine: Engine, rows: Sequence[Row], kind: ItemKind) -> None:
    ids = range(1, len(rows) + 1)
    with make_session(engine).begin() as session:
        session.add(source := Source(slug="arsip", name="Arsip", kind=SourceKind.NEWS, rights=Rights.FULL_TEXT))
        session.flush()
        session.execute(insert(Item), [{"id": n, "source_id": source.id, "kind": kind, "item_key": f"{n:064}"} for n in ids])
        versions = [
            {"id": n, "item_id": n, "number": 1, "title": row.get("title") or "", "text": row["text"], "text_sha256": f"{n:064}"}
            for n, row in zip(ids, rows, strict=True)
        ]
        session.execute(insert(ItemVersion), versions)
        session.execute(update(Item).values(current_version_id=Item.id), execution_options={"synchronize_session": False})


def _size(engine: Engine, *tables: str) -> int:
    """Bytes of these tables with their indexes; of the whole file on SQLite."""
    with make_reading_session(engine)() as session:
        if engine.dialect.name == "postgresql":
            return sum(session.scalar(select(func.pg_total_relation_size(table))) or 0 for table in tables)
        return (session.scalar(text("PRAGMA page_count")) or 0) * (session.scalar(text("PRAGMA page_size")) or 0)


def _server_seconds(engine: Engine) -> float:
    """Of PostgreSQL and of all that it has started, as far as they have ended: our connections end with each range."""
    if engine.dialect.name != "postgresql":
        return 0.0
    engine.dispose()
    with engine.connect() as connection:
        folder = connection.scalar(text("SHOW data_directory"))
    number = int((Path(str(folder)) / "postmaster.pid").read_text().splitlines()[0])
    postmaster = psutil.Process(number)
    times = [postmaster.cpu_times(), *(child.cpu_times() for child in postmaster.children())]
    return sum(own.user + own.system for own in times) + times[0].children_user + times[0].children_system


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _used() -> float:
    """Of this process and of those of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="netra-rescoring-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _newest(artifacts: Path) -> Path:
    found = sorted(artifacts.glob(f"*/{SUMS}"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise SystemExit(f"no artifact in {artifacts}: run netra train, or give --artifact FOLDER")
    return found[-1].parent


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.rescoring", description="What it costs to score an archive.")
    parser.add_argument("folder", type=Path, help="holds bulk_news.jsonl.gz and bulk_social.jsonl.gz")
    parser.add_argument("--artifact", help="folder of an artifact; none means the newest one in NETRA_HOME")
    parser.add_argument("--news", type=int, default=1500, help="articles to measure on")
    parser.add_argument("--posts", type=int, default=6000, help="posts to measure on")
    parser.add_argument("--times", type=int, default=4, help="how often the articles are repeated where processes are compared")
    parser.add_argument("--only", choices=("costs", "scaling"), help="measure one of the two")
    return parser


if __name__ == "__main__":
    main()
