"""What stands in a WARC file where records were deleted: one record, as long as they were, that says when, why and what.

Everything in it follows from the row, so that a deletion that was cut off is finished with the very same bytes.
"""

import hashlib
import uuid
import zlib
from datetime import UTC

from models.evidence import warc
from models.evidence.members import HEAD, LONGEST_STORED
from models.item import Snapshot

NAMESPACE = uuid.UUID("6f3a1f0e-95c7-4f7e-8f0b-1d1f5b8d8a54")
DIGITS = 10
"""Of the length in the head, so that the head's own length does not hang on it."""
AROUND = len(HEAD) + 8
"""Bytes of a gzip member before and behind its blocks."""
BLOCK_HEAD = 5


class TooShort(Exception):
    """The records are too short to be replaced by anything that can be read."""


def make_tombstone(snapshot: Snapshot, length: int) -> bytes:
    """A gzip member of exactly so many bytes with a `metadata` record. Raises TooShort below about 230 bytes."""
    count = _count_blocks(length)
    room = length - AROUND - BLOCK_HEAD * count
    for fields in (_full_fields(snapshot), ()):
        if (record := _make_record(snapshot, fields, room)) is not None:
            return _store(record, count)
    raise TooShort(f"snapshot {snapshot.id} has {length} bytes")


def _full_fields(snapshot: Snapshot) -> warc.Headers:
    return (
        ("software", warc.SOFTWARE),
        ("deleted", f"{snapshot.erased_at:%Y-%m-%d}"),
        ("rule", snapshot.erased_rule),
        ("records-sha256", snapshot.warc_sha256),
        ("body-sha256", snapshot.sha256),
        ("body-bytes", str(snapshot.byte_count)),
    )


def _make_record(snapshot: Snapshot, fields: warc.Headers, room: int) -> bytes | None:
    """The record, filled up with spaces; None where there is no room for it."""
    said = "".join(f"{name}: {value}\r\n" for name, value in fields).encode()
    block_length = room - len(_make_head(snapshot, 0)) - len(warc.END)
    if block_length < len(said):
        return None
    return _make_head(snapshot, block_length) + said.ljust(block_length) + warc.END


def _make_head(snapshot: Snapshot, length: int) -> bytes:
    assert snapshot.erased_at is not None
    name = uuid.uuid5(NAMESPACE, f"{snapshot.warc_file}:{snapshot.warc_offset}")
    lines = (
        "WARC/1.1",
        "WARC-Type: metadata",
        f"WARC-Record-ID: <urn:uuid:{name}>",
        f"WARC-Date: {snapshot.erased_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        f"Content-Type: {warc.FIELDS}",
        f"Content-Length: {length:0{DIGITS}d}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _count_blocks(length: int) -> int:
    """The fewest stored blocks of which a member of this length can consist."""
    count = 1
    while length - AROUND - BLOCK_HEAD * count > LONGEST_STORED * count:
        count = max(count + 1, (length - AROUND) // (LONGEST_STORED + BLOCK_HEAD))
    return count


def _store(text: bytes, count: int) -> bytes:
    """A gzip member of exactly so many blocks, of which the last may be empty: some lengths can be met by no other means."""
    blocks = [HEAD]
    for number in range(count):
        part = text[number * LONGEST_STORED : (number + 1) * LONGEST_STORED]
        size = len(part)
        blocks += [bytes([number == count - 1]), size.to_bytes(2, "little"), (size ^ 0xFFFF).to_bytes(2, "little"), part]
    return b"".join([*blocks, zlib.crc32(text).to_bytes(4, "little"), (len(text) & 0xFFFFFFFF).to_bytes(4, "little")])


def hash_of_tombstone(tombstone: bytes) -> str:
    return hashlib.sha256(tombstone).hexdigest()
