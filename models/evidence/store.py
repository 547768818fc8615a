# pyright: basic
# (warcio has no types.)
"""The bytes behind a Snapshot: WARC/1.1 files, one a writing process, so that a kill can only tear the last record.

A fetch is kept as a unit of records: the answer (`response`, `resource`, or `revisit` where the same bytes are kept
already), behind it what was asked (`request`) and what we say of it (`metadata`). The row names where the unit begins, how
long it is, and its hash. A unit is on the disk (fsync) before the row that names it is committed. What a kill leaves behind
the last committed row is never read: every reading starts at an offset that a row names.
"""

import hashlib
import os
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from warcio.exceptions import ArchiveLoadFailed

from models.base import now
from models.evidence import warc
from models.evidence.files import cut_torn_ends, end_writing, mark_open
from models.evidence.members import member_length
from models.evidence.units import Fetched, make_unit, name_original, original_of, record_at, without_secrets
from models.evidence.warc import Headers
from models.item import Snapshot

__all__ = ["EvidenceDamaged", "EvidenceWriter", "Fetched", "Headers", "cut_torn_ends", "read_evidence", "read_unit"]

LARGEST_FILE = 256 * 1024 * 1024
"""A file that has grown so large, or is of yesterday, is finished with its next record."""


class EvidenceDamaged(Exception):
    """The stored bytes are missing or do not match their hash."""


class EvidenceWriter:
    """Appends to one WARC file of its own, opened with the first record. Use it as a context manager."""

    def __init__(self, folder: Path, *, largest_file: int = LARGEST_FILE) -> None:
        self.folder = folder
        self._largest_file = largest_file
        self._file: BinaryIO | None = None
        self._mark: BinaryIO | None = None
        self._name = ""
        self._day = ""
        self._hash = hashlib.sha256()
        self._waits_for_sync = False
        self._syncs_later = False

    def __enter__(self) -> "EvidenceWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, fetched: Fetched, *, same_as: Snapshot | None = None) -> Snapshot:
        """As `write`; the row is an object, unsaved."""
        return Snapshot(**self.write(fetched, same_as=same_as))

    def write(self, fetched: Fetched, *, same_as: Snapshot | None = None) -> dict[str, Any]:
        """Write one unit to the disk and return the values of its row.

        `same_as` is a snapshot of the same bytes: they are not written again where it can still be read.
        Raises OSError when the disk is full: the caller's transaction then stores nothing.
        """
        moment, digest = fetched.fetched_at or now(), fetched.sha256
        unit = make_unit(fetched, moment, digest, self._find_original(same_as, digest))
        file = self._open()
        offset = file.tell()
        self._write(file, unit, offset)
        return {
            "url": fetched.url,
            "fetched_at": moment,
            "sha256": digest,
            "byte_count": len(fetched.body),
            "content_type": fetched.content_type[:200],
            "http_status": fetched.status,
            "http_headers": [{"name": name, "value": value} for name, value in without_secrets(fetched.headers)],
            "warc_file": self._name,
            "warc_offset": offset,
            "warc_length": len(unit),
            "warc_sha256": hashlib.sha256(unit).hexdigest(),
        }

    @contextmanager
    def together(self) -> Iterator[None]:
        """Bring the records of a whole transaction to the disk at once. Leave this block before you commit."""
        self._syncs_later = True
        try:
            yield
        finally:
            self._syncs_later = False
        self.sync()

    def sync(self) -> None:
        """After this, what was appended survives a loss of power."""
        if self._file is not None and self._waits_for_sync:
            os.fsync(self._file.fileno())
        self._waits_for_sync = False

    def close(self) -> None:
        """Finish the file and seal it; the next record opens another."""
        if self._file is not None and self._mark is not None:
            file, mark, self._file, self._mark = self._file, self._mark, None, None
            file.close()
            end_writing(self.folder, self._name, mark, self._hash.hexdigest())

    def _write(self, file: BinaryIO, unit: bytes, offset: int) -> None:
        left = memoryview(unit)
        try:
            while left:
                left = left[file.write(left) :]
            self._waits_for_sync = True
            if not self._syncs_later:
                self.sync()
        except OSError:
            file.truncate(offset)
            file.seek(offset)
            raise
        self._hash.update(unit)

    def _open(self) -> BinaryIO:
        moment = now()
        if self._file is not None and (self._file.tell() >= self._largest_file or f"{moment:%Y%m%d}" != self._day):
            self.sync()
            self.close()
        if self._file is None:
            cut_torn_ends(self.folder)
            self._name = f"{moment:%Y/%m}/{moment:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:12]}.warc.gz"
            self._day, self._hash = f"{moment:%Y%m%d}", hashlib.sha256()
            path = self.folder / self._name
            path.parent.mkdir(parents=True, exist_ok=True)
            self._mark = mark_open(self.folder, self._name)
            self._file = path.open("xb", buffering=0)
            self._write(self._file, warc.make_warcinfo(path.name, moment, record_id=warc.make_record_id()), 0)
        return self._file

    def _find_original(self, snapshot: Snapshot | None, digest: str) -> Headers | None:
        """What a `revisit` says of the record that it stands for. None where it is damaged: the bytes are written anew."""
        if snapshot is None or snapshot.sha256 != digest:
            return None
        try:
            read_evidence(self.folder, snapshot)
        except EvidenceDamaged:
            return None
        return name_original(self.folder, snapshot)


def read_evidence(folder: Path, snapshot: Snapshot) -> bytes:
    """The bytes of a snapshot, checked against the hash in the database.

    Raises EvidenceDamaged when the file is gone, torn, or changed.
    """
    name, offset = snapshot.warc_file, snapshot.warc_offset
    try:
        body = _read_payload(folder, name, offset, snapshot.byte_count)
    except (OSError, RuntimeError, StopIteration, ValueError, AttributeError, ArchiveLoadFailed, zlib.error) as error:
        raise EvidenceDamaged(f"{name} cannot be read at {offset}: {error}") from error
    if hashlib.sha256(body).hexdigest() != snapshot.sha256:
        raise EvidenceDamaged(f"{name} at {offset}: the bytes do not match their hash")
    return body


def read_unit(folder: Path, snapshot: Snapshot) -> bytes:
    """The records of a fetch as they stand in the file. Rows from before 0008 know no length: their one record is measured."""
    with (folder / snapshot.warc_file).open("rb") as file:
        length = snapshot.warc_length or member_length(file, snapshot.warc_offset)
        file.seek(snapshot.warc_offset)
        return file.read(length)


def _read_payload(folder: Path, name: str, offset: int, length: int, *, may_refer: bool = True) -> bytes:
    """The payload of the record there; what is longer than it should be is read no further than that shows."""
    with record_at(folder, name, offset) as record:
        if record.rec_type == "revisit" and may_refer:
            return _read_payload(folder, *original_of(record), length, may_refer=False)
        return record.content_stream().read(length + 1)
