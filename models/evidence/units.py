# pyright: basic
# (warcio has no types.)
"""A fetch as a unit of WARC records: the answer, what was asked, what we say of it. And the way from a reference to its bytes."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from models.evidence import warc
from models.evidence.warc import Headers
from models.item import Snapshot

TRANSPORT_HEADERS = {"transfer-encoding", "content-length"}
"""They speak of the wire; the record says its own length."""
SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-goog-api-key"}
"""What opens an account or follows a visitor is no evidence of a text."""
FILE_NAME = re.compile(r"\d{4}/\d\d/[\w-]+\.warc\.gz")
DIGEST, CODING = "WARC-Payload-Digest", "content-encoding"
ORIGINAL_FILE, ORIGINAL_OFFSET = "WARC-Refers-To-Filename", "WARC-Refers-To-File-Offset"


@dataclass(frozen=True)
class Fetched:
    """Bytes as they came, with what HTTP said of them. `status` is None for a file that was imported."""

    url: str
    body: bytes
    content_type: str = ""
    status: int | None = None
    headers: Headers = ()
    fetched_at: datetime | None = None
    received: bytes = b""
    """The body as it came, gzipped; `headers` then say so. Empty where it came plain."""
    asked: Headers = ()
    """Headers of our request; empty where it was not ours."""

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def make_unit(fetched: Fetched, moment: datetime, digest: str, original: Headers | None) -> bytes:
    """All records of a fetch, whole in memory: the crawlers refuse larger pages than that allows."""
    record_id = warc.make_record_id()
    make = partial(_make_answer, digest=digest) if original is None else partial(_make_revisit, original=original)
    records = [make(fetched, moment, record_id)]
    if fetched.asked:
        asked = without_secrets(fetched.asked)
        records.append(warc.make_request(fetched.url, moment, asked, concurrent_to=record_id))
    fields = (("software", warc.SOFTWARE), ("body-sha256", digest), ("body-bytes", str(len(fetched.body))))
    records.append(warc.make_metadata(fetched.url, moment, fields, concurrent_to=record_id))
    return b"".join(records)


def _make_answer(fetched: Fetched, moment: datetime, record_id: str, *, digest: str) -> bytes:
    url, left_out, payload = fetched.url, TRANSPORT_HEADERS, fetched.received
    if fetched.status is None:
        return warc.make_resource(url, moment, fetched.content_type, fetched.body, digest=digest, record_id=record_id)
    if unzips_to(payload, fetched.body):
        digest = hashlib.sha256(payload).hexdigest()
    else:
        left_out, payload = TRANSPORT_HEADERS | {CODING}, fetched.body
    kept = _kept_headers(fetched, left_out)
    return warc.make_response(url, moment, fetched.status, kept, payload, digest=digest, record_id=record_id)


def _make_revisit(fetched: Fetched, moment: datetime, record_id: str, *, original: Headers) -> bytes:
    """The coding is that of the kept payload, whatever this answer came in."""
    said = dict(original)
    digest, coding = said.pop(DIGEST), said.pop(CODING)
    kept = _kept_headers(fetched, TRANSPORT_HEADERS | {CODING}) + ([("Content-Encoding", coding)] if coding else [])
    return warc.make_revisit(
        fetched.url, moment, fetched.status, kept, digest=digest, record_id=record_id, original=tuple(said.items())
    )


def name_original(folder: Path, snapshot: Snapshot) -> Headers:
    with record_at(folder, snapshot.warc_file, snapshot.warc_offset) as record:
        if record.rec_type == "revisit":
            name, offset = original_of(record)
        else:
            name, offset = snapshot.warc_file, snapshot.warc_offset
        coding = record.http_headers.get_header(CODING) if record.http_headers else None
        digest = record.rec_headers.get_header(DIGEST)
    return (
        (DIGEST, digest or ""),
        (CODING, coding or ""),
        ("WARC-Refers-To-Target-URI", snapshot.url),
        ("WARC-Refers-To-Date", f"{snapshot.fetched_at:%Y-%m-%dT%H:%M:%S.%fZ}"),
        (ORIGINAL_FILE, name),
        (ORIGINAL_OFFSET, str(offset)),
    )


@contextmanager
def record_at(folder: Path, name: str, offset: int) -> Iterator[ArcWarcRecord]:
    with (folder / name).open("rb") as file:
        file.seek(offset)
        yield next(iter(ArchiveIterator(file)))


def _kept_headers(fetched: Fetched, left_out: set[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in without_secrets(fetched.headers) if name.lower() not in left_out]


def without_secrets(headers: Headers) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in SECRET_HEADERS]


def unzips_to(received: bytes, body: bytes) -> bool:
    """Whether these are one gzip member of that body, told by its checksum: others unzip to something else elsewhere."""
    if not received.startswith(b"\x1f\x8b"):
        return False
    trailer = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    return received.endswith(trailer)


def original_of(record: ArcWarcRecord) -> tuple[str, int]:
    """File and offset of the record to which a `revisit` refers. Raises ValueError where it names none of ours."""
    name = record.rec_headers.get_header(ORIGINAL_FILE) or ""
    if not FILE_NAME.fullmatch(name):
        raise ValueError(f"it refers to {name[:80]!r}, which is no file of ours")
    return name, int(record.rec_headers.get_header(ORIGINAL_OFFSET) or "")
