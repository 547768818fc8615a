"""Time-stamps by RFC 3161: an authority outside of this house signs that the records of a snapshot were there by then."""

import http.client
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from sqlalchemy.orm import Session

from crawler.discovery.connections import PublicConnection, PublicTlsConnection
from crawler.errors import Unreachable
from models import Snapshot, TimeStamp, record_event
from models.addresses import is_plain_url
from models.networks import is_this_machine
from models.settings import Settings
from netra.evidence.errors import EvidenceError

LARGEST_ANSWER = 64 * 1024
WAIT_SECONDS = 30
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


def load_roots(settings: Settings) -> list[Certificate]:
    """The certificates of authorities that we trust; none where the setting is empty."""
    if not settings.tsa_roots:
        return []
    try:
        return load_pem_x509_certificates(Path(settings.tsa_roots).read_bytes())
    except (OSError, ValueError) as error:
        raise EvidenceError(f"{settings.tsa_roots} holds no certificates ({error}). NETRA_TSA_ROOTS names a PEM file.") from error


def ask_stamp(url: str, data: bytes, roots: Sequence[Certificate], *, allows_private: bool = False) -> tuple[bytes, datetime]:
    """The authority's answer for these bytes, checked, and the moment that it states. Raises EvidenceError."""
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    token = _post(url, request.as_bytes(), allows_private=allows_private)
    if fault := find_fault(token, data, roots, request=request):
        raise EvidenceError(f"{url} answered with a time-stamp that does not hold: {fault}")
    return token, decode_timestamp_response(token).tst_info.gen_time


def find_fault(token: bytes, data: bytes, roots: Sequence[Certificate], *, request: TimeStampRequest | None = None) -> str:
    """Why a time-stamp does not hold for these bytes; empty where it does."""
    builder = VerifierBuilder.from_request(request) if request else VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify_message(decode_timestamp_response(token), data)
    except (VerificationError, ValueError, TypeError) as error:
        return str(error)[:300] or "it is no time-stamp"
    return ""


def store_stamp(session: Session, snapshot: Snapshot, url: str, token: bytes, moment: datetime, *, actor: str) -> None:
    """Keep a time-stamp beside its snapshot, and write into the trail that it came."""
    session.add(TimeStamp(snapshot_id=snapshot.id, authority=url[:500], stamped_at=moment, token=token))
    detail = {"otoritas": urlsplit(url).hostname, "waktu": moment.isoformat(), "sha256": snapshot.warc_sha256 or snapshot.sha256}
    record_event(session, "bukti.stempel", actor=actor, subject=("snapshot", snapshot.id), detail=detail)


def _post(url: str, body: bytes, *, allows_private: bool) -> bytes:
    """One question, one answer of bounded size; a redirect is an error, because the address is a setting."""
    if not is_plain_url(url):
        raise EvidenceError(f"NETRA_TSA_URL {url!r} is no web address. Set it to the address of a time-stamp authority.")
    parts = urlsplit(url)
    host = parts.hostname or ""
    kind = PublicTlsConnection if parts.scheme == "https" else PublicConnection
    connection = kind(host, parts.port, timeout=WAIT_SECONDS)
    connection.allows_private = allows_private or is_this_machine(host)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": QUERY, "Accept": REPLY})
        answer = connection.getresponse()
        token = answer.read(LARGEST_ANSWER + 1)
    except Unreachable as error:
        raise EvidenceError(f"NETRA_TSA_URL: {error}. NETRA_PRIVATE_HOSTS=true allows private addresses.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EvidenceError(f"{parts.hostname} does not answer: {error or type(error).__name__}. Try again later.") from error
    finally:
        connection.close()
    kind_of_answer = (answer.getheader("Content-Type") or "").split(";")[0].strip().lower()
    if answer.status != 200 or kind_of_answer != REPLY or len(token) > LARGEST_ANSWER:
        raise EvidenceError(f"{url} answered {answer.status} {kind_of_answer or 'without a type'}: that is no time-stamp.")
    return token
