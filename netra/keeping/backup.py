"""A backup of the whole house in one archive, made while crawls, scoring and the review room go on.

First the database is frozen, then the files that it names are copied: they were on the disk before their rows were.
"""

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine

from migrations.revisions import head_revision
from models import record_event
from models.base import now
from models.database import make_session
from models.evidence.files import SEAL, read_seal
from models.evidence.overwriting import INTENT, is_interrupted
from models.evidence.units import FILE_NAME
from models.settings import Settings
from netra.keeping.archive import CHUNK, FACTS, ArchiveWriter, is_safe_name
from netra.keeping.contents import EVIDENCE, HOME, Found, has_key, list_after_evidence, list_before_evidence
from netra.keeping.copying import ACTOR, Progress
from netra.keeping.encryption import Encrypting, list_recipients
from netra.keeping.errors import KeepingError
from netra.keeping.facts import FORMAT, Facts, TableFacts
from netra.keeping.snapshot import Snapshot, hash_database, list_evidence, take_snapshot
from netra.keeping.workspace import sync_folder, work_folder

DATABASE = "database/"
PIECE = 4 * 1024 * 1024
"""Bytes of the database in one part; each is compressed by itself, so none can unpack to more."""
LEVEL = 4


@dataclass(frozen=True)
class Made:
    """The archive that was made, and what should be known of it."""

    path: Path
    sha256: str
    byte_count: int
    parts: int
    is_encrypted: bool
    facts: Facts
    damaged: list[str] = field(default_factory=list[str])
    """Evidence that is missing or no longer as it was sealed. It was so before this backup."""
    left_out: list[str] = field(default_factory=list[str])
    """Files of the data directory that no archive can hold: links, devices, odd names."""


def make_backup(settings: Settings, engine: Engine, given: Path, *, with_key: bool, on_progress: Progress) -> Made:
    """Write the archive beside its place, tell the trail, and give it its name last."""
    recipients, line = list_recipients(settings)
    moment = now()
    path = _find_place(given, moment, is_encrypted=bool(recipients))
    # What goes out encrypted lies nowhere else in clear, also after a kill: what is frozen stays on the house's own disk.
    in_clear = settings.home if recipients and settings.home.is_dir() else path.parent
    with work_folder(path.parent, "backup") as folder, work_folder(in_clear, "backup") as frozen:
        snapshot = take_snapshot(engine, frozen / "database.sqlite3", on_progress)
        facts = _describe(snapshot, engine, moment, holds_key=with_key and has_key(settings))
        draft, damaged, left_out = folder / "archive", list[str](), list[str]()
        with _private(draft) as file:
            sink = _Hashing(file)
            sink.write(line)
            encrypting = Encrypting(sink, recipients) if recipients else None
            with _private(frozen / "manifest") as manifest:
                writer = ArchiveWriter(encrypting or sink, manifest, moment=int(moment.timestamp()))
                try:
                    _write_parts(writer, settings, snapshot, facts, damaged, left_out, on_progress)
                finally:
                    if encrypting:
                        encrypting.close()
            file.flush()
            os.fsync(file.fileno())
        made = Made(path, sink.sha256, draft.stat().st_size, writer.parts, bool(recipients), facts, damaged, left_out)
        _give_name(engine, draft, made)
    return made


def _write_parts(
    writer: ArchiveWriter,
    settings: Settings,
    snapshot: Snapshot,
    facts: Facts,
    damaged: list[str],
    left_out: list[str],
    on_progress: Progress,
) -> None:
    writer.add_bytes(FACTS, facts.model_dump_json().encode())
    for number, piece in enumerate(_pieces(snapshot.path)):
        writer.add_bytes(f"{DATABASE}{number:08}.z", piece)
        on_progress("Writing the database", min((number + 1) * PIECE, facts.database_bytes), facts.database_bytes)
    for found in list_before_evidence(settings, left_out):
        _add_file(writer, found)
    for count, (name, end) in enumerate(list_evidence(snapshot.path, settings.evidence_dir), start=1):
        _add_evidence(writer, settings.evidence_dir, name, end, damaged)
        on_progress("Writing evidence", count, 0)
    for found in list_after_evidence(settings, left_out, with_key=facts.has_key):
        _add_file(writer, found)
    writer.close()


