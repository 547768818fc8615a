"""The same archive by one process and by two, alone and under Dask."""

import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from bench.reading import Row
from bench.workers.parquet import scratch, write_parquet
from bench.workers.processor import used_here
from netra.rescoring.cluster import Cluster
from netra.rescoring.columns import Columns
from netra.rescoring.local import Processes
from netra.rescoring.parquet import ParquetWork
from netra.rescoring.parts import Part
from netra.rescoring.run import run_all
from netra.rescoring.scorers import ArtifactPlace
from netra.rescoring.work import Engine as Runner
from netra.stopping import Stop

HEAD = (
    "| Engine | processes | wall, s | CPU of the start, s | of the texts, s | texts a CPU second | against one process |\n"
    "|---|---|---|---|---|---|---|"
)


def report_runners(place: ArtifactPlace, rows: Sequence[Row], times: int) -> Iterator[str]:
    """Each works through the same parts; what its start costs is measured with as good as no text, and taken off."""
    yield HEAD
    paces = dict[str, float]()
    many = list(islice(cycle(rows), times * len(rows)))
    for name, count, runner in _list_runners(place):
        _, start = _time_run(place, runner, rows[: 2 * count], 1)
        wall, whole = _time_run(place, runner, many, len(rows) // 4)
        pace = len(many) / (whole - start)
        shown = f"{wall:.1f} | {start:.1f} | {whole - start:.1f} | {pace:,.0f}"
        yield f"| {name} | {count} | {shown} | {count * pace / paces.setdefault(name, pace):.2f} |"


def _list_runners(place: ArtifactPlace) -> Iterator[tuple[str, int, Runner]]:
    """One process is a new one too: this one's scorer has met the texts, and is alive, so that its time would not be counted."""
    yield "local", 1, Processes(1)
    yield "local", 2, Processes(2)
    yield "dask", 1, Cluster(place, count=1)
    yield "dask", 2, Cluster(place, count=2)


def _time_run(place: ArtifactPlace, runner: Runner, rows: Sequence[Row], part: int) -> tuple[float, float]:
    """Seconds by the wall clock, and of processor time."""
    with scratch() as folder:
        parts = write_parquet(rows, folder, group=part)
        begun, used = time.monotonic(), used_here()
        _carry_out(runner, ParquetWork(place, Columns()), parts)
        return time.monotonic() - begun, used_here() - used


def _carry_out(runner: Runner, work: ParquetWork, parts: Sequence[Part]) -> None:
    report = run_all(runner, work, parts, Stop(), on_outcome=lambda _: None, wait=time.sleep)
    if not report.is_whole:
        raise SystemExit(f"not measured: {report.failures[:1]}")
