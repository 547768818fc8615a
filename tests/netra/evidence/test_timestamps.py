"""Time-stamps: asked from a local authority that signs with a real key, kept beside the snapshot, checked again later."""

import hashlib
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AuditEvent, Item, Snapshot, TimeStamp
from models.database import make_session
from models.settings import Settings
from netra.evidence.errors import EvidenceError
from netra.evidence.selection import Scope
from netra.evidence.stamping import list_unstamped, stamp_snapshot
from netra.evidence.timestamps import ask_stamp, find_fault, load_roots
from netra.evidence.verify import verify

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl signs the time-stamps of this test")
CONFIG = """[tsa]
serial = {folder}/serial
default_policy = 1.2.3.4
signer_digest = sha256
digests = sha256
ess_cert_id_alg = sha256
"""


def make_certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: str, signer: rsa.RSAPrivateKey, *, stamps: bool
) -> x509.Certificate:
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, issuer)]
    moment = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(names[0]).issuer_name(names[1]).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(moment - timedelta(days=1))
    builder = builder.not_valid_after(moment + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=not stamps, path_length=None), critical=True)
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(signer, hashes.SHA256())


class Authority:
    """A root, a signer below it, and a server that answers as RFC 3161 says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        root_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
        self.root = make_certificate("Akar Uji", root_key, "Akar Uji", root_key, stamps=False)
        signer = make_certificate("Stempel Uji", key, "Akar Uji", root_key, stamps=True)
        encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        (folder / "root.pem").write_bytes(self.root.public_bytes(encoding))
        (folder / "signer.pem").write_bytes(signer.public_bytes(encoding))
        (folder / "key.pem").write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain))
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        self.answer: tuple[int, str, bytes] | None = None

    def sign(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        command = ["openssl", "ts", "-reply", "-queryfile", "query.tsq", "-signer", "signer.pem", "-inkey", "key.pem"]
        config = ["-config", "tsa.cnf", "-section", "tsa"]
        return subprocess.run([*command, *config], cwd=self.folder, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def url(authority: Authority) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, body = authority.answer or (200, "application/timestamp-reply", authority.sign(query))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    authority.answer = None
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/tsr"
        server.shutdown()


def test_a_stamp_is_kept_and_checked_again(
    session: Session, engine: Engine, settings: Settings, kept: list[Item], authority: Authority, url: str
) -> None:
    stamping = settings.model_copy(update={"tsa_url": url, "tsa_roots": str(authority.folder / "root.pem")})
    roots = load_roots(stamping)
    (snapshot,) = list_unstamped(session, [kept[0].id])
    session.commit()
    moment = stamp_snapshot(make_session(engine), stamping, snapshot, roots, actor="sistem:uji")
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=1)
    assert list_unstamped(session, [kept[0].id]) == []
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "bukti.stempel")).one()
    assert (event.subject_id, event.detail["sha256"]) == (snapshot.id, snapshot.warc_sha256)
    look = Scope((kept[0].id,))
    assert verify(session, settings.evidence_dir, look, roots=roots).findings == []
    (note,) = verify(session, settings.evidence_dir, look, roots=[]).findings
    assert (note.is_note, "NETRA_TSA_ROOTS" in note.problem) == (True, True)


def test_a_stamp_of_other_bytes_is_found(
    session: Session, settings: Settings, kept: list[Item], authority: Authority, url: str
) -> None:
    token, moment = ask_stamp(url, b"bukan bukti", [authority.root])
    snapshot = session.scalars(select(Snapshot).order_by(Snapshot.id)).first()
    assert snapshot is not None
    session.add(TimeStamp(snapshot_id=snapshot.id, authority=url, stamped_at=moment, token=token))
    session.flush()
    (finding,) = verify(session, settings.evidence_dir, Scope((kept[0].id,)), roots=[authority.root]).findings
    assert "time-stamp does not hold" in finding.problem


def test_a_stamp_under_a_root_that_we_do_not_trust_is_refused(authority: Authority, url: str, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="does not hold"):
        ask_stamp(url, b"bukti", [Authority(tmp_path).root])


@pytest.mark.parametrize(
    "answer",
    [
        (500, "application/timestamp-reply", b""),
        (302, "application/timestamp-reply", b""),
        (200, "text/html", b"<p>masuk dulu</p>"),
        (200, "application/timestamp-reply", b"0" * 200_000),
        (200, "application/timestamp-reply", b"bukan DER"),
        (200, "application/timestamp-reply", b""),
    ],
)
def test_what_is_no_stamp_is_said_in_words(authority: Authority, url: str, answer: tuple[int, str, bytes]) -> None:
    authority.answer = answer
    with pytest.raises(EvidenceError):
        ask_stamp(url, b"bukti", [authority.root])


def test_an_authority_that_is_away_is_said_in_words(authority: Authority) -> None:
    with pytest.raises(EvidenceError, match="does not answer"):
        ask_stamp("http://127.0.0.1:9/", b"bukti", [authority.root])
    with pytest.raises(EvidenceError, match="no web address"):
        ask_stamp("file:///etc/passwd", b"bukti", [authority.root])


def test_a_token_that_was_changed_does_not_hold(authority: Authority, url: str) -> None:
    token, _ = ask_stamp(url, b"bukti", [authority.root])
    imprint, signature = token.index(hashlib.sha256(b"bukti").digest()), len(token) - 1
    for at in (imprint, signature):
        changed = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        assert find_fault(changed, b"bukti", [authority.root])
    assert find_fault(token, b"bukti", [authority.root]) == ""
