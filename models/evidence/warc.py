"""WARC/1.1 records, one gzip member each, written by hand because every page pays for them.

warcio reads and checks them (tests/models/evidence/test_warc.py); writing by it costs ten times as much, most of it for squeezing
once more what the outlet had squeezed already.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from models.evidence.members import squeezed_member, stored_member

Headers = Sequence[tuple[str, str]]

SOFTWARE = "netra/0.1"
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
FIELDS = "application/warc-fields"
END = b"\r\n\r\n"


def make_record_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def make_response(
    url: str, moment: datetime, status: int, headers: Headers, payload: bytes, *, digest: str, record_id: str
) -> bytes:
    """A `response` record: the answer's head and body as they came over the wire, but for chunks.

    `digest` is the SHA-256 of the payload, which the caller knows.
    """
    http = _answer_head(status, headers, len(payload))
    head = _head("response", url, moment, "application/http; msgtype=response", http, payload, digest, record_id)
    if _is_squeezed(headers):
        return stored_member(head + http + payload + END)
    return squeezed_member(head, http, payload, END)


def make_revisit(
    url: str, moment: datetime, status: int | None, headers: Headers, *, digest: str, record_id: str, original: Headers
) -> bytes:
    """A `revisit` record: this answer had the payload that `original` tells where to find."""
    http = b"" if status is None else _answer_head(status, headers, 0)
    more = (("WARC-Profile", SAME_PAYLOAD), *original)
    kind = "application/http; msgtype=response" if http else "application/octet-stream"
    return stored_member(_head("revisit", url, moment, kind, http, b"", digest, record_id, more) + http + END)


def make_resource(url: str, moment: datetime, content_type: str, payload: bytes, *, digest: str, record_id: str) -> bytes:
    """A `resource` record: bytes that came by no HTTP answer of their own."""
    head = _head("resource", url, moment, content_type or "application/octet-stream", b"", payload, digest, record_id)
    return squeezed_member(head, payload, END)


def make_request(url: str, moment: datetime, headers: Headers, *, concurrent_to: str) -> bytes:
    """A `request` record: what was asked, to which the record `concurrent_to` is the answer."""
    parts = urlsplit(url)
    target = _line(parts.path or "/") + (f"?{_line(parts.query)}" if parts.query else "")
    lines = [f"GET {target} HTTP/1.1", f"Host: {_line(parts.netloc.rpartition('@')[2])}", *_lines(headers), "", ""]
    http = "\r\n".join(lines).encode("utf-8", "replace")
    more = (("WARC-Concurrent-To", concurrent_to),)
    kind = "application/http; msgtype=request"
    return stored_member(_head("request", url, moment, kind, http, b"", None, make_record_id(), more) + http + END)


def make_metadata(url: str, moment: datetime, fields: Headers, *, concurrent_to: str) -> bytes:
    """A `metadata` record: what we say of the record `concurrent_to`."""
    block = ("\r\n".join(_lines(fields)) + "\r\n").encode("utf-8", "replace")
    more = (("WARC-Concurrent-To", concurrent_to),)
    return stored_member(_head("metadata", url, moment, FIELDS, block, b"", None, make_record_id(), more) + block + END)


def make_warcinfo(name: str, moment: datetime, *, record_id: str, fields: Headers = ()) -> bytes:
    """A `warcinfo` record, the first of a file: who wrote it, and by which rules."""
    said = (("software", SOFTWARE), ("format", "WARC File Format 1.1"), ("robots", "obey"), *fields)
    block = ("\r\n".join(_lines(said)) + "\r\n").encode("utf-8", "replace")
    more = (("WARC-Filename", name),)
    return stored_member(_head("warcinfo", "", moment, FIELDS, block, b"", None, record_id, more) + block + END)


def _answer_head(status: int, headers: Headers, length: int) -> bytes:
    lines = [f"HTTP/1.1 {status}", *_lines(headers), f"Content-Length: {length}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "replace")


def _head(
    kind: str,
    url: str,
    moment: datetime,
    content_type: str,
    http: bytes,
    payload: bytes,
    digest: str | None,
    record_id: str,
    more: Headers = (),
) -> bytes:
    block = hashlib.sha256(http)
    block.update(payload)
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: {record_id}",
        *([f"WARC-Target-URI: {_line(url)}"] if url else []),
        f"WARC-Date: {moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        *([f"WARC-Payload-Digest: {digest if ':' in digest else f'sha256:{digest}'}"] if digest else []),
        f"WARC-Block-Digest: sha256:{block.hexdigest()}",
        *_lines(more),
        f"Content-Type: {_line(content_type)}",
        f"Content-Length: {len(http) + len(payload)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")


def _is_squeezed(headers: Headers) -> bool:
    return any(name.lower() == "content-encoding" for name, _ in headers)


def _lines(headers: Headers) -> list[str]:
    return [f"{_line(name)}: {_line(value)}" for name, value in headers]


def _line(text: str) -> str:
    """No outlet writes a line of its own into the head of a record."""
    return text.replace("\r", " ").replace("\n", " ")
