"""From what was asked for to work, units and an engine."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from classifier.artifacts.artifact import SUMS, load_artifact
from classifier.artifacts.registry import find_artifact, live_artifact, load_registered
from models import ArtifactState
from models.settings import Settings
from netra.rescoring.cluster import Cluster
from netra.rescoring.columns import Columns
from netra.rescoring.database import DatabaseWork
from netra.rescoring.errors import RescoringError
from netra.rescoring.local import Processes, ThisProcess
from netra.rescoring.parquet import ParquetWork, sweep
from netra.rescoring.parts import Part, Refused, list_files, plan_parts, settle_folder
from netra.rescoring.ranges import Choice
from netra.rescoring.scorers import ArtifactPlace, place_of
from netra.rescoring.work import Engine


@dataclass(frozen=True)
class ParquetPlan:
    """The parts of every file that can be read, and the files that cannot."""

    work: ParquetWork
    parts: list[Part]
    refused: list[Refused]


def choose_engine(kind: str, place: ArtifactPlace, *, scheduler: str, count: int) -> Engine:
    """The engine of that name."""
    count = count_processes(count)
    if kind == "dask":
        return Cluster(place, scheduler=scheduler, count=count)
    return Processes(count) if count > 1 else ThisProcess()


def count_processes(asked: int) -> int:
    """As many as asked for, or as this process may use cores, as far as the system tells."""
    if asked:
        return asked
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prepare_database(settings: Settings, session: Session, name: str, choice: Choice, *, raises_flags: bool) -> DatabaseWork:
    """The work of one registered artifact, the live one where no name is given."""
    row = find_artifact(session, name) if name else live_artifact(session)
    if row is None:
        raise RescoringError("there is no live classifier; train one (netra train) or name one: --artifact NAME")
    if raises_flags and row.state is not ArtifactState.LIVE:
        raise RescoringError(f"{row.name} is {row.state.value}, and only the live artifact raises flags: netra artifacts promote")
    place = place_of(load_registered(settings.artifacts_dir, row))
    return DatabaseWork(place, row.id, choice, raises_flags)


def refuse_far_sqlite(database: Database, kind: str, scheduler: str) -> None:
    """SQLite's locks do not hold over a network."""
    if kind == "dask" and scheduler and database.dialect.name == "sqlite" and not _is_here(scheduler):
        raise RescoringError("SQLite belongs to one machine: use --engine local here, or PostgreSQL (NETRA_DATABASE_URL)")


def prepare_parquet(
    settings: Settings, name: str, inputs: Sequence[Path], output: Path, columns: Columns, *, changes_output: bool
) -> ParquetPlan:
    """Parts for all rows; with `changes_output` the parts of older states of these files are removed."""
    place = place_of(load_artifact(_find_folder(settings, name)))
    parts, refused = list[Part](), list[Refused]()
    for path, folder in list_files(inputs):
        planned = plan_parts(path, output.absolute() / folder, columns)
        if isinstance(planned, Refused):
            refused.append(planned)
            continue
        if changes_output:
            settle_folder(output.absolute() / folder, planned, place)
        parts += planned
    if changes_output:
        sweep(output)
    return ParquetPlan(ParquetWork(place, columns), parts, refused)


def _find_folder(settings: Settings, name: str) -> Path:
    """A folder, a name in NETRA_HOME, or the newest there."""
    if name:
        named = Path(name)
        return named if (named / SUMS).is_file() else settings.artifacts_dir / name
    found = sorted(settings.artifacts_dir.glob(f"*/{SUMS}"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise RescoringError(f"there is no artifact in {settings.artifacts_dir}; train one (netra train) or give its folder")
    return found[-1].parent


def _is_here(scheduler: str) -> bool:
    host = urlsplit(scheduler).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
