# pyright: basic
# (warcio has no types.)
"""The bytes behind a Snapshot: WARC/1.1 files, one a writing process, so that a kill can only tear the last record.

A record is on the disk (fsync) before the row that names it is committed. What a kill leaves behind the last
committed row is never read: every reading starts at an offset that a row names.
"""

import hashlib
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from models.base import now
from models.item import Snapshot

Headers = Sequence[tuple[str, str]]

# The bytes are kept as the HTTP client decoded them, so these headers would no longer be true of them.
TRANSPORT_HEADERS = {"content-encoding", "transfer-encoding", "content-length"}


class EvidenceDamaged(Exception):
    """The stored bytes are missing or do not match their hash."""


@dataclass(frozen=True)
class Fetched:
    """Bytes as they came, with what HTTP said of them. `status` is None for a file that was imported."""

    url: str
    body: bytes
    content_type: str = ""
    status: int | None = None
    headers: Headers = ()
    fetched_at: datetime | None = None


class EvidenceWriter:
    """Appends to one WARC file of its own, opened with the first record. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: BinaryIO | None = None
        self._name = ""

    def __enter__(self) -> "EvidenceWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, fetched: Fetched) -> Snapshot:
        """Write one record to the disk and return its (unsaved) row.

        Raises OSError when the disk is full: the caller's transaction then stores nothing.
        """
        file = self._open()
        offset = file.tell()
        record = memoryview(_make_record(fetched))
        try:
            while record:
                record = record[file.write(record) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(offset)
            raise
        return Snapshot(
            url=fetched.url,
            fetched_at=fetched.fetched_at or now(),
            sha256=hashlib.sha256(fetched.body).hexdigest(),
            byte_count=len(fetched.body),
            content_type=fetched.content_type[:200],
            http_status=fetched.status,
            http_headers=[{"name": name, "value": value} for name, value in fetched.headers],
            warc_file=self._name,
            warc_offset=offset,
        )

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> BinaryIO:
        if self._file is None:
            moment = now()
            self._name = f"{moment:%Y/%m}/{moment:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:12]}.warc.gz"
            path = self.folder / self._name
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("xb", buffering=0)
        return self._file


def _make_record(fetched: Fetched) -> bytes:
    """One gzipped WARC record, whole in memory: the crawlers refuse larger pages than that allows."""
    moment = (fetched.fetched_at or now()).astimezone(UTC)
    http = None
    if fetched.status is not None:
        kept = [(name, value) for name, value in fetched.headers if name.lower() not in TRANSPORT_HEADERS]
        http = StatusAndHeaders(str(fetched.status), kept, protocol="HTTP/1.1")
    buffer = BytesIO()
    warc = WARCWriter(buffer, gzip=True, warc_version="WARC/1.1")
    record = warc.create_warc_record(
        fetched.url,
        "response" if http else "resource",
        payload=BytesIO(fetched.body),
        length=len(fetched.body),
        http_headers=http,
        warc_content_type="" if http else (fetched.content_type or "application/octet-stream"),
        warc_headers_dict={"WARC-Date": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")},
    )
    warc.write_record(record)
    return buffer.getvalue()


def read_evidence(folder: Path, snapshot: Snapshot) -> bytes:
    """The bytes of a snapshot, checked against the hash in the database.

    Raises EvidenceDamaged when the file is gone, torn, or changed.
    """
    try:
        with (folder / snapshot.warc_file).open("rb") as file:
            file.seek(snapshot.warc_offset)
            record = next(iter(ArchiveIterator(file)))
            body: bytes = record.content_stream().read()
    except (OSError, StopIteration, ValueError, ArchiveLoadFailed) as error:
        raise EvidenceDamaged(f"{snapshot.warc_file} cannot be read at {snapshot.warc_offset}: {error}") from error
    if hashlib.sha256(body).hexdigest() != snapshot.sha256:
        raise EvidenceDamaged(f"{snapshot.warc_file} at {snapshot.warc_offset}: the bytes do not match their hash")
    return body
