"""Texts as Parquet in a folder that goes with the block, cut into the parts that a run takes."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.reading import Row
from netra.rescoring.columns import Columns
from netra.rescoring.parts import Part, plan_parts


@contextmanager
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="netra-rescoring-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_parquet(rows: Sequence[Row], folder: Path, group: int = 1_000_000) -> list[Part]:
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
