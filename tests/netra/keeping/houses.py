"""Houses for the tests of backups: rows of every kind in every table, evidence, an artifact, a key. All of it is invented."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Engine, Enum, Float, Integer, LargeBinary, String, Table, insert, select
from sqlalchemy.orm import Session

from models import Base, Snapshot, record_event
from models.base import CanonicalJSON, UTCDateTime
from models.database import make_session
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from netra.keeping.rows import Digest, digest, list_shapes
from netra.keeping.tables import read_tables
from tests.factories import make_flag, make_item

ODD = {"b": 1.0, "a": [1e16, -0.0, 0.1, 2**60, 5e-324], "é": "😀\\u0041", "kosong": None, "benar": True}
"""What the two engines write down differently."""
KEY = b"k" * 32


def fill_every_table(engine: Engine, settings: Settings | None = None) -> None:
    """Two rows more in each table, with values that are easily spoilt on the way; with settings, copies have their bytes too."""
    with make_session(engine).begin() as session:
        for number in range(3):
            make_flag(session, make_item(session, text=f"Camat Wanasari “mengajak” stafnya {number}."))
        for table in Base.metadata.sorted_tables:
            if table.name == "snapshots" and settings:
                _keep_copies(settings, session)
            elif table.name != "audit_events":
                session.execute(insert(table), [_row_of(table, number, session) for number in (901, 902)])
        for number in range(5):
            record_event(session, "uji", actor="sistem:uji", subject=("item", number), detail=ODD)


def fill_home(settings: Settings, engine: Engine) -> None:
    """Evidence of three writers: one that ended, one that was killed amid a record, and one whose file lost a byte."""
    for number, body in enumerate((b"satu", b"dua", b"tiga")):
        with EvidenceWriter(settings.evidence_dir) as writer, make_session(engine).begin() as session:
            row = writer.append(Fetched(f"https://contoh.test/{number}", body * 500, content_type="text/html"))
            session.add(row)
            session.flush()
            name = row.warc_file
        if number == 1:
            path = settings.evidence_dir / name
            path.with_name(path.name + ".sha256").unlink()
            with path.open("ab") as file:
                file.write(b"\x1f\x8b torn")
    artifact = settings.artifacts_dir / "uji-1"
    artifact.mkdir(parents=True)
    (artifact / "numbers.npz").write_bytes(os.urandom(100_000))
    (artifact / "artifact.json").write_text("{}")
    (settings.home / "encoders" / "uji").mkdir(parents=True)
    (settings.home / "encoders" / "uji" / "reranker.json").write_text("{}")
    (settings.home / "secret.key").write_bytes(KEY)


def digests_of(engine: Engine, *, without: frozenset[str] = frozenset({"audit_events"})) -> dict[str, Digest]:
    """Every table; the trail is left out, for its next event says that it was backed up, restored or copied."""
    with read_tables(engine) as tables:
        return {shape.name: digest(shape, tables.rows(shape)) for shape in list_shapes() if shape.name not in without}


def files_of(home: Path) -> dict[str, bytes]:
    paths = (path for path in home.rglob("*") if path.is_file())
    names = {path.relative_to(home).as_posix(): path for path in paths}
    return {name: path.read_bytes() for name, path in names.items() if not name.startswith(("netra.sqlite3", "evidence/open/"))}


def ids_and_heads(engine: Engine) -> list[tuple[int, str]]:
    events = Base.metadata.tables["audit_events"]
    with engine.connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(select(events.c.id, events.c.hash).order_by(events.c.id))]


def _keep_copies(settings: Settings, session: Session) -> None:
    with EvidenceWriter(settings.evidence_dir) as writer:
        for number in (901, 902):
            fetched = Fetched(f"https://contoh.test/{number}", b"isi %d" % number, content_type="text/html")
            session.add(Snapshot(id=number, **writer.write(fetched)))
    session.flush()


def _row_of(table: Table, number: int, session: Session) -> dict[str, Any]:
    return {column.name: _value_of(column, number, session) for column in table.columns}


def _value_of(column: Any, number: int, session: Session) -> Any:
    """Rows point to those of their own number, and to different ones where the key is a text."""
    if column.name == "current_version_id":
        return None
    if not column.foreign_keys:
        return _plain_value(column, number)
    target = next(iter(column.foreign_keys)).column
    if isinstance(target.type, Integer):
        return number
    return session.scalar(select(target).order_by(target).offset(number - 901).limit(1))


def _plain_value(column: Any, number: int) -> Any:
    kind = column.type
    if isinstance(kind, Enum):
        return list(kind.enum_class or kind.enums)[number % len(kind.enums)]
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, UTCDateTime):
        return datetime(2024, 11, 27, 5, 6, 7, number, tzinfo=UTC) + timedelta(days=number)
    if isinstance(kind, Date):
        return date(2024, 1, 1) + timedelta(days=number)
    if isinstance(kind, CanonicalJSON | JSON):
        return ODD
    if isinstance(kind, LargeBinary):
        return bytes(range(256))
    if isinstance(kind, Float):
        return 0.1 + number
    if isinstance(kind, Integer):
        return 5 * number if column.name == "at_least" else number  # Public figures are multiples of 5.
    assert isinstance(kind, String)
    return f"“{number}” é😀"[: kind.length or 200]
