"""Takes out of records what opens an account, before they leave the house. Nearly all records hold nothing of the kind."""

import hashlib
from datetime import datetime
from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from crawler.connectors.concealment import SECRET_PARAMETERS, conceal_url
from models.evidence import warc
from models.evidence.units import SECRET_HEADERS, TRANSPORT_HEADERS


def redact(unit: bytes, url: str) -> tuple[bytes, str, tuple[str, ...]]:
    """The records, their address, and the names of what was taken out; untouched bytes where there was nothing."""
    removed = _secrets_in(url)
    removed |= {
        name.lower()
        for record in ArchiveIterator(BytesIO(unit))
        if record.http_headers is not None
        for name, _ in record.http_headers.headers
        if name.lower() in SECRET_HEADERS
    }
    if not removed:
        return unit, url, ()
    clean = conceal_url(url) if _secrets_in(url) else url
    return b"".join(_make_anew(record, clean) for record in ArchiveIterator(BytesIO(unit))), clean, tuple(sorted(removed))


def _secrets_in(url: str) -> set[str]:
    try:
        return {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)} & SECRET_PARAMETERS
    except ValueError:
        return set()


def _make_anew(record: ArcWarcRecord, url: str) -> bytes:
    """The same record with the same payload, without what is secret."""
    head = record.rec_headers
    moment = datetime.fromisoformat(head.get_header("WARC-Date"))
    record_id, related = head.get_header("WARC-Record-ID"), head.get_header("WARC-Concurrent-To") or ""
    payload = record.raw_stream.read()
    headers = [
        (name, value)
        for name, value in (record.http_headers.headers if record.http_headers else ())
        if name.lower() not in SECRET_HEADERS | TRANSPORT_HEADERS
    ]
    match record.rec_type:
        case "request":
            kept = [(name, value) for name, value in headers if name.lower() != "host"]
            return warc.make_request(url, moment, kept, concurrent_to=related)
        case "metadata":
            lines = (line.split(": ", 1) for line in payload.decode("utf-8", "replace").splitlines() if ": " in line)
            return warc.make_metadata(url, moment, [(name, value) for name, value in lines], concurrent_to=related)
        case "response":
            digest, status = hashlib.sha256(payload).hexdigest(), int(record.http_headers.get_statuscode())
            return warc.make_response(url, moment, status, headers, payload, digest=digest, record_id=record_id)
        case "revisit":
            status = int(record.http_headers.get_statuscode()) if record.http_headers else None
            original = [(name, value) for name, value in head.headers if name.startswith("WARC-Refers-To")]
            digest = head.get_header("WARC-Payload-Digest")
            return warc.make_revisit(url, moment, status, headers, digest=digest, record_id=record_id, original=original)
        case _:
            digest, kind = hashlib.sha256(payload).hexdigest(), head.get_header("Content-Type") or ""
            return warc.make_resource(url, moment, kind, payload, digest=digest, record_id=record_id)
