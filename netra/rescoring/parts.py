"""Parquet in parts: which rows of which file make which file of the output, and whether that one is there already.

A part says in its own footer what it was made of, so that no list beside the parts can be out of date: the artifact's
hash, the size and time of its input, the rows, the names of the columns.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from netra.rescoring.columns import Columns
from netra.rescoring.errors import RescoringError
from netra.rescoring.extras import import_extra
from netra.rescoring.scorers import ArtifactPlace

FORMAT = 1
FACTS = b"netra.rescore"
MOST_ROWS = 50_000
"""Of a part: some seconds to a minute of work, which is what a kill costs."""


@dataclass(frozen=True)
class Part:
    """Rows `start` to `stop` of a file, half open, and where what comes of them goes."""

    source: str
    size_bytes: int
    changed_ns: int
    start: int
    stop: int
    target: str

    @property
    def size(self) -> int:
        return self.stop - self.start

    def cut(self) -> "list[Part]":
        """A part cannot be cut: its output has one name."""
        return [self]

    def __str__(self) -> str:
        return f"{self.source}, rows {self.start} to {self.stop - 1}"


@dataclass(frozen=True)
class Refused:
    """A file that is none, or not what it should be."""

    source: str
    reason: str


def list_files(inputs: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Files with the folder, relative to the output, in which their parts will lie."""
    found = dict[Path, Path]()
    for place in inputs:
        paths = sorted(place.rglob("*.parquet")) if place.is_dir() else [place]
        if not paths:
            raise RescoringError(f"{place} holds no file *.parquet; check the path")
        for path in paths:
            folder = (path.relative_to(place) if place.is_dir() else Path(path.name)).with_suffix("")
            if found.setdefault(folder, path) != path:
                raise RescoringError(f"{found[folder]} and {path} would go to one folder, {folder}; name the folder above them")
    return [(path, folder) for folder, path in found.items()]


def plan_parts(path: Path, folder: Path, columns: Columns) -> list[Part] | Refused:
    """The parts of one file, cut along its row groups; the same file is cut in the same way on every run."""
    parquet, arrow = import_extra("pyarrow.parquet", "Parquet"), import_extra("pyarrow", "Parquet")
    try:
        seen = path.stat()
        with parquet.ParquetFile(path) as file:
            columns.list_present(file.schema_arrow.names)
            groups = [file.metadata.row_group(number).num_rows for number in range(file.metadata.num_row_groups)]
    except (OSError, ValueError, RescoringError, arrow.ArrowException) as error:
        return Refused(str(path), str(error).strip().splitlines()[0][:300])
    return [
        Part(str(path.absolute()), seen.st_size, seen.st_mtime_ns, start, stop, str(folder / f"part-{start:012}.parquet"))
        for start, stop in cut_rows(groups)
    ]


def cut_rows(groups: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Row numbers, half open: small groups together, a large one in pieces, none above `MOST_ROWS`.

    >>> list(cut_rows([30_000, 15_000, 120_000]))
    [(0, 45000), (45000, 95000), (95000, 145000), (145000, 165000)]
    """
    start = end = 0
    for count in groups:
        if end > start and end + count - start > MOST_ROWS:
            yield start, end
            start = end
        end += count
        while end - start > MOST_ROWS:
            yield start, start + MOST_ROWS
            start += MOST_ROWS
    if end > start:
        yield start, end


def facts_of(part: Part, place: ArtifactPlace, columns: Columns) -> dict[str, Any]:
    """What a part is made of: if all of it is the same, so is the part."""
    return {
        "format": FORMAT,
        "artifact": place.name,
        "sha256": place.sha256,
        "file": Path(part.source).name,
        "bytes": part.size_bytes,
        "changed_ns": part.changed_ns,
        "rows": [part.start, part.stop],
        "columns": asdict(columns),
    }


def read_facts(target: Path) -> dict[str, Any] | None:
    """What a finished part says of itself; None where there is none, or something else."""
    parquet, arrow = import_extra("pyarrow.parquet", "Parquet"), import_extra("pyarrow", "Parquet")
    try:
        said = (parquet.read_metadata(target).metadata or {}).get(FACTS)
        return json.loads(said) if said else None
    except (OSError, ValueError, arrow.ArrowException):
        return None


def is_finished(part: Part, place: ArtifactPlace, columns: Columns) -> bool:
    return read_facts(Path(part.target)) == facts_of(part, place, columns)


def settle_folder(folder: Path, parts: Sequence[Part], place: ArtifactPlace) -> None:
    """Make room for the parts of one file: parts of its older state go, those of another artifact are refused."""
    targets = {Path(part.target) for part in parts}
    for found in sorted(folder.glob("part-*.parquet")):
        facts = read_facts(found)
        if facts and facts["sha256"] != place.sha256:
            raise RescoringError(f"{found} was made by {facts['artifact']}, not by {place.name}; choose another --output")
        if found not in targets:
            if facts is None:
                raise RescoringError(f"{found} is not ours; choose another --output")
            found.unlink()
