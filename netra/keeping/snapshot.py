"""The database as it is at one moment, in one SQLite file, whichever engine it lives on, while everybody goes on working.

One form for both engines: what restores an archive years from now needs nothing but SQLite, and migrations run on it as on
any other. pg_dump is not used: it would have to be installed, in the server's own version or newer.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, Row, text

from models import verify_chain
from models.audit import ChainReport
from models.database import make_engine, make_reading_session
from models.evidence.files import read_seal
from models.evidence.members import member_length
from netra.keeping.copying import Progress, copy_database
from netra.keeping.errors import KeepingError
from netra.keeping.rows import LEFT_OUT, Digest, digest, list_shapes
from netra.keeping.tables import read_tables

PAGES = 4_096
"""Pages of SQLite that are copied between two looks at the progress."""


@dataclass(frozen=True)
class Snapshot:
    """The file, and what it holds."""

    path: Path
    tables: dict[str, Digest]
    positions: dict[str, int]
    chain: ChainReport


def take_snapshot(engine: Engine, path: Path, on_progress: Progress) -> Snapshot:
    """Copy, look whether the copy is whole, and count it."""
    if engine.dialect.name == "sqlite":
        _copy_pages(Path(engine.url.database or ""), path, on_progress)
    else:
        copied = make_engine(f"sqlite:///{path}")
        copy_database(engine, copied, on_progress=on_progress)
        copied.dispose()
    end_journal(path)
    with read_tables(engine) as tables:
        positions = tables.positions()  # Of a moment later, so none is too small.
    frozen = make_engine(f"sqlite:///{path}")
    try:
        with read_tables(frozen) as tables:
            total, done, digests = sum(tables.count(shape) for shape in list_shapes()), 0, dict[str, Digest]()
            for shape in list_shapes():
                digests[shape.name] = digest(shape, tables.rows(shape))
                done += digests[shape.name].rows
                on_progress("Counting what it holds", done, total)
        with make_reading_session(frozen)() as session:
            return Snapshot(path, digests, positions, verify_chain(session))
    finally:
        frozen.dispose()
        end_journal(path)


def hash_database(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def list_evidence(path: Path, folder: Path) -> "Iterator[tuple[str, int]]":
    """Every file that the database names, in the order of names, with how far it is to be kept.

    A sealed file is kept whole. One that somebody writes is kept as far as rows name it: what stands before that end was on
    the disk before its row was committed, and is never changed again.
    """
    query = text(
        "SELECT warc_file, max(warc_offset + warc_length) AS named, max(warc_offset) AS last FROM snapshots"
        " GROUP BY warc_file ORDER BY warc_file"
    )
    frozen = make_engine(f"sqlite:///{path}")
    try:
        with make_reading_session(frozen)() as session:
            for row in session.execute(query.execution_options(yield_per=500)):
                yield row.warc_file, _end_of(folder / row.warc_file, row)
    finally:
        frozen.dispose()


def _end_of(path: Path, row: "Row[tuple[str, int, int]]") -> int:
    """0 where the file is gone. Rows from before 0008 know no length: the last record is measured."""
    try:
        size = path.stat().st_size
        if read_seal(path) is not None:
            return size
        with path.open("rb") as file:
            return min(size, max(row.named, row.last + member_length(file, row.last)))
    except OSError:
        return 0


def _copy_pages(database: Path, path: Path, on_progress: Progress) -> None:
    """SQLite's own online backup. The open reading pins one moment, so writers neither wait nor make it begin anew."""
    with closing(sqlite3.connect(database, timeout=60)) as source, closing(sqlite3.connect(path)) as copy:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        try:
            source.backup(copy, pages=PAGES, progress=_told(on_progress))
            _empty(copy)
            if (found := copy.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise KeepingError(f"the database is damaged: {found}. Restore the newest backup that is whole; none was made.")
        except sqlite3.DatabaseError as error:
            raise KeepingError(f"the database cannot be copied: {error}. Check space and rights; no archive was made.") from error


def _empty(copy: sqlite3.Connection) -> None:
    """Nothing of what stays in its house, with zeros in its place."""
    copy.execute("PRAGMA secure_delete = ON")
    for name in LEFT_OUT:
        copy.execute(f"DELETE FROM {name}")  # noqa: S608 - our own names
    copy.commit()


def _told(on_progress: Progress) -> Callable[[int, int, int], None]:
    return lambda _status, left, total: on_progress("Copying the database", total - left, total)


def end_journal(path: Path) -> None:
    """One file and nothing beside it."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