def _add_file(writer: ArchiveWriter, found: Found) -> None:
    if found.path is None:
        writer.add_bytes(found.name, found.data)
        return
    with found.path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        writer.add(found.name, size, _read(file, size))


def _add_evidence(writer: ArchiveWriter, folder: Path, name: str, end: int, damaged: list[str]) -> None:
    """The file as far as it goes. Where it is not as its seal says, the seal goes along, so that nobody takes it for whole."""
    path = folder / name
    if not end or not is_safe_name(name) or not FILE_NAME.fullmatch(name):
        damaged.append(f"{name[:200]}: the file is missing" if not end else f"{name[:200]!r} is no file of ours")
        return
    with path.open("rb") as file:
        sha256 = writer.add(f"{HOME}{EVIDENCE}/{name}", end, _read(file, end))
        is_all = os.fstat(file.fileno()).st_size == end
    is_cut_off = _add_intent(writer, folder, name)
    seal = read_seal(path)
    is_damaged = seal is not None and seal != sha256 and is_all
    if is_cut_off:
        damaged.append(f"{name}: its deletion was cut off. Run netra retention run, then make this backup again")
    elif is_damaged:
        damaged.append(f"{name}: the file is not as it was when it was sealed")
    if is_damaged:
        writer.add_bytes(f"{HOME}{EVIDENCE}/{name}{SEAL}", f"{seal}  {Path(name).name}\n".encode(errors="replace"))


def _add_intent(writer: ArchiveWriter, folder: Path, name: str) -> bool:
    """What the overwriting of a file was about when it was cut off: without it nobody could ever end it in a restored house."""
    if not is_interrupted(folder, name):
        return False
    writer.add_bytes(f"{HOME}{EVIDENCE}/{name}{INTENT}", (folder / f"{name}{INTENT}").read_bytes())
    return True


def _read(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size and (chunk := file.read(min(size, CHUNK))):
        size -= len(chunk)
        yield chunk


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield zlib.compress(piece, LEVEL)


def _describe(snapshot: Snapshot, engine: Engine, moment: datetime, *, holds_key: bool) -> Facts:
    return Facts(
        format=FORMAT,
        netra=version("netra"),
        made_at=moment,
        revision=head_revision(),
        engine="sqlite" if engine.dialect.name == "sqlite" else "postgresql",
        database_bytes=snapshot.path.stat().st_size,
        database_sha256=hash_database(snapshot.path),
        tables={name: TableFacts(rows=found.rows, sha256=found.sha256) for name, found in snapshot.tables.items()},
        positions=snapshot.positions,
        events=snapshot.chain.events,
        head=snapshot.chain.head,
        is_trail_whole=not snapshot.chain.breaks,
        has_key=holds_key,
    )


def _find_place(given: Path, moment: datetime, *, is_encrypted: bool) -> Path:
    ending = ".tar.age" if is_encrypted else ".tar"
    path = given / f"netra-{moment:%Y%m%dT%H%M%SZ}{ending}" if given.is_dir() else given
    if path.exists() or path.is_symlink():
        raise KeepingError(f"{path} is there already. Name a new file, or a folder; nothing was changed.")
    if not path.parent.is_dir():
        raise KeepingError(f"{path.parent} is no folder. Make it, or name another.")
    return path


def _private(path: Path) -> BinaryIO:
    """A new file that only its owner reads: it holds what the house holds."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")


def _give_name(engine: Engine, draft: Path, made: Made) -> None:
    """In one transaction with its event, so that nothing leaves the house without a word."""
    detail = {
        "berkas": made.path.name,
        "sha256": made.sha256,
        "bita": made.byte_count,
        "terenkripsi": made.is_encrypted,
        "dengan_kunci": made.facts.has_key,
        "kepala": made.facts.head,
    }
    with make_session(engine).begin() as session:
        record_event(session, "cadangan.buat", actor=ACTOR, subject=("backup", None), detail=detail)
        draft.rename(made.path)
    with suppress(OSError):  # Not every file system can; the archive itself is on the disk.
        sync_folder(made.path.parent)


class _Hashing:
    """Counts the SHA-256 of a file while it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._sum = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._sum.update(data)
        return self._file.write(data)

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()
