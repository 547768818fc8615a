"""A whole database moved to another, on whichever engine, and held against its source row by row before it counts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, inspect
from sqlalchemy.orm import Session

from migrations.revisions import current_revision, head_revision
from migrations.upgrade import upgrade_database
from models import record_event, verify_chain
from models.audit import ChainReport
from models.database import show_address
from models.queue.words import is_search_table
from netra.keeping.errors import KeepingError
from netra.keeping.rows import Digest, Row, compare, list_shapes
from netra.keeping.tables import UNREADABLE, Tables, read_tables, write_tables

ACTOR = "sistem:cadangan"
RESTORED, ARCHIVED = "cadangan.pulihkan", "basis_data"
"""The event that tells of a restore, and where its detail names the archive by the SHA-256 of its database."""
REFERENCE = frozenset(
    {
        *("regions", "region_aliases", "roles", "agencies", "rule_sets", "violation_types", "elections", "election_phases"),
        "alembic_version",
    }
)
"""Tables that `netra db upgrade` fills by itself."""
STEP = 1_000

Tell = Callable[[Session, ChainReport, int], None]
Progress = Callable[[str, int, int], None]
"""Called with a stage, the rows done and the rows in all."""


@dataclass(frozen=True)
class Copied:
    """What was copied, and is the same on both sides."""

    tables: dict[str, Digest]
    events: int
    head: str
    changed_meanwhile: list[str] = field(default_factory=list[str])
    """Tables of the source in which rows were added since; they are not in the copy."""

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def copy_database(
    source: Engine,
    target: Engine,
    *,
    positions: Mapping[str, int] | None = None,
    on_progress: Progress = lambda *_: None,
    tell: Tell = lambda *_: None,
) -> Copied:
    """Fill an empty target with all that the source holds now, all or nothing.

    `positions` are numbers that rows took before and that the source does not know of; `tell` may add an event to the
    trail of the copy, with the trail and the number of rows as they came.
    """
    prepare_target(target)
    with read_tables(source) as ours:
        totals = {shape.name: ours.count(shape) for shape in list_shapes()}
        given = {name: max(last, (positions or {}).get(name, 0)) for name, last in ours.positions().items()}
        before = ours.newest_ids()
        with write_tables(target) as (theirs, connection):
            _fill(ours, theirs, totals, given, on_progress)
            digests = _hold_against(ours, theirs, totals, on_progress)
            session = Session(connection)
            chain = verify_chain(session)
            tell(session, chain, sum(found.rows for found in digests.values()))
    with read_tables(source) as later:
        changed = [name for name, last in later.newest_ids().items() if last != before[name]]
    return Copied(digests, chain.events, chain.head, changed)


def record_copy(source: Engine) -> Tell:
    """For `tell`: the next event of the copy's trail says where it came from."""

    def tell(session: Session, chain: ChainReport, rows: int) -> None:
        detail = {"dari": show_address(source.url), "kepala": chain.head, "baris": rows}
        record_event(session, "basis_data.salin", actor=ACTOR, subject=("database", None), detail=detail)

    return tell


def prepare_target(target: Engine) -> None:
    """Today's tables, and nothing in them but what every database holds. Refuses one in which somebody has worked."""
    if filled := list_filled(target):
        named = ", ".join(filled[:3]) + ("…" if len(filled) > 3 else "")
        address = show_address(target.url)
        raise KeepingError(f"{address} is not empty ({named}). Give a new database; nothing was changed.")
    if current_revision(target) != head_revision():
        upgrade_database(target)


def list_filled(target: Engine) -> list[str]:
    """Tables with rows that somebody's work put there."""
    names = [name for name in inspect(target).get_table_names() if name not in REFERENCE and not is_search_table(name)]
    quote = target.dialect.identifier_preparer.quote
    with target.connect() as connection:
        return [name for name in names if connection.exec_driver_sql(f"SELECT 1 FROM {quote(name)} LIMIT 1").first()]  # noqa: S608


def _fill(ours: Tables, theirs: Tables, totals: Mapping[str, int], given: Mapping[str, int], on_progress: Progress) -> None:
    done, total = 0, sum(totals.values())
    with _said_of("the target"):
        theirs.begin_filling()
    for shape in list_shapes():
        with _said_of(shape.name):
            theirs.fill(shape, _counted(ours.rows(shape), "Copying rows", done, total, on_progress))
        done += totals[shape.name]
    with _said_of("the target"):
        theirs.end_filling(given)


def _hold_against(ours: Tables, theirs: Tables, totals: Mapping[str, int], on_progress: Progress) -> dict[str, Digest]:
    done, total, digests = 0, sum(totals.values()), dict[str, Digest]()
    for shape in list_shapes():
        rows = _counted(ours.rows(shape), "Comparing both sides", done, total, on_progress)
        digests[shape.name], difference = compare(shape, rows, theirs.rows(shape))
        if difference:
            raise KeepingError(f"the copy is not as its source: {difference}. The target was left as it was.")
        done += totals[shape.name]
    return digests


@contextmanager
def _said_of(place: str) -> Iterator[None]:
    try:
        yield
    except UNREADABLE as error:
        said = " ".join(str(error).split())[:300]
        raise KeepingError(f"{place} cannot be filled: {said}. The target was left as it was.") from error


def _counted(rows: Iterator[Row], stage: str, done: int, total: int, on_progress: Progress) -> Iterator[Row]:
    for count, row in enumerate(rows):
        if count % STEP == 0:
            on_progress(stage, done + count, total)
        yield row
