"""A part of an archive in Parquet through the artifact. Its output appears whole, or not at all."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.reading.document import Document
from netra.rescoring.columns import Columns, Row, output_schema, read_row, score_rows
from netra.rescoring.errors import Misplaced
from netra.rescoring.extras import import_extra
from netra.rescoring.parts import FACTS, Part, facts_of, is_finished
from netra.rescoring.scorers import ArtifactPlace
from netra.rescoring.work import Done

READ = 200
"""Rows in memory as texts at once."""
WRITE = 10_000
"""Rows of a row group of the output: results are small."""
BUFFER = 1 << 20
"""Bytes of a column that are read ahead, instead of the whole row group."""
LEFT_OVER_SECONDS = 86_400
"""Nobody writes at one part for so long: what is older was left by somebody who was killed."""


@dataclass(frozen=True)
class ParquetWork:
    """Paths must mean the same to every process."""

    place: ArtifactPlace
    columns: Columns

    def __call__(self, unit: Part) -> Done:
        if is_finished(unit, self.place, self.columns):
            return Done()
        facts = facts_of(unit, self.place, self.columns)
        _check_input(unit)
        bad = 0
        parquet = import_extra("pyarrow.parquet", "Parquet")
        with (
            parquet.ParquetFile(unit.source, pre_buffer=False, buffer_size=BUFFER) as file,
            _replacing(Path(unit.target)) as path,
            _writing(parquet, file, path, self.columns, facts) as write,
        ):
            for batch, first in _read(file, unit, self.columns):
                rows = list(score_rows(self.place, _objects(batch), first))
                bad += sum("error" in row for row in rows)
                write(batch.column("id"), rows)
        return Done(unit.size - bad, bad=bad)


def sample_documents(part: Part, columns: Columns) -> Iterator[Document]:
    """The texts of a part from its first row on, without the rows that are none."""
    parquet = import_extra("pyarrow.parquet", "Parquet")
    with parquet.ParquetFile(part.source, pre_buffer=False, buffer_size=BUFFER) as file:
        for batch, _ in _read(file, part, columns):
            yield from (own for own in map(read_row, _objects(batch)) if isinstance(own, Document))


def _check_input(unit: Part) -> None:
    try:
        seen = Path(unit.source).stat()
    except OSError as error:
        raise Misplaced(f"a worker cannot read {unit.source}: {error.strerror}; give a path that every worker sees") from error
    if (seen.st_size, seen.st_mtime_ns) != (unit.size_bytes, unit.changed_ns):
        raise ValueError("the file changed meanwhile; run the same command again")


def _read(file: Any, unit: Part, columns: Columns) -> Iterator[tuple[Any, int]]:
    """Record batches of the part under our names, each with the number of its first row."""
    arrow = import_extra("pyarrow", "Parquet")
    present = columns.list_present(file.schema_arrow.names)
    groups, number = _overlapping(file.metadata, unit)
    for batch in file.iter_batches(READ, row_groups=groups, columns=list(dict.fromkeys(present.values())), use_threads=False):
        first, number = number, number + batch.num_rows
        skipped = max(0, unit.start - first)
        wanted = batch.slice(skipped, max(0, min(number, unit.stop) - first - skipped))
        if wanted.num_rows:
            yield (
                arrow.record_batch([_plain(arrow, wanted.column(theirs)) for theirs in present.values()], list(present)),
                first + skipped,
            )
        if number >= unit.stop:
            return


def _overlapping(metadata: Any, unit: Part) -> tuple[list[int], int]:
    """The row groups that hold a part's rows, and the number of the first row in them."""
    groups, begin, number = list[int](), 0, 0
    for group in range(metadata.num_row_groups):
        end = number + metadata.row_group(group).num_rows
        if end > unit.start and number < unit.stop:
            begin = begin if groups else number
            groups.append(group)
        number = end
    return groups, begin


def _plain(arrow: Any, column: Any) -> Any:
    return column.dictionary_decode() if arrow.types.is_dictionary(column.type) else column


def _objects(batch: Any) -> list[Row]:
    names = [name for name in batch.schema.names if name != "id"]
    cells = [_cells(batch.column(name)) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def _cells(column: Any) -> list[Any]:
    try:
        return column.to_pylist()
    except UnicodeDecodeError:  # Arrow does not look whether a string is one.
        return [_cell(value) for value in column]


def _cell(value: Any) -> Any:
    try:
        return value.as_py()
    except UnicodeDecodeError:
        return b"?"  # No string, as its reader will say.


@contextmanager
def _writing(parquet: Any, file: Any, path: Path, columns: Columns, facts: dict[str, Any]) -> Iterator[Any]:
    """A function that takes ids and rows, and writes them in row groups of a fair size."""
    arrow = import_extra("pyarrow", "Parquet")
    id_type = file.schema_arrow.field(columns.id).type
    schema = output_schema(arrow, id_type.value_type if arrow.types.is_dictionary(id_type) else id_type)
    kept, ids = list[Row](), list[Any]()
    with parquet.ParquetWriter(path, schema.with_metadata({FACTS: json.dumps(facts).encode()}), compression="zstd") as writer:

        def flush() -> None:
            results = arrow.Table.from_pylist(kept, schema=schema.remove(0))
            writer.write_table(results.add_column(0, schema.field(0), arrow.chunked_array(ids, type=schema.field(0).type)))
            kept.clear()
            ids.clear()

        def write(own: Any, rows: list[Row]) -> None:
            ids.append(own)
            kept.extend(rows)
            if len(kept) >= WRITE:
                flush()

        yield write
        if kept:
            flush()


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A new name in the target's folder, which becomes the target's only if all went well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".tmp", dir=target.parent)
    os.close(handle)
    path = Path(name)
    try:
        yield path
        with path.open("rb") as written:
            os.fsync(written.fileno())
        path.chmod(0o666 & ~_umask())
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what was left half-written more than a day ago."""
    for path in folder.rglob(".part-*.tmp"):
        with suppress(OSError):  # Somebody else sweeps too.
            if time.time() - path.stat().st_mtime > LEFT_OVER_SECONDS:
                path.unlink()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
