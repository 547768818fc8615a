"""Where a house is restored to, and whether it may be."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, make_url, select

from migrations.revisions import current_revision, head_revision
from models import AuditEvent, verify_chain
from models.database import make_engine, make_reading_session
from models.evidence.files import OPEN, has_living_writer
from netra.keeping.copying import ARCHIVED, RESTORED, list_filled
from netra.keeping.errors import KeepingError
from netra.keeping.facts import Facts
from netra.keeping.rows import digest, list_shapes
from netra.keeping.staging import DATABASE, list_taken
from netra.keeping.tables import read_tables

ROOM = 1.1
"""How much more must be free than what comes out of an archive."""


@dataclass(frozen=True)
class Place:
    """Where a house goes: a data directory, and a database in it or elsewhere."""

    home: Path
    url: str = ""
    """Empty for SQLite in the data directory."""

    @property
    def address(self) -> str:
        return self.url or f"sqlite:///{self.home / DATABASE}"

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database, however its address is spelled; None for a database on a server."""
        address = make_url(self.address)
        if address.get_backend_name() != "sqlite" or not address.database or address.database.startswith("file:"):
            return None
        path = Path(address.database).absolute()
        return path.parent.resolve() / path.name

    @property
    def is_elsewhere(self) -> bool:
        return self.file != self.home.resolve() / DATABASE

    @property
    def apart(self) -> frozenset[str]:
        """What in the data directory is the database that is filled, under another name than ours: it is not moved."""
        home, file = self.home.resolve(), self.file
        if file is None or not self.is_elsewhere or not file.is_relative_to(home):
            return frozenset()
        name = file.relative_to(home).parts[0]
        return frozenset({name, f"{name}-wal", f"{name}-shm"})


def look_at(place: Place, facts: Facts, byte_count: int, *, replace: bool) -> bool:
    """Refuse what is in use, taken or too small. Returns whether the database holds this backup already, from a killed run."""
    taken = list_taken(place.home, place.apart)
    if taken and not replace:
        named = ", ".join(taken[:3]) + ("…" if len(taken) > 3 else "")
        raise KeepingError(f"{place.home} is not empty ({named}). Name an empty folder, or add --replace; nothing was touched.")
    if stuck := [name for name in taken if not _may_move(place.home / name)]:
        raise KeepingError(
            f"{place.home / stuck[0]} belongs to another user, so it cannot be set aside. chown it first; nothing was touched."
        )
    evidence = place.home / "evidence"
    if any(has_living_writer(evidence, mark.stem) for mark in (evidence / OPEN).glob("*.txt")):
        raise KeepingError(f"a crawl or an import is writing in {place.home}. Stop every netra first; nothing was touched.")
    near = next(folder for folder in (place.home, *place.home.parents) if folder.is_dir())
    if (free := shutil.disk_usage(near).free) < byte_count * ROOM:
        raise KeepingError(f"{near} has {free:,} bytes left, and {byte_count:,} come out of it. Make room; nothing was touched.")
    if not place.is_elsewhere or (place.file and not place.file.exists()):
        return False
    engine = make_engine(place.url)
    try:
        filled = list_filled(engine)
        if not filled or (replace and engine.dialect.name == "postgresql"):
            return False
        if not _holds_already(engine, facts):
            mend = "Name an empty one, or add --replace" if engine.dialect.name == "postgresql" else "Name a new one"
            raise KeepingError(f"the database is not empty ({', '.join(filled[:3])}). {mend}; nothing was touched.")
        return True
    finally:
        engine.dispose()


def _may_move(path: Path) -> bool:
    """A folder that moves elsewhere is written to: it names the one above it."""
    return path.is_symlink() or not path.is_dir() or os.access(path, os.W_OK)


def _holds_already(engine: Engine, facts: Facts) -> bool:
    """Whether every table is as the archive says, but for the one event that tells of the restore.

    Tables that were upgraded are as no archive says. They were filled in one transaction with that event, and nobody has
    done anything since where it is the newest.
    """
    if facts.revision != head_revision():
        return current_revision(engine) == head_revision() and _ends_with_restore(engine, facts)
    with read_tables(engine) as tables:
        for shape in list_shapes():
            if shape.name != "audit_events" and digest(shape, tables.rows(shape)).sha256 != facts.tables[shape.name].sha256:
                return False
    with make_reading_session(engine)() as session:
        chain = verify_chain(session, expected_head=facts.head)
    return chain.holds_head is True and chain.events == facts.events + 1


def _ends_with_restore(engine: Engine, facts: Facts) -> bool:
    with make_reading_session(engine)() as session:
        newest = session.scalar(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1))
    return newest is not None and newest.action == RESTORED and newest.detail.get(ARCHIVED) == facts.database_sha256
